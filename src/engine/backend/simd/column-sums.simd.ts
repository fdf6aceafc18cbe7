/** The second half of every sum over tokens: the partial sums of the token blocks, added in order. */
import { SUM_COLUMNS } from './blocks';
import { integerAt, pointerAt } from './params.simd';

/**
 * target[column] = Σ over blocks of partials[block, column]; a tile is SUM_COLUMNS columns.
 * Parameters: partials, target, blocks, columns, floats from one block to the next.
 */
export function sumBlocksTile(tile: i32, params: usize): void {
  const blocks = integerAt(params, 2);
  const columns = integerAt(params, 3);
  const stride = (<usize>integerAt(params, 4)) << 2;
  const from = tile * SUM_COLUMNS;
  const to = min(from + SUM_COLUMNS, columns);
  let source = pointerAt(params, 0) + ((<usize>from) << 2);
  let target = pointerAt(params, 1) + ((<usize>from) << 2);
  let column = from;
  for (; column <= to - 4; column += 4) {
    let sum = f32x4.splat(0);
    for (let block = 0; block < blocks; block++) sum = f32x4.add(sum, v128.load(source + <usize>block * stride));
    v128.store(target, sum);
    source += 16;
    target += 16;
  }
  for (; column < to; column++) {
    let sum: f32 = 0;
    for (let block = 0; block < blocks; block++) sum += load<f32>(source + <usize>block * stride);
    store<f32>(target, sum);
    source += 4;
    target += 4;
  }
}
