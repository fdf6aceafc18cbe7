/** One AdamW step on a block of elements, in place: one pass over param, m, v and grad. Formulas: adamw.ts. */
import { ELEMENT_BLOCK } from '../../backend/simd/blocks';
import { integerAt, pointerAt } from '../../backend/simd/params.simd';
import { loadPart, madd, storePart } from '../../backend/simd/vector.simd';

/** Parameters: param, m, v, grad, norm, hyper (contract.ts, HYPER), elements, decay (0 or 1). */
export function adamWTile(tile: i32, params: usize): void {
  const norm = load<f32>(pointerAt(params, 4));
  const hyper = pointerAt(params, 5);
  const learningRate = load<f32>(hyper);
  const beta1 = load<f32>(hyper, 4);
  const beta2 = load<f32>(hyper, 8);
  const maxGradNorm = load<f32>(hyper, 28);
  const clip: f32 = maxGradNorm > 0 ? min<f32>(1, maxGradNorm / (norm + 1e-6)) : 1;
  const shrink: f32 = integerAt(params, 7) ? 1 - learningRate * load<f32>(hyper, 16) : 1;

  const beta1x4 = f32x4.splat(beta1);
  const beta2x4 = f32x4.splat(beta2);
  const rest1x4 = f32x4.splat((1 - beta1) * clip);
  const rest2x4 = f32x4.splat((1 - beta2) * clip * clip);
  const rootx4 = f32x4.splat(1 / sqrt<f32>(load<f32>(hyper, 24)));
  const epsx4 = f32x4.splat(load<f32>(hyper, 12));
  const stepx4 = f32x4.splat(-learningRate / load<f32>(hyper, 20));
  const shrinkx4 = f32x4.splat(shrink);

  const first = tile * ELEMENT_BLOCK;
  const count = min(ELEMENT_BLOCK, integerAt(params, 6) - first);
  const at = (<usize>first) << 2;
  let param = pointerAt(params, 0) + at;
  let m = pointerAt(params, 1) + at;
  let v = pointerAt(params, 2) + at;
  let grad = pointerAt(params, 3) + at;
  for (let i = 0; i < count; i += 4) {
    const left = count - i;
    const whole = left >= 4;
    const g = whole ? v128.load(grad) : loadPart(grad, left);
    const firstMoment = madd(rest1x4, g, f32x4.mul(beta1x4, whole ? v128.load(m) : loadPart(m, left)));
    const secondMoment = madd(f32x4.mul(rest2x4, g), g, f32x4.mul(beta2x4, whole ? v128.load(v) : loadPart(v, left)));
    const denominator = madd(f32x4.sqrt(secondMoment), rootx4, epsx4);
    const old = f32x4.mul(whole ? v128.load(param) : loadPart(param, left), shrinkx4);
    const updated = madd(stepx4, f32x4.div(firstMoment, denominator), old);
    if (whole) {
      v128.store(m, firstMoment);
      v128.store(v, secondMoment);
      v128.store(param, updated);
    } else {
      storePart(m, firstMoment, left);
      storePart(v, secondMoment, left);
      storePart(param, updated, left);
    }
    param += 16;
    m += 16;
    v += 16;
    grad += 16;
  }
}
