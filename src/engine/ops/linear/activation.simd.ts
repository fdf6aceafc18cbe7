/** The activations of a linear and their slopes (formulas: activations.ts), over a run of floats. */
import { erf4, exp4, tanh4 } from '../../backend/simd/exp.simd';
import { loadPart, madd, storePart } from '../../backend/simd/vector.simd';
import { GELU, GELU_NEW, RELU } from './activation-kinds';

const SQRT_HALF: f32 = 0.70710678118654752;
const INVERSE_SQRT_TWO_PI: f32 = 0.3989422804014327;
const SQRT_TWO_OVER_PI: f32 = 0.7978845608028654;
const CUBIC: f32 = 0.044715;

function value4(kind: i32, z: v128): v128 {
  if (kind == GELU) {
    const x = f32x4.mul(z, f32x4.splat(SQRT_HALF));
    const erf = erf4(x, exp4(f32x4.neg(f32x4.mul(x, x))));
    const half = f32x4.mul(z, f32x4.splat(0.5));
    return madd(half, erf, half);
  }
  if (kind == GELU_NEW) {
    const cubed = madd(f32x4.mul(f32x4.mul(z, z), f32x4.splat(CUBIC)), z, z);
    const half = f32x4.mul(z, f32x4.splat(0.5));
    return madd(half, tanh4(f32x4.mul(cubed, f32x4.splat(SQRT_TWO_OVER_PI))), half);
  }
  if (kind == RELU) return f32x4.max(z, f32x4.splat(0));
  return tanh4(z);
}

function slope4(kind: i32, z: v128): v128 {
  const one = f32x4.splat(1);
  if (kind == GELU) {
    const x = f32x4.mul(z, f32x4.splat(SQRT_HALF));
    const bell = exp4(f32x4.neg(f32x4.mul(x, x)));
    const half = f32x4.splat(0.5);
    const cdf = madd(erf4(x, bell), half, half);
    return madd(f32x4.mul(z, f32x4.splat(INVERSE_SQRT_TWO_PI)), bell, cdf);
  }
  if (kind == GELU_NEW) {
    const square = f32x4.mul(z, z);
    const cubed = madd(f32x4.mul(square, f32x4.splat(CUBIC)), z, z);
    const t = tanh4(f32x4.mul(cubed, f32x4.splat(SQRT_TWO_OVER_PI)));
    const half = f32x4.splat(0.5);
    const inner = madd(square, f32x4.splat(3 * CUBIC * SQRT_TWO_OVER_PI), f32x4.splat(SQRT_TWO_OVER_PI));
    const rising = f32x4.mul(f32x4.mul(z, half), f32x4.sub(one, f32x4.mul(t, t)));
    return madd(rising, inner, madd(t, half, half));
  }
  if (kind == RELU) return v128.and(f32x4.gt(z, f32x4.splat(0)), one);
  const t = tanh4(z);
  return f32x4.sub(one, f32x4.mul(t, t));
}

/** y = activation(z) for `count` floats; y may be z. */
export function activate(kind: i32, z: usize, y: usize, count: i32): void {
  let i = 0;
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
