/** Token ids of many rows, growing: the arrays behind `TokenRows` while it is being written. */
import type { TokenRows } from './types.ts';

export class IdBuffer {
  #ids: Int32Array<ArrayBuffer>;
  readonly #offsets: Uint32Array<ArrayBuffer>;
  readonly #typeOneFrom: Uint32Array<ArrayBuffer>;
  #length = 0;
  #rows = 0;
  #anyTypeOne = false;
  /** Where the row that is being written turns to type 1, null so far. */
  #turn: number | null = null;

  constructor(rows: number, tokensPerRow = 32) {
    this.#ids = new Int32Array(Math.max(1, rows) * tokensPerRow);
    this.#offsets = new Uint32Array(rows + 1);
    this.#typeOneFrom = new Uint32Array(rows);
  }

  /** Appends the first `count` of `ids`, with their token type, to the row that is being written. */
  append(ids: readonly number[], count: number, type: 0 | 1): void {
    const end = this.#length + count;
    if (end > this.#ids.length) {
      const grown = new Int32Array(Math.max(end, this.#ids.length * 2));
      grown.set(this.#ids);
      this.#ids = grown;
    }
    if (type === 1) this.#turn ??= this.#length;
    for (let i = 0; i < count; i++) this.#ids[this.#length + i] = ids[i]!;
    this.#length = end;
  }

  endRow(): void {
    this.#typeOneFrom[this.#rows] = (this.#turn ?? this.#length) - this.#offsets[this.#rows]!;
    this.#anyTypeOne ||= this.#turn !== null;
    this.#turn = null;
    this.#offsets[++this.#rows] = this.#length;
  }

  /** The rows so far, in arrays of just their size. */
  finish(): TokenRows {
    const rows = { ids: this.#ids.slice(0, this.#length), offsets: this.#offsets.slice(0, this.#rows + 1) };
    return this.#anyTypeOne ? { ...rows, typeOneFrom: this.#typeOneFrom.slice(0, this.#rows) } : rows;
  }
}
