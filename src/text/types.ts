/** Token ids of many rows, laid end to end: row i is ids[offsets[i] .. offsets[i + 1]). Travels by transfer. */
export interface TokenRows {
  readonly ids: Int32Array<ArrayBuffer>;
  /** rows + 1 numbers, the first is 0. */
  readonly offsets: Uint32Array<ArrayBuffer>;
  /** Per row the place within it from which tokens are of type 1; the row's length where none is. Without it all are of type 0. */
  readonly typeOneFrom?: Uint32Array<ArrayBuffer>;
}

/** What a tokenizer is made from, as text: a Hugging Face tokenizer.json and what stands beside it. */
export interface TokenizerFiles {
  readonly tokenizerJson: string;
  readonly tokenizerConfigJson: string | null;
}
