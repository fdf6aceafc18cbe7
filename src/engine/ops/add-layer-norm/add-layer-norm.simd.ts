/** Dropout + residual + LayerNorm, a block of tokens a tile. Formulas: add-layer-norm.ts. */
import { TOKEN_BLOCK } from '../../backend/simd/blocks';
import { integerAt, pointerAt, realAt } from '../../backend/simd/params.simd';
import { dropoutFactors } from '../../backend/simd/philox.simd';
import { loadPart, madd, storePart, sumLanes } from '../../backend/simd/vector.simd';

/**
 * Parameters: x, residual (0: none), gamma, beta, dropout (4), T, H, eps, y, s (x: is not written), mean, rstd.
 * Scratch: the dropout factors of one token.
 */
export function addLayerNormTile(tile: i32, params: usize, scratch: usize): void {
  const H = integerAt(params, 9);
  const rowBytes = (<usize>H) << 2;
  const first = tile * TOKEN_BLOCK;
  const last = min(first + TOKEN_BLOCK, integerAt(params, 8));
  for (let token = first; token < last; token++) {
    const at = <usize>token * rowBytes;
    const s = pointerAt(params, 12) + at;
    const residual = pointerAt(params, 1);
    let factors: usize = 0;
    if (pointerAt(params, 4)) factors = dropoutFactors(params, 4, token * H, H, 0, scratch);
    if (factors || residual) addRows(pointerAt(params, 0) + at, factors, residual ? residual + at : 0, s, H);
    const average = sumOf(s, H) / <f32>H;
    const rstd: f32 = 1 / sqrt<f32>(squaresOf(s, average, H) / <f32>H + realAt(params, 10));
    store<f32>(pointerAt(params, 13) + ((<usize>token) << 2), average);
    store<f32>(pointerAt(params, 14) + ((<usize>token) << 2), rstd);
    normalize(s, average, rstd, pointerAt(params, 2), pointerAt(params, 3), pointerAt(params, 11) + at, H);
  }
}

/** s = x ∘ factors + residual; factors and residual may be 0 (none). */
function addRows(x: usize, factors: usize, residual: usize, s: usize, count: i32): void {
  let i = 0;
  for (; i <= count - 4; i += 4) {
    let value = v128.load(x);
    if (factors) {
      value = f32x4.mul(value, v128.load(factors));
      factors += 16;
    }
    if (residual) {
      value = f32x4.add(value, v128.load(residual));
      residual += 16;
    }
    v128.store(s, value);
    x += 16;
    s += 16;
  }
  for (; i < count; i++) {
    let value = load<f32>(x);
    if (factors) {
      value *= load<f32>(factors);
      factors += 4;
    }
    if (residual) {
      value += load<f32>(residual);
      residual += 4;
    }
    store<f32>(s, value);
    x += 4;
    s += 4;
  }
}

function sumOf(x: usize, count: i32): f32 {
  let sum = f32x4.splat(0);
  let i = 0;
  for (; i <= count - 4; i += 4) {
    sum = f32x4.add(sum, v128.load(x));
    x += 16;
  }
  if (i < count) sum = f32x4.add(sum, loadPart(x, count - i));
  return sumLanes(sum);
}

/** Σ (x - average)². */
function squaresOf(x: usize, average: f32, count: i32): f32 {
  const average4 = f32x4.splat(average);
  let sum = f32x4.splat(0);
  let i = 0;
  for (; i <= count - 4; i += 4) {
    const difference = f32x4.sub(v128.load(x), average4);
    sum = madd(difference, difference, sum);
    x += 16;
  }
  let total = sumLanes(sum);
  for (; i < count; i++) {
    const difference = load<f32>(x) - average;
    total += difference * difference;
    x += 4;
  }
  return total;
}

/** y = (s - average)·rstd·gamma + beta. */
function normalize(s: usize, average: f32, rstd: f32, gamma: usize, beta: usize, y: usize, count: i32): void {
  const average4 = f32x4.splat(average);
  const rstd4 = f32x4.splat(rstd);
  let i = 0;
  for (; i <= count - 4; i += 4) {
    const normal = f32x4.mul(f32x4.sub(v128.load(s), average4), rstd4);
    v128.store(y, madd(normal, v128.load(gamma), v128.load(beta)));
    s += 16;
    gamma += 16;
    beta += 16;
    y += 16;
  }
  if (i < count) {
    const left = count - i;
    const normal = f32x4.mul(f32x4.sub(loadPart(s, left), average4), rstd4);
    storePart(y, madd(normal, loadPart(gamma, left), loadPart(beta, left)), left);
  }
}

/**
 * Parameters: dy, s, mean, rstd, dropout (4), gamma, T, H, ds, dx (ds: is not written), partials [blocks, 2, H] of dgamma, dbeta.
 * Scratch: the dropout factors of one token.
 */
export function addLayerNormGradTile(tile: i32, params: usize, scratch: usize): void {
  const H = integerAt(params, 10);
  const rowBytes = (<usize>H) << 2;
  const gamma = pointerAt(params, 8);
  const partial = pointerAt(params, 13) + <usize>tile * 2 * rowBytes;
  memory.fill(partial, 0, 2 * rowBytes);
  const first = tile * TOKEN_BLOCK;
  const last = min(first + TOKEN_BLOCK, integerAt(params, 9));
  for (let token = first; token < last; token++) {
    const at = <usize>token * rowBytes;
    const dy = pointerAt(params, 0) + at;
    const s = pointerAt(params, 1) + at;
    const ds = pointerAt(params, 11) + at;
    const mean = load<f32>(pointerAt(params, 2) + ((<usize>token) << 2));
    const rstd = load<f32>(pointerAt(params, 3) + ((<usize>token) << 2));
    normGradRow(dy, s, mean, rstd, gamma, ds, partial, partial + rowBytes, H);
    if (pointerAt(params, 4)) {
      const factors = dropoutFactors(params, 4, token * H, H, 0, scratch);
      addRows(ds, factors, 0, pointerAt(params, 12) + at, H);
    }
  }
}

/** One token's ds; adds its part to dgamma and dbeta. */
function normGradRow(
  dy: usize,
  s: usize,
  mean: f32,
  rstd: f32,
  gamma: usize,
  ds: usize,
  dgamma: usize,
  dbeta: usize,
  count: i32,
): void {
  const mean4 = f32x4.splat(mean);
  const rstd4 = f32x4.splat(rstd);
  const whole = count & ~3;
  const left = count - whole;
  const bytes = (<usize>whole) << 2;
  let sum = f32x4.splat(0);
  let sumNormal = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const d = v128.load(dy + at);
    const normal = f32x4.mul(f32x4.sub(v128.load(s + at), mean4), rstd4);
    const g = f32x4.mul(d, v128.load(gamma + at));
    sum = f32x4.add(sum, g);
    sumNormal = madd(g, normal, sumNormal);
    v128.store(dgamma + at, madd(d, normal, v128.load(dgamma + at)));
    v128.store(dbeta + at, f32x4.add(d, v128.load(dbeta + at)));
  }
  if (left) {
    const d = loadPart(dy + bytes, left);
    const normal = f32x4.mul(f32x4.sub(loadPart(s + bytes, left), mean4), rstd4);
    const g = f32x4.mul(d, loadPart(gamma + bytes, left));
    sum = f32x4.add(sum, g);
    sumNormal = madd(g, normal, sumNormal);
    storePart(dgamma + bytes, madd(d, normal, loadPart(dgamma + bytes, left)), left);
    storePart(dbeta + bytes, f32x4.add(d, loadPart(dbeta + bytes, left)), left);
  }
  // rstd · (g - mean(g) - n · mean(g∘n))
  const inverse: f32 = 1 / <f32>count;
  const average4 = f32x4.splat(sumLanes(sum) * inverse);
  const slope4 = f32x4.splat(-(sumLanes(sumNormal) * inverse));
  for (let at: usize = 0; at < bytes; at += 16) {
    const normal = f32x4.mul(f32x4.sub(v128.load(s + at), mean4), rstd4);
    const g = f32x4.mul(v128.load(dy + at), v128.load(gamma + at));
    v128.store(ds + at, f32x4.mul(rstd4, madd(normal, slope4, f32x4.sub(g, average4))));
  }
  if (left) {
    const normal = f32x4.mul(f32x4.sub(loadPart(s + bytes, left), mean4), rstd4);
    const g = f32x4.mul(loadPart(dy + bytes, left), loadPart(gamma + bytes, left));
    storePart(ds + bytes, f32x4.mul(rstd4, madd(normal, slope4, f32x4.sub(g, average4))), left);
  }
}
