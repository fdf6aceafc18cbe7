/** exp, erf and tanh of four floats at a time. */
import { madd } from './vector.simd';

/**
 * e^x with a relative error of about 1e-7; 0 below -87.3, e^88 above 88, NaN stays NaN. x = n·ln 2 + r, |r| <= ln 2 / 2; e^r by a polynomial of
 * degree 6 (1 + r + r²·p(r), p fitted by weighted least squares until the relative error was even, 3e-9); times 2^n by its bits.
 */
export function exp4(x: v128): v128 {
  const inside = f32x4.max(f32x4.min(x, f32x4.splat(88)), f32x4.splat(-87.3));
  const n = f32x4.nearest(f32x4.mul(inside, f32x4.splat(1.44269504)));
  // ln 2 in two parts, the first exact in 15 bits, so that n times it is exact.
  let r = madd(n, f32x4.splat(-0.693145751953125), inside);
  r = madd(n, f32x4.splat(-1.42860677e-6), r);
  let p = madd(f32x4.splat(0.0013813880505040288), r, f32x4.splat(0.008369063027203083));
  p = madd(p, r, f32x4.splat(0.041668422520160675));
  p = madd(p, r, f32x4.splat(0.166665181517601));
  p = madd(p, r, f32x4.splat(0.4999999403953552));
  const value = madd(f32x4.mul(r, r), p, f32x4.add(r, f32x4.splat(1)));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(value, power), f32x4.lt(x, f32x4.splat(-87.3)));
}

/**
 * erf by Abramowitz-Stegun 7.1.26, absolute error 1.5e-7; `expMinusSquare` is e^(-x²), which callers need anyway.
 * 1 - (a1·t + a2·t² + ... + a5·t⁵)·e^(-x²), t = 1/(1 + 0.3275911·|x|), with the sign of x.
 */
export function erf4(x: v128, expMinusSquare: v128): v128 {
  const one = f32x4.splat(1);
  const t = f32x4.div(one, madd(f32x4.abs(x), f32x4.splat(0.3275911), one));
  let p = madd(f32x4.splat(1.061405429), t, f32x4.splat(-1.453152027));
  p = madd(p, t, f32x4.splat(1.421413741));
  p = madd(p, t, f32x4.splat(-0.284496736));
  p = madd(p, t, f32x4.splat(0.254829592));
  const size = f32x4.sub(one, f32x4.mul(f32x4.mul(p, t), expMinusSquare));
  return v128.or(size, v128.and(x, i32x4.splat(0x80000000)));
}

/** tanh(x) = 1 - 2 / (e^(2x) + 1); absolute error about 1e-7. */
export function tanh4(x: v128): v128 {
  const one = f32x4.splat(1);
  const e = exp4(f32x4.add(x, x));
  return f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(e, one)));
}
