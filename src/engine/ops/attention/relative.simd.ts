/**
 * DeBERTa's relative positions in a row of attention scores. `byQuery` has the products of a query with the relative keys, `byKey` a
 * line for each key with its products with the relative queries, `lineBytes` apart; both begin at the place `first`.
 * `places` is the address of the place of distance 0.
 */

/** scores[j] += byQuery[p] + byKey[j][p] for the keys j < count of a query, p the place of the distance query - j. */
export function addRelativeScores(
  scores: usize,
  count: i32,
  query: i32,
  byQuery: usize,
  byKey: usize,
  lineBytes: usize,
  places: usize,
  first: i32,
): void {
  let place = places + ((<usize>query) << 2);
  for (let key = 0; key < count; key++) {
    const at = (<usize>(load<i32>(place) - first)) << 2;
    store<f32>(scores, load<f32>(scores) + (load<f32>(byQuery + at) + load<f32>(byKey + at)));
    scores += 4;
    byKey += lineBytes;
    place -= 4;
  }
}

/** The other way: dbyQuery[p] += dscores[j], dbyKey[j][p] += dscores[j]. */
export function addRelativeGradients(
  dscores: usize,
  count: i32,
  query: i32,
  dbyQuery: usize,
  dbyKey: usize,
  lineBytes: usize,
  places: usize,
  first: i32,
): void {
  let place = places + ((<usize>query) << 2);
  for (let key = 0; key < count; key++) {
    const at = (<usize>(load<i32>(place) - first)) << 2;
    const dscore = load<f32>(dscores);
    store<f32>(dbyQuery + at, load<f32>(dbyQuery + at) + dscore);
    store<f32>(dbyKey + at, load<f32>(dbyKey + at) + dscore);
    dscores += 4;
    dbyKey += lineBytes;
    place -= 4;
  }
}
