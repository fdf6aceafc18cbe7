/**
 * How far two results may be apart, in one place, each with its reason. A value passes when
 * |actual - expected| <= relative·|expected| + scale·max|expected over the tensor| + floor; NaN never passes.
 * `scale` is there because a sum that cancels is only as good as its terms.
 */
export interface Tolerance {
  readonly relative: number;
  readonly scale: number;
  readonly floor: number;
}

export const TOLERANCES = {
  /** Copies, dropout masks, the same kernel with more threads: the same bits. */
  exact: { relative: 0, scale: 0, floor: 0 },
  /** f64 formulas against central differences with step 1e-5: truncation 1e-10, rounding 1e-11, with room for curvature. */
  differences: { relative: 1e-6, scale: 1e-7, floor: 1e-9 },
  /** An f32 kernel against the f64 reference: eps 6e-8 times √K for K about 1e3, erf by 1.5e-7, a few operations in a row. */
  kernel: { relative: 1e-5, scale: 5e-6, floor: 1e-6 },
  /** The reference rounded to f32 against stock tfjs operations chained in f32. */
  stock: { relative: 1e-5, scale: 5e-6, floor: 1e-6 },
  /** Two f32 implementations of a whole forward pass (PyTorch's and ours) on a two-layer network. */
  logits: { relative: 1e-5, scale: 1e-5, floor: 1e-6 },
  /** The last hidden state of six layers of real weights, with values of about 1: three times as deep as the toy networks. */
  embeddings: { relative: 3e-5, scale: 3e-5, floor: 1e-6 },
  /** Every gradient of the network: twice as deep as the logits, so one digit less. */
  gradients: { relative: 1e-4, scale: 1e-4, floor: 1e-6 },
  /** Twenty optimizer steps: each feeds its rounding to the next. */
  losses: { relative: 1e-4, scale: 0, floor: 1e-5 },
  /** Weights after twenty AdamW steps, where m/√v makes small gradients' rounding large. */
  weights: { relative: 1e-3, scale: 1e-3, floor: 1e-5 },
  /** A number in binary16 and back: half the distance of two of them, 2^-11 and 2^-25, or all of it where WGSL rounds another way. */
  half: { relative: 2 ** -10, scale: 0, floor: 2 ** -24 },
  /**
   * Gradients through a two-layer network whose kept activations are rounded to binary16 (2^-11 = 5e-4 each): some ten of them one after
   * another, at random, and attention weights that follow scores of about 1.
   */
  halfGradients: { relative: 5e-3, scale: 3e-3, floor: 1e-6 },
} as const satisfies Record<string, Tolerance>;
