/** The part of a split that a file's name tells: "train.csv", "data/dev-00000-of-00001.parquet", "my_test_set.jsonl". */

export type SplitName = 'train' | 'validation' | 'test';

const WORDS: Readonly<Record<string, SplitName>> = {
  train: 'train',
  training: 'train',
  trn: 'train',
  dev: 'validation',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  validate: 'validation',
  eval: 'validation',
  test: 'test',
  testing: 'test',
  tst: 'test',
  holdout: 'test',
};

/** Null when the name tells none, or more than one. The folders above count only where the file's own name says nothing. */
export function splitOf(path: string): SplitName | null {
  const parts = path.split('/').reverse();
  for (const part of parts) {
    const words = part
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^a-z]+/);
    const found = new Set(words.flatMap((word) => WORDS[word] ?? []));
    const [only] = found;
    if (found.size > 1) return null;
    if (only) return only;
  }
  return null;
}
