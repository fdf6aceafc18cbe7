/** The squares of a run of floats, added in f64. */
import { pointerAt } from '../../backend/simd/params.simd';

/** Parameters: runs (address and length of each, int32), sums (f64, one a run). A tile is a run. */
export function squaresTile(tile: i32, params: usize): void {
  const run = pointerAt(params, 0) + ((<usize>tile) << 3);
  const count = load<i32>(run, 4);
  let at = load<usize>(run);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let i = 0;
  for (; i <= count - 4; i += 4) {
    const x = v128.load(at);
    const a = f64x2.promote_low_f32x4(x);
    const b = f64x2.promote_low_f32x4(i32x4.shuffle(x, x, 2, 3, 0, 1));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
    at += 16;
  }
  const both = f64x2.add(low, high);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; i < count; i++) {
    const x = <f64>load<f32>(at);
    sum += x * x;
    at += 4;
  }
  store<f64>(pointerAt(params, 1) + ((<usize>tile) << 3), sum);
}
