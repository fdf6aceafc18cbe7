/** A file of a model as it goes out: into a zip, or onto the browser's disk. */
export interface PackedFile {
  /** Plain, or with forward slashes. */
  readonly path: string;
  /** The content, laid end to end. */
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
  /** True for text; weights hardly shrink. */
  readonly compress: boolean;
}
