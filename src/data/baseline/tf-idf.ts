/**
 * Texts as sparse rows of word weights: scikit-learn's TfidfVectorizer with its defaults (lower case, words of two characters or more,
 * smoothed idf, rows of length 1), with a vocabulary that may be limited to the commonest words.
 */

/** Rows laid end to end (CSR): row i has the entries from offsets[i] to offsets[i + 1]. */
export interface SparseRows {
  readonly rows: number;
  readonly columns: number;
  readonly offsets: Uint32Array;
  readonly indices: Uint32Array;
  readonly values: Float64Array;
}

export interface Vectorizer {
  /** Words in the order of their columns: sorted by code unit. */
  readonly vocabulary: readonly string[];
  /** ln((1 + rows) / (1 + rows with the word)) + 1. */
  readonly idf: Float64Array;
  transform(texts: readonly string[]): SparseRows;
}

/** Python's `\b\w\w+\b`: letters, digits, underscore and, as Python's \w does not, no bare combining marks. */
const WORD = /[\p{L}\p{N}_]{2,}/gu;

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/** `mostWords`: words kept, the commonest over all texts; scikit-learn's max_features. */
export function fitVectorizer(texts: readonly string[], mostWords: number): Vectorizer {
  const rowsWith = new Map<string, number>();
  const occurrences = new Map<string, number>();
  for (const text of texts) {
    const words = wordsOf(text);
    for (const word of words) occurrences.set(word, (occurrences.get(word) ?? 0) + 1);
    for (const word of new Set(words)) rowsWith.set(word, (rowsWith.get(word) ?? 0) + 1);
  }
  const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const ranked = [...rowsWith.keys()].sort((a, b) => occurrences.get(b)! - occurrences.get(a)! || byCode(a, b));
  const vocabulary = ranked.slice(0, mostWords).sort(byCode);
  const column = new Map(vocabulary.map((word, c) => [word, c]));
  const idf = Float64Array.from(vocabulary, (word) => Math.log((1 + texts.length) / (1 + rowsWith.get(word)!)) + 1);
  return { vocabulary, idf, transform: (rows) => transform(rows, column, idf) };
}

function transform(texts: readonly string[], column: ReadonlyMap<string, number>, idf: Float64Array): SparseRows {
  const offsets = new Uint32Array(texts.length + 1);
  const indices: number[] = [];
  const values: number[] = [];
  texts.forEach((text, row) => {
    const counts = new Map<number, number>();
    for (const word of wordsOf(text)) {
      const c = column.get(word);
      if (c !== undefined) counts.set(c, (counts.get(c) ?? 0) + 1);
    }
    const entries = [...counts].map(([c, count]) => [c, count * idf[c]!] as const).sort((a, b) => a[0] - b[0]);
    const norm = Math.sqrt(entries.reduce((sum, [, value]) => sum + value * value, 0));
    for (const [c, value] of entries) {
      indices.push(c);
      values.push(value / norm);
    }
    offsets[row + 1] = indices.length;
  });
  return {
    rows: texts.length,
    columns: idf.length,
    offsets,
    indices: Uint32Array.from(indices),
    values: Float64Array.from(values),
  };
}
