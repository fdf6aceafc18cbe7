/** Token ids of many rows, growing: the arrays behind `TokenRows` while it is being written. */
import type { TokenRows } from './types.ts';

export class IdBuffer {
  #ids: Int32Array<ArrayBuffer>;
  #offsets: Uint32Array<ArrayBuffer>;
  #length = 0;
  #rows = 0;

  constructor(rows: number, tokensPerRow = 32) {
    this.#ids = new Int32Array(Math.max(1, rows) * tokensPerRow);
    this.#offsets = new Uint32Array(rows + 1);
  }

  /** Appends one row: `prefix`, the first `count` of `ids`, `suffix`. */
  appendRow(prefix: readonly number[], ids: readonly number[], count: number, suffix: readonly number[]): void {
    const end = this.#length + prefix.length + count + suffix.length;
    if (end > this.#ids.length) {
      const grown = new Int32Array(Math.max(end, this.#ids.length * 2));
      grown.set(this.#ids);
      this.#ids = grown;
    }
    this.#ids.set(prefix, this.#length);
    let at = this.#length + prefix.length;
    for (let i = 0; i < count; i++) this.#ids[at++] = ids[i]!;
    this.#ids.set(suffix, at);
    this.#length = end;
    this.#offsets[++this.#rows] = end;
  }

  /** The rows so far, in arrays of just their size. */
  finish(): TokenRows {
    return { ids: this.#ids.slice(0, this.#length), offsets: this.#offsets.slice(0, this.#rows + 1) };
  }
}
