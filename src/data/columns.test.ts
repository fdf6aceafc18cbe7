import { describe, expect, it } from 'vitest';
import { openDataset } from './dataset.ts';

/** Names of the guessed text and label columns of a table of 120 rows; a cell is made from the row number. */
async function guess(
  columns: Readonly<Record<string, (i: number) => string>>,
): Promise<[string | undefined, string | undefined]> {
  const names = Object.keys(columns);
  const lines = Array.from({ length: 120 }, (_, i) => names.map((name) => columns[name]?.(i) ?? '').join('\t'));
  const { guess: made } = await openDataset(
    'x.tsv',
    new Blob([[names.join('\t'), ...lines].join('\n')]),
    () => undefined,
    new AbortController().signal,
  );
  return [names[made.text], names[made.label]];
}

const words = (i: number): string => `these are some words about thing number ${i}`;
const short = (i: number): string => `thing ${i}`;
const yesNo = (i: number): string => (i % 3 ? 'yes' : 'no');

describe('guessColumns', () => {
  it('goes by names', async () => {
    expect(await guess({ id: String, text: words, label: yesNo })).toEqual(['text', 'label']);
    expect(await guess({ polarity: (i) => String(i % 2), 'Review Text': words })).toEqual(['Review Text', 'polarity']);
    expect(await guess({ split: (i) => (i % 2 ? 'train' : 'test'), comment: words, category: (i) => `kind ${i % 12}` })).toEqual([
      'comment',
      'category',
    ]);
    expect(await guess({ title: short, body: words, stars: (i) => String(i % 5) })).toEqual(['body', 'stars']);
  });

  it('finds the second text of a pair by the names of both', async () => {
    const guessPair = async (names: readonly string[]): Promise<unknown> => {
      const rows = Array.from({ length: 60 }, (_, i) => [words(i), words(i + 7), yesNo(i), String(i)].join('\t'));
      const file = new Blob([[names.join('\t'), ...rows].join('\n')]);
      return (await openDataset('x.tsv', file, () => undefined, new AbortController().signal)).guess;
    };
    for (const names of [
      ['sentence1', 'sentence2', 'label', 'idx'],
      ['question', 'question2', 'is_duplicate', 'id'],
      ['premise', 'hypothesis', 'label', 'pairID'],
      ['#1 String', '#2 String', 'Quality', '#1 ID'],
    ]) {
      expect(await guessPair(names), names.join()).toEqual({ text: 0, secondText: 1, label: 2 });
    }
    expect(await guessPair(['title', 'body', 'label', 'id'])).not.toHaveProperty('secondText');
  });

  it('goes by contents where names say nothing', async () => {
    expect(
      await guess({ a: String, b: (i) => `2024-01-${10 + (i % 20)}`, c: words, d: yesNo, e: (i) => `https://example.org/${i}` }),
    ).toEqual(['c', 'd']);
    expect(await guess({ x1: yesNo, x2: (i) => `AB-${i * 37}`, x3: words })).toEqual(['x3', 'x1']);
  });

  it('does not take for a label what cannot be one', async () => {
    expect(await guess({ label: (i) => `unique ${i}`, text: words, verdict: yesNo })).toEqual(['text', 'verdict']);
    expect(await guess({ text: words, class: () => 'one', other: yesNo })).toEqual(['text', 'other']);
  });
});
