/** exp, erf and tanh of four floats at a time. */
import {
  all4,
  ERF_1,
  ERF_2,
  ERF_3,
  ERF_4,
  ERF_5,
  ERF_P,
  EXP_2,
  EXP_3,
  EXP_4,
  EXP_5,
  EXP_6,
  EXP_LARGEST,
  EXP_SMALLEST,
  LN_2_HIGH,
  LN_2_LOW,
  LOG2_E,
  ONE,
  ROUNDER,
  SIGN_BIT,
} from './constants.simd';
import { madd } from './vector.simd';

/**
 * e^x with a relative error of about 1e-7. Below -87.3 it stays at the smallest normal float, 1.2e-38, above 88 at e^88; NaN stays NaN.
 * x = n·ln 2 + r, |r| <= ln 2 / 2; e^r = 1 + r + r²·p(r), p of degree 4; times 2^n by adding n to the exponent.
 */
export function exp4(x: v128): v128 {
  const inside = f32x4.pmax(f32x4.pmin(x, all4(EXP_LARGEST)), all4(EXP_SMALLEST));
  const shifted = madd(inside, all4(LOG2_E), all4(ROUNDER));
  const n = f32x4.sub(shifted, all4(ROUNDER));
  const r = madd(n, all4(LN_2_LOW), madd(n, all4(LN_2_HIGH), inside));
  let p = madd(all4(EXP_6), r, all4(EXP_5));
  p = madd(p, r, all4(EXP_4));
  p = madd(p, r, all4(EXP_3));
  p = madd(p, r, all4(EXP_2));
  const value = madd(f32x4.mul(r, r), p, f32x4.add(r, all4(ONE)));
  return i32x4.add(value, i32x4.shl(shifted, 23));
}

/**
 * erf by Abramowitz-Stegun 7.1.26, absolute error 1.5e-7; `expMinusSquare` is e^(-x²), which callers need anyway.
 * 1 - (a1·t + a2·t² + ... + a5·t⁵)·e^(-x²), t = 1/(1 + p·|x|), with the sign of x.
 */
export function erf4(x: v128, expMinusSquare: v128): v128 {
  const one = all4(ONE);
  const t = f32x4.div(one, madd(f32x4.abs(x), all4(ERF_P), one));
  let sum = madd(all4(ERF_5), t, all4(ERF_4));
  sum = madd(sum, t, all4(ERF_3));
  sum = madd(sum, t, all4(ERF_2));
  sum = madd(sum, t, all4(ERF_1));
  const size = f32x4.sub(one, f32x4.mul(f32x4.mul(sum, t), expMinusSquare));
  return v128.or(size, v128.and(x, all4(SIGN_BIT)));
}

/** tanh(x) = 1 - 2 / (e^(2x) + 1); absolute error about 1e-7. */
export function tanh4(x: v128): v128 {
  const one = all4(ONE);
  const e = exp4(f32x4.add(x, x));
  return f32x4.sub(one, f32x4.div(f32x4.add(one, one), f32x4.add(e, one)));
}
