/**
 * Self-attention over packed rows: per row and head, softmax(Q·Kᵀ/√D), dropout on the weights, times V.
 * qkv [T,3H] holds q, k, v side by side, offsets int32 [B+1]; -> out [T,H]. A token attends to its own row only; tokens from
 * offsets[B] on belong to no row, their output is 0 and so is their gradient.
 * Kept for backward: qkv, out, and lse [T,A], the log-sum-exp of the scaled scores: P = exp(S - lse) is regenerated.
 * With the dropout factors M: dV = (P∘M)ᵀ·dO; dS = P ∘ (M ∘ (dO·Vᵀ) - rowsum(O∘dO)); dQ = dS·K/√D, dK = dSᵀ·Q/√D.
 * Source: Vaswani et al. 2017; the backward's form from Dao 2023 (FlashAttention-2).
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { DropoutAttrs, KernelFunction } from '../contract.ts';
import { floats, ints, makeFloats, type Reals } from '../cpu-values.ts';
import { defineOp, expectShape, sizeOf } from '../define-op.ts';
import { expectDropout } from '../dropout/dropout.ts';
import { dropoutFactors } from '../dropout/philox.ts';
import { runKernel } from '../run-kernel.ts';

type Constants = { offsets: Tensor; rng: Tensor; heads: number; dropout: DropoutAttrs };

const record = defineOp<{ qkv: Tensor }, Constants, { qkv: Tensor; out: Tensor; lse: Tensor }>({
  forward: ({ qkv }, { offsets, rng, heads, dropout }) => {
    const [out, lse] = runKernel('Attention', { qkv, offsets, rng }, { heads, dropout });
    return { output: out, kept: { qkv, out, lse } };
  },
  backward: (dout, kept, { offsets, rng, heads, dropout }) => {
    const [dqkv] = runKernel('AttentionGrad', { dout, ...kept, offsets, rng }, { heads, dropout });
    return { qkv: dqkv };
  },
});

/** qkv [T,3H], offsets int32 [B+1], rng int32 [3] -> [T,H]. H must be a multiple of `heads`. */
export function attention(qkv: Tensor, offsets: Tensor, rng: Tensor, heads: number, dropout: DropoutAttrs): Tensor {
  expectShape('attention', 'qkv', qkv, [-1, -1]);
  expectShape('attention', 'offsets', offsets, [-1]);
  expectDropout('attention', rng, dropout);
  if (sizeOf(qkv, 1) % (3 * heads) !== 0) {
    throw new Error(`attention: qkv's width ${sizeOf(qkv, 1)} is not 3 · ${heads} heads · head size`);
  }
  return record({ qkv }, { offsets, rng, heads, dropout });
}

/** What an attention works with beside its numbers. */
export interface AttentionSetting {
  readonly T: number;
  readonly H: number;
  readonly heads: number;
  readonly offsets: Int32Array;
  readonly dropout: DropoutAttrs;
  readonly rng: Int32Array;
}

/** Calls back for each query token of each row and head: q, the row's first token and length, and where the head's columns begin. */
function forEachQuery(
  { heads, H, offsets }: AttentionSetting,
  visit: (query: number, first: number, length: number, head: number, column: number) => void,
): void {
  const D = H / heads;
  for (let row = 0; row + 1 < offsets.length; row++) {
    const first = offsets[row]!;
    const length = offsets[row + 1]! - first;
    for (let head = 0; head < heads; head++) {
      for (let query = first; query < first + length; query++) visit(query, first, length, head, head * D);
    }
  }
}

/** Σ_d a[aStart + d] · b[bStart + d]. */
function dot(a: Reals, aStart: number, b: Reals, bStart: number, length: number): number {
  let sum = 0;
  for (let d = 0; d < length; d++) sum += a[aStart + d]! * b[bStart + d]!;
  return sum;
}

/** out [T,H], lse [T,A], in f64. */
export function attentionForward(qkv: Reals, setting: AttentionSetting): { out: Float64Array; lse: Float64Array } {
  const { T, H, heads } = setting;
  const D = H / heads;
  const scale = 1 / Math.sqrt(D);
  const factor = dropoutFactors(setting.dropout, () => setting.rng);
  const out = new Float64Array(T * H);
  const lse = new Float64Array(T * heads);
  forEachQuery(setting, (query, first, length, head, column) => {
    const scores = new Float64Array(length);
    let largest = -Infinity;
    for (let j = 0; j < length; j++) {
      scores[j] = scale * dot(qkv, query * 3 * H + column, qkv, (first + j) * 3 * H + H + column, D);
      largest = Math.max(largest, scores[j]!);
    }
    let sum = 0;
    for (const score of scores) sum += Math.exp(score - largest);
    const logSum = largest + Math.log(sum);
    lse[query * heads + head] = logSum;
    for (let j = 0; j < length; j++) {
      const weight = Math.exp(scores[j]! - logSum) * factor(j, query * heads + head);
      const value = (first + j) * 3 * H + 2 * H + column;
      for (let d = 0; d < D; d++) out[query * H + column + d]! += weight * qkv[value + d]!;
    }
  });
  return { out, lse };
}

/** dqkv [T,3H], in f64. */
export function attentionBackward(dout: Reals, qkv: Reals, out: Reals, lse: Reals, setting: AttentionSetting): Float64Array {
  const { T, H, heads } = setting;
  const D = H / heads;
  const scale = 1 / Math.sqrt(D);
  const factor = dropoutFactors(setting.dropout, () => setting.rng);
  const dqkv = new Float64Array(T * 3 * H);
  forEachQuery(setting, (query, first, length, head, column) => {
    const q = query * 3 * H + column;
    const o = query * H + column;
    const delta = dot(out, o, dout, o, D);
    for (let j = 0; j < length; j++) {
      const k = (first + j) * 3 * H + H + column;
      const v = k + H;
      const weight = Math.exp(scale * dot(qkv, q, qkv, k, D) - lse[query * heads + head]!);
      const kept = factor(j, query * heads + head);
      const dscore = weight * (kept * dot(dout, o, qkv, v, D) - delta) * scale;
      for (let d = 0; d < D; d++) {
        dqkv[q + d]! += dscore * qkv[k + d]!;
        dqkv[k + d]! += dscore * qkv[q + d]!;
        dqkv[v + d]! += weight * kept * dout[o + d]!;
      }
    }
  });
  return dqkv;
}

export const attentionCpu: KernelFunction<'Attention', MathBackendCPU> = ({ qkv, offsets, rng }, { heads, dropout }, backend) => {
  const T = sizeOf(qkv, 0);
  const H = sizeOf(qkv, 1) / 3;
  const setting = { T, H, heads, dropout, offsets: ints(backend, offsets), rng: ints(backend, rng) };
  const { out, lse } = attentionForward(floats(backend, qkv), setting);
  return [makeFloats(backend, [T, H], out), makeFloats(backend, [T, heads], lse)];
};

export const attentionGradCpu: KernelFunction<'AttentionGrad', MathBackendCPU> = (inputs, { heads, dropout }, backend) => {
  const [dout, qkv, out, lse] = [inputs.dout, inputs.qkv, inputs.out, inputs.lse].map((tensor) => floats(backend, tensor));
  const T = sizeOf(inputs.qkv, 0);
  const H = sizeOf(inputs.qkv, 1) / 3;
  const setting = { T, H, heads, dropout, offsets: ints(backend, inputs.offsets), rng: ints(backend, inputs.rng) };
  return [makeFloats(backend, inputs.qkv.shape, attentionBackward(dout!, qkv!, out!, lse!, setting))];
};
