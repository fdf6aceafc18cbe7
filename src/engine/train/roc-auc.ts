/** Area under the ROC curve: equal to scikit-learn's roc_auc_score. */

/**
 * How often a positive row has a higher score than a negative one, ties half (Mann and Whitney). null where all rows are positive or
 * all negative, and where a score is no number.
 */
export function areaUnderCurve(scores: Float64Array, isPositive: (row: number) => boolean): number | null {
  if (scores.some(Number.isNaN)) return null;
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  let positives = 0;
  let rankSum = 0;
  for (let from = 0, to; from < order.length; from = to) {
    const score = scores[order[from]!]!;
    let hits = 0;
    for (to = from; to < order.length && scores[order[to]!] === score; to++) hits += Number(isPositive(order[to]!));
    positives += hits;
    rankSum += hits * ((from + 1 + to) / 2);
  }
  const pairs = positives * (order.length - positives);
  return pairs === 0 ? null : (rankSum - (positives * (positives + 1)) / 2) / pairs;
}

/**
 * Two classes: of the second class's probability. More: the mean of each class against the rest (multi_class='ovr', average='macro').
 * probabilities [rows, C]. null where a class has no row, or all of them.
 */
export function rocAuc(labels: ArrayLike<number>, probabilities: ArrayLike<number>, C: number): number | null {
  const areaOf = (c: number): number | null => {
    const scores = Float64Array.from({ length: labels.length }, (_, row) => probabilities[row * C + c]!);
    return areaUnderCurve(scores, (row) => labels[row] === c);
  };
  if (C === 2) return areaOf(1);
  let sum = 0;
  for (let c = 0; c < C; c++) {
    const area = areaOf(c);
    if (area === null) return null;
    sum += area;
  }
  return sum / C;
}
