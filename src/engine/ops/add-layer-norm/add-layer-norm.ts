/**
 * Dropout, residual and LayerNorm in one: s = dropout(x) + residual; y = (s - mean)·rstd·gamma + beta over the last axis,
 * rstd = 1/√(var + eps), var biased. x, residual [T,H], gamma, beta [H] -> y [T,H].
 * Kept for backward: s [T,H], mean [T], rstd [T], gamma.
 * With n = (s - mean)·rstd and g = dy∘gamma: ds = rstd·(g - mean(g) - n·mean(g∘n)), the residual's gradient; dx = ds through
 * the dropout; dgamma, dbeta = column sums of dy∘n, dy.
 * Source: Ba, Kiros, Hinton 2016; torch.nn.LayerNorm.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { DropoutAttrs, KernelFunction } from '../contract.ts';
import { floats, ints, makeFloats, type Reals } from '../cpu-values.ts';
import { defineOp, expectShape, sizeOf } from '../define-op.ts';
import { expectDropout } from '../dropout/dropout.ts';
import { dropoutFactors } from '../dropout/philox.ts';
import { runKernel } from '../run-kernel.ts';

type Inputs = { x: Tensor; residual: Tensor | undefined; gamma: Tensor; beta: Tensor };
type Constants = { rng: Tensor; eps: number; dropout: DropoutAttrs };
type Kept = { s: Tensor; mean: Tensor; rstd: Tensor; gamma: Tensor };

const record = defineOp<Inputs, Constants, Kept>({
  halves: ['s'],
  forward: ({ x, residual, gamma, beta }, { rng, eps, dropout }) => {
    const inputs = { x, ...(residual && { residual }), gamma, beta, rng };
    const [output, s, mean, rstd] = runKernel('AddLayerNorm', inputs, { eps, dropout });
    return { output, kept: { s, mean, rstd, gamma } };
  },
  backward: (dy, kept, { rng, dropout }, needs) => {
    const affine = needs.gamma || needs.beta;
    const [ds, dx, dgamma, dbeta] = runKernel('AddLayerNormGrad', { dy, ...kept, rng }, { dropout, affine });
    return { x: dx, residual: ds, gamma: dgamma, beta: dbeta };
  },
});

/** x and residual (or undefined) [T,H], gamma and beta [H], rng int32 [3] -> [T,H]. */
export function addLayerNorm(
  x: Tensor,
  residual: Tensor | undefined,
  gamma: Tensor,
  beta: Tensor,
  rng: Tensor,
  attrs: { readonly eps: number; readonly dropout: DropoutAttrs },
): Tensor {
  expectShape('addLayerNorm', 'x', x, [-1, -1]);
  if (residual) expectShape('addLayerNorm', 'residual', residual, x.shape);
  expectShape('addLayerNorm', 'gamma', gamma, [sizeOf(x, 1)]);
  expectShape('addLayerNorm', 'beta', beta, [sizeOf(x, 1)]);
  expectDropout('addLayerNorm', rng, attrs.dropout);
  return record({ x, residual, gamma, beta }, { rng, eps: attrs.eps, dropout: attrs.dropout });
}

/** What a normalisation works with beside its numbers. */
export interface AddLayerNormSetting {
  readonly T: number;
  readonly H: number;
  readonly dropout: DropoutAttrs;
  readonly rng: Int32Array;
}

/** y and s [T,H], mean and rstd [T], in f64. */
export function addLayerNormForward(
  x: Reals,
  residual: Reals | undefined,
  gamma: Reals,
  beta: Reals,
  eps: number,
  { T, H, dropout, rng }: AddLayerNormSetting,
): { y: Float64Array; s: Float64Array; mean: Float64Array; rstd: Float64Array } {
  const factor = dropoutFactors(dropout, () => rng);
  const s = Float64Array.from(x, (value, e) => value * factor(e, 0) + (residual ? residual[e]! : 0));
  const y = new Float64Array(T * H);
  const mean = new Float64Array(T);
  const rstd = new Float64Array(T);
  for (let t = 0; t < T; t++) {
    const row = s.subarray(t * H, (t + 1) * H);
    const average = row.reduce((sum, value) => sum + value, 0) / H;
    const variance = row.reduce((sum, value) => sum + (value - average) ** 2, 0) / H;
    mean[t] = average;
    rstd[t] = 1 / Math.sqrt(variance + eps);
    for (let h = 0; h < H; h++) y[t * H + h] = (row[h]! - average) * rstd[t]! * gamma[h]! + beta[h]!;
  }
  return { y, s, mean, rstd };
}

/** ds and dx [T,H], dgamma and dbeta [H], in f64. */
export function addLayerNormBackward(
  dy: Reals,
  kept: { readonly s: Reals; readonly mean: Reals; readonly rstd: Reals; readonly gamma: Reals },
  { T, H, dropout, rng }: AddLayerNormSetting,
): { ds: Float64Array; dx: Float64Array; dgamma: Float64Array; dbeta: Float64Array } {
  const { s, mean, rstd, gamma } = kept;
  const ds = new Float64Array(T * H);
  const dgamma = new Float64Array(H);
  const dbeta = new Float64Array(H);
  for (let t = 0; t < T; t++) {
    let sum = 0;
    let sumNormal = 0;
    for (let h = 0; h < H; h++) {
      const d = dy[t * H + h]!;
      const normal = (s[t * H + h]! - mean[t]!) * rstd[t]!;
      sum += d * gamma[h]!;
      sumNormal += d * gamma[h]! * normal;
      dgamma[h]! += d * normal;
      dbeta[h]! += d;
    }
    for (let h = 0; h < H; h++) {
      const normal = (s[t * H + h]! - mean[t]!) * rstd[t]!;
      ds[t * H + h] = rstd[t]! * (dy[t * H + h]! * gamma[h]! - sum / H - (normal * sumNormal) / H);
    }
  }
  const factor = dropoutFactors(dropout, () => rng);
  return { ds, dx: ds.map((value, e) => value * factor(e, 0)), dgamma, dbeta };
}

export const addLayerNormCpu: KernelFunction<'AddLayerNorm', MathBackendCPU> = (inputs, { eps, dropout }, backend) => {
  const T = sizeOf(inputs.x, 0);
  const H = sizeOf(inputs.x, 1);
  const { y, s, mean, rstd } = addLayerNormForward(
    floats(backend, inputs.x),
    inputs.residual && floats(backend, inputs.residual),
    floats(backend, inputs.gamma),
    floats(backend, inputs.beta),
    eps,
    { T, H, dropout, rng: ints(backend, inputs.rng) },
  );
  return [
    makeFloats(backend, [T, H], y),
    makeFloats(backend, [T, H], s),
    makeFloats(backend, [T], mean),
    makeFloats(backend, [T], rstd),
  ];
};

export const addLayerNormGradCpu: KernelFunction<'AddLayerNormGrad', MathBackendCPU> = (inputs, { dropout, affine }, backend) => {
  const T = sizeOf(inputs.s, 0);
  const H = sizeOf(inputs.s, 1);
  const kept = {
    s: floats(backend, inputs.s),
    mean: floats(backend, inputs.mean),
    rstd: floats(backend, inputs.rstd),
    gamma: floats(backend, inputs.gamma),
  };
  const setting = { T, H, dropout, rng: ints(backend, inputs.rng) };
  const { ds, dx, dgamma, dbeta } = addLayerNormBackward(floats(backend, inputs.dy), kept, setting);
  const gradients = [makeFloats(backend, [T, H], ds), makeFloats(backend, [T, H], dx)] as const;
  return affine ? [...gradients, makeFloats(backend, [H], dgamma), makeFloats(backend, [H], dbeta)] : [...gradients];
};
