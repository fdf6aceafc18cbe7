/**
 * Whether ops keep in 16 bits what their backward reads (`halves` of defineOp). Forward computes with what is there in 32 bits, and so does
 * backward with what it is handed: only what lies between them is rounded. Gradients, sums and weights stay in 32 bits, so that nothing can
 * underflow and no loss needs to be scaled.
 */

let keeps = false;

/** As long as `body` runs, forward and backward, if it is `wanted`. */
export function keepingHalves<Result>(wanted: boolean, body: () => Result): Result {
  const before = keeps;
  keeps = wanted;
  try {
    return body();
  } finally {
    keeps = before;
  }
}

export function keepsHalves(): boolean {
  return keeps;
}
