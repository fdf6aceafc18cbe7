/** How well a model knows how sure it may be. */

const BINS = 15;

/**
 * Expected calibration error (Guo et al. 2017): rows fall into 15 bins of equal width by their highest probability, each open below
 * and closed above; the mean over the rows of |accuracy of the bin - mean highest probability of the bin|. probabilities [rows, C].
 */
export function expectedCalibrationError(labels: ArrayLike<number>, probabilities: ArrayLike<number>, C: number): number {
  const gaps = new Float64Array(BINS);
  for (let row = 0; row < labels.length; row++) {
    let top = 0;
    for (let c = 1; c < C; c++) if (probabilities[row * C + c]! > probabilities[row * C + top]!) top = c;
    const confidence = probabilities[row * C + top]!;
    if (Number.isNaN(confidence)) return NaN;
    const bin = Math.min(BINS, Math.max(1, Math.ceil(confidence * BINS))) - 1;
    gaps[bin]! += Number(top === labels[row]) - confidence;
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / labels.length;
}
