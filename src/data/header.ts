/** What the words of a header say: whether it is one, and whether a name is that of a text or of a label. */

const TEXT_WORDS = new Set(
  (
    'text texts sentence sentences review reviews comment comments message messages content contents tweet tweets body question ' +
    'questions title utterance query headline document doc abstract summary post email mail sms feedback phrase statement ' +
    'description string transcript input passage premise hypothesis sentence1 question1 text1'
  ).split(' '),
);
const LABEL_WORDS = new Set(
  (
    'label labels class classes category categories sentiment target polarity intent intents stars star rating topic tag emotion ' +
    'quality output gold annotation stance spam toxic verdict grade queue coarse'
  ).split(' '),
);
const NOT_LABEL_WORDS = new Set(
  'id ids idx index row date time timestamp created split fold lang language user username name url'.split(' '),
);

/** `reviewText`, `review_text`, `Review Text` are the same two words. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

export function namesText(name: string): boolean {
  return wordsOf(name).some((word) => TEXT_WORDS.has(word));
}

/** Names of the two texts of a pair, without what divides their words: sentence1 and sentence2, "#1 String" and "#2 String". */
const PAIRS: readonly (readonly [RegExp, string])[] = [
  [/^(?<before>.*)1(?<after>.*)$/, '$<before>2$<after>'],
  [/^premise$/, 'hypothesis'],
  [/^question$/, 'question2'],
  [/^question$/, 'answer'],
  [/^question$/, 'sentence'],
  [/^query$/, 'passage'],
  [/^query$/, 'document'],
  [/^text$/, 'textpair'],
  [/^text$/, 'text2'],
  [/^sentence$/, 'sentence2'],
  [/^sentencea$/, 'sentenceb'],
  [/^texta$/, 'textb'],
];

/** Whether the names say that the columns are the first and the second text of one pair. */
export function namesPair(first: string, second: string): boolean {
  const [one, two] = [first, second].map((name) => wordsOf(name).join(''));
  return PAIRS.some(([pattern, other]) => pattern.test(one ?? '') && one?.replace(pattern, other) === two);
}

export function namesLabel(name: string): boolean {
  return wordsOf(name).some((word) => LABEL_WORDS.has(word));
}

/** Whether the name is a word for labels, and not only one that a label may have, such as "toxic". */
export function isCalledLabel(name: string): boolean {
  return wordsOf(name).some((word) => /^(label|class|category|target|sentiment|intent|gold)(e?s)?$/.test(word));
}

export function namesNoLabel(name: string): boolean {
  return wordsOf(name).some((word) => NOT_LABEL_WORDS.has(word));
}

/** 0, 1, 2, ...: what pandas writes for columns without names. */
function countsUp(cells: readonly string[]): boolean {
  return cells.every((cell, i) => cell.trim() === String(i));
}

/**
 * Whether the first row is data: one of its cells comes again and again below it, as a label does and a column's name does not.
 * `columns`: the cells below, a column at a time.
 */
export function looksLikeData(firstRow: readonly string[], columns: readonly (readonly string[])[]): boolean {
  if (countsUp(firstRow) || firstRow.some((cell) => wordsOf(cell).length < 4 && (namesText(cell) || namesLabel(cell))))
    return false;
  return firstRow.some((cell, c) => {
    const column = columns[c] ?? [];
    if (cell.trim() === '') return false;
    let same = 0;
    for (const other of column) if (other === cell) same++;
    return same >= Math.max(2, column.length / 100);
  });
}
