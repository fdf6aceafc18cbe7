/**
 * An error that a person can act on. It says where it is, what was expected, what was found and how to fix it.
 * Everything below the page throws it for bad input; a plain `Error` means that Tabtune itself is wrong.
 */
export interface ProblemText {
  /** The place: a file, a row and column, a tensor. */
  readonly where: string;
  readonly expected: string;
  readonly found: string;
  /** What the person can do now, as a sentence. */
  readonly fix: string;
  /** What the page can do about it at a click. */
  readonly offer?: Offer;
}

/** Read a sample of so many rows instead of all. */
export interface Offer {
  readonly kind: 'sample';
  readonly rows: number;
}

/** The words alone, as a plain object that travels between workers and page. */
export function problemWords({ where, expected, found, fix, offer }: ProblemText): ProblemText {
  return { where, expected, found, fix, ...(offer ? { offer } : {}) };
}

export class Problem extends Error implements ProblemText {
  override readonly name = 'Problem';
  readonly where: string;
  readonly expected: string;
  readonly found: string;
  readonly fix: string;
  readonly offer?: Offer;

  constructor(text: ProblemText) {
    super(`${text.where}: expected ${text.expected}, found ${text.found}. ${text.fix}`);
    this.where = text.where;
    this.expected = text.expected;
    this.found = text.found;
    this.fix = text.fix;
    if (text.offer) this.offer = text.offer;
  }
}
