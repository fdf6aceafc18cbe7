/** The rows of attention scores: softmax forward, and the scores' gradient. */
import { exp4 } from '../../backend/simd/exp.simd';
import { madd, maxLane, sumLanes } from '../../backend/simd/vector.simd';

/** ln x for a normal x > 0: x = 2^e · m, m in [√½, √2); ln m = 2·artanh((m-1)/(m+1)), five terms of its series (error below 1e-9). */
function log(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  // 0x3fe6a09e667f3bcd is √½: what lies above it (as an integer) in steps of 2^52 is e.
  const e = (bits - 0x3fe6a09e667f3bcd) >> 52;
  const m = reinterpret<f64>(bits - (e << 52));
  const t = (m - 1) / (m + 1);
  const square = t * t;
  const series = 1 + square * (1.0 / 3 + square * (1.0 / 5 + square * (1.0 / 7 + square * (1.0 / 9))));
  return <f64>e * 0.6931471805599453 + 2 * t * series;
}

/**
 * scores[0..count) -> softmax(scale · scores), times `factors` (0: none). Returns the log-sum-exp of the scaled scores.
 * The row has room up to the next multiple of 4, which is overwritten. scale > 0.
 */
export function softmaxRow(scores: usize, count: i32, scale: f32, factors: usize): f32 {
  const end = scores + ((<usize>count) << 2);
  for (let i = count; i & 3; i++) store<f32>(scores + ((<usize>i) << 2), -f32.MAX_VALUE);
  let largest4 = f32x4.splat(-f32.MAX_VALUE);
  for (let at = scores; at < end; at += 16) largest4 = f32x4.pmax(largest4, v128.load(at));
  const largest = maxLane(largest4) * scale;
  const scale4 = f32x4.splat(scale);
  const shift4 = f32x4.splat(-largest);
  let sum4 = f32x4.splat(0);
  for (let at = scores; at < end; at += 16) {
    const e = exp4(madd(v128.load(at), scale4, shift4));
    v128.store(at, e);
    sum4 = f32x4.add(sum4, e);
  }
  const sum = sumLanes(sum4);
  const inverse = f32x4.splat(1 / sum);
  for (let at = scores; at < end; at += 16) {
    let weight = f32x4.mul(v128.load(at), inverse);
    if (factors) {
      weight = f32x4.mul(weight, v128.load(factors));
      factors += 16;
    }
    v128.store(at, weight);
  }
  return largest + <f32>log(<f64>sum);
}

/**
 * One query's row backward. scores (Q·Kᵀ) -> the dropped weights P∘M; dweights (dO·Vᵀ) -> the gradient of Q·Kᵀ,
 * scale · P ∘ (M ∘ dweights - delta), P = exp(scale · scores - lse). `factors` is M (0: none). Rows have room as in softmaxRow.
 */
export function softmaxRowBackward(
  scores: usize,
  dweights: usize,
  count: i32,
  scale: f32,
  lse: f32,
  delta: f32,
  factors: usize,
): void {
  const end = scores + ((<usize>count) << 2);
  const scale4 = f32x4.splat(scale);
  const shift4 = f32x4.splat(-lse);
  const delta4 = f32x4.splat(delta);
  while (scores < end) {
    const weight = exp4(madd(v128.load(scores), scale4, shift4));
    let dropped = weight;
    let dweight = v128.load(dweights);
    if (factors) {
      const factor = v128.load(factors);
      dropped = f32x4.mul(weight, factor);
      dweight = f32x4.mul(dweight, factor);
      factors += 16;
    }
    v128.store(scores, dropped);
    v128.store(dweights, f32x4.mul(f32x4.mul(weight, f32x4.sub(dweight, delta4)), scale4));
    scores += 16;
    dweights += 16;
  }
}
