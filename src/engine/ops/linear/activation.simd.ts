/** The activations of a linear and their slopes (formulas: activations.ts), over a run of floats. */
import { all4, HALF, INVERSE_SQRT_TWO_PI, ONE, SQRT_HALF } from '../../backend/simd/constants.simd';
import { erf4, exp4, tanh4 } from '../../backend/simd/exp.simd';
import { loadPart, madd, storePart } from '../../backend/simd/vector.simd';
import { GELU, GELU_NEW, MISH, QUICK_GELU, RELU, SILU } from './activation-kinds';

const SQRT_TWO_OVER_PI: f32 = 0.7978845608028654;
const CUBIC: f32 = 0.044715;
const QUICK: f32 = 1.702;
/** From here on mish is its argument, and (e^z)² has room. */
const MISH_LINEAR: f32 = 20;

function gelu4(z: v128): v128 {
  const x = f32x4.mul(z, all4(SQRT_HALF));
  const erf = erf4(x, exp4(f32x4.neg(f32x4.mul(x, x))));
  const half = f32x4.mul(z, all4(HALF));
  return madd(half, erf, half);
}

function geluSlope4(z: v128): v128 {
  const x = f32x4.mul(z, all4(SQRT_HALF));
  const bell = exp4(f32x4.neg(f32x4.mul(x, x)));
  const half = all4(HALF);
  const cdf = madd(erf4(x, bell), half, half);
  return madd(f32x4.mul(z, all4(INVERSE_SQRT_TWO_PI)), bell, cdf);
}

/** 1 / (1 + e^-z). */
function sigmoid4(z: v128): v128 {
  const one = all4(ONE);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(z))));
}

/** tanh(ln(1 + e^z)) = n / (n + 2), n = e^z·(e^z + 2). */
function tanhSoftplus4(z: v128): v128 {
  const two = f32x4.splat(2);
  const e = exp4(f32x4.pmin(z, f32x4.splat(MISH_LINEAR)));
  const n = f32x4.mul(e, f32x4.add(e, two));
  return f32x4.div(n, f32x4.add(n, two));
}

function value4(kind: i32, z: v128): v128 {
  if (kind == GELU) return gelu4(z);
  if (kind == GELU_NEW) {
    const cubed = madd(f32x4.mul(f32x4.mul(z, z), f32x4.splat(CUBIC)), z, z);
    const half = f32x4.mul(z, all4(HALF));
    return madd(half, tanh4(f32x4.mul(cubed, f32x4.splat(SQRT_TWO_OVER_PI))), half);
  }
  if (kind == RELU) return f32x4.pmax(z, f32x4.splat(0));
  if (kind == SILU) return f32x4.mul(z, sigmoid4(z));
  if (kind == QUICK_GELU) return f32x4.mul(z, sigmoid4(f32x4.mul(z, f32x4.splat(QUICK))));
  if (kind == MISH) return f32x4.mul(z, tanhSoftplus4(z));
  return tanh4(z);
}

function slope4(kind: i32, z: v128): v128 {
  const one = all4(ONE);
  if (kind == GELU) return geluSlope4(z);
  if (kind == GELU_NEW) {
    const square = f32x4.mul(z, z);
    const cubed = madd(f32x4.mul(square, f32x4.splat(CUBIC)), z, z);
    const t = tanh4(f32x4.mul(cubed, f32x4.splat(SQRT_TWO_OVER_PI)));
    const half = all4(HALF);
    const inner = madd(square, f32x4.splat(3 * CUBIC * SQRT_TWO_OVER_PI), f32x4.splat(SQRT_TWO_OVER_PI));
    const rising = f32x4.mul(f32x4.mul(z, half), f32x4.sub(one, f32x4.mul(t, t)));
    return madd(rising, inner, madd(t, half, half));
  }
  if (kind == RELU) return v128.and(f32x4.gt(z, f32x4.splat(0)), one);
  if (kind == SILU || kind == QUICK_GELU) {
    const steepness: f32 = kind == SILU ? 1 : QUICK;
    const scaled = f32x4.mul(z, f32x4.splat(steepness));
    const s = sigmoid4(scaled);
    return f32x4.mul(s, madd(scaled, f32x4.sub(one, s), one));
  }
  if (kind == MISH) {
    const t = tanhSoftplus4(z);
    return madd(f32x4.mul(z, sigmoid4(z)), f32x4.sub(one, f32x4.mul(t, t)), t);
  }
  const t = tanh4(z);
  return f32x4.sub(one, f32x4.mul(t, t));
}

/** y = activation(z) for `count` floats; y may be z. */
export function activate(kind: i32, z: usize, y: usize, count: i32): void {
  let i = 0;
  if (kind == GELU) {
    for (; i <= count - 8; i += 8) {
      const low = gelu4(v128.load(z));
      const high = gelu4(v128.load(z, 16));
      v128.store(y, low);
      v128.store(y, high, 16);
      z += 32;
      y += 32;
    }
  }
  for (; i <= count - 4; i += 4) {
    v128.store(y, value4(kind, v128.load(z)));
    z += 16;
    y += 16;
  }
  if (i < count) storePart(y, value4(kind, loadPart(z, count - i)), count - i);
}

/** dz = dy ∘ activation'(z) for `count` floats. */
export function activateBackward(kind: i32, dy: usize, z: usize, dz: usize, count: i32): void {
  let i = 0;
  for (; i <= count - 4; i += 4) {
    v128.store(dz, f32x4.mul(v128.load(dy), slope4(kind, v128.load(z))));
    dy += 16;
    z += 16;
    dz += 16;
  }
  if (i < count) {
    storePart(dz, f32x4.mul(loadPart(dy, count - i), slope4(kind, loadPart(z, count - i))), count - i);
  }
}
