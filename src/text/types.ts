/** Token ids of many rows, laid end to end: row i is ids[offsets[i] .. offsets[i + 1]). Travels by transfer. */
export interface TokenRows {
  readonly ids: Int32Array<ArrayBuffer>;
  /** rows + 1 numbers, the first is 0. */
  readonly offsets: Uint32Array<ArrayBuffer>;
}

/** The files of a Hugging Face folder that a tokenizer is made from, as text. */
export interface TokenizerFiles {
  readonly tokenizerJson: string;
  readonly tokenizerConfigJson: string | null;
}
