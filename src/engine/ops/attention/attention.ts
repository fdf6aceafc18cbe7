/**
 * Self-attention over packed rows: per row and head, softmax(Q·Kᵀ/√D), dropout on the weights, times V.
 * qkv [T,3H] holds q, k, v side by side, offsets int32 [B+1]; -> out [T,H]. A token attends to its own row only; tokens from
 * offsets[B] on belong to no row, their output is 0 and so is their gradient.
 * With relative positions (relative [R,3H]) it is DeBERTa's: S_ij = (q_i·k_j + q_i·relative.k_p + k_j·relative.q_p)/√(terms·D), p the
 * place of the distance i - j; terms 3, or 2 where relative has only keys or only queries beside zeros.
 * Kept for backward: qkv, relative, out, and lse [T,A], the log-sum-exp of the scaled scores: P = exp(S - lse) is regenerated.
 * With the dropout factors M and the scale s = 1/√(terms·D): dV = (P∘M)ᵀ·dO; dS = s · P ∘ (M ∘ (dO·Vᵀ) - rowsum(O∘dO));
 * dq_i = Σ_j dS_ij·(k_j + relative.k_p), dk_j = Σ_i dS_ij·(q_i + relative.q_p); drelative.k_p = Σ dS_ij·q_i, drelative.q_p = Σ dS_ij·k_j
 * over all pairs of that place.
 * Source: Vaswani et al. 2017; the backward's form from Dao 2023 (FlashAttention-2); He et al. 2021 (DeBERTa), as in transformers' DebertaV2.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { DropoutAttrs, KernelFunction, Kernels } from '../contract.ts';
import { floats, ints, makeFloats, type Reals } from '../cpu-values.ts';
import { defineOp, expectShape, sizeOf } from '../define-op.ts';
import { expectDropout } from '../dropout/dropout.ts';
import { dropoutFactors } from '../dropout/philox.ts';
import { runKernel } from '../run-kernel.ts';

/** Relative positions of DeBERTa. */
export interface RelativePositions {
  /** [R,3H]: queries and keys of the positions; the last third is not used. */
  readonly relative: Tensor;
  /** int32: the row of `relative` for each distance from -reach to reach, not decreasing, padded to a multiple of 4. */
  readonly places: Tensor;
  /** The largest distance between two tokens. */
  readonly reach: number;
}

type Constants = { offsets: Tensor; rng: Tensor; heads: number; dropout: DropoutAttrs; terms: number };

const record = defineOp<{ qkv: Tensor }, Constants, { qkv: Tensor; out: Tensor; lse: Tensor }>({
  halves: ['qkv', 'out'],
  forward: ({ qkv }, { offsets, rng, heads, dropout, terms }) => {
    const [out, lse] = runKernel('Attention', { qkv, offsets, rng }, { heads, dropout, terms });
    return { output: out, kept: { qkv, out, lse } };
  },
  backward: (dout, kept, { offsets, rng, heads, dropout, terms }) => {
    const [dqkv] = runKernel('AttentionGrad', { dout, ...kept, offsets, rng }, { heads, dropout, terms });
    return { qkv: dqkv };
  },
});

const recordRelative = defineOp<
  { qkv: Tensor; relative: Tensor },
  Constants & { places: Tensor; reach: number },
  { qkv: Tensor; relative: Tensor; out: Tensor; lse: Tensor }
>({
  halves: ['qkv', 'out'],
  forward: ({ qkv, relative }, { offsets, rng, places, heads, dropout, reach, terms }) => {
    const [out, lse] = runKernel('Attention', { qkv, relative, offsets, rng, places }, { heads, dropout, reach, terms });
    return { output: out, kept: { qkv, relative, out, lse } };
  },
  backward: (dout, kept, { offsets, rng, places, heads, dropout, reach, terms }) => {
    const inputs = { dout, ...kept, offsets, rng, places };
    const [dqkv, drelative] = runKernel('AttentionGrad', inputs, { heads, dropout, reach, terms });
    if (!drelative) throw new Error('attention: the kernel left out a gradient');
    return { qkv: dqkv, relative: drelative };
  },
});

/** qkv [T,3H], offsets int32 [B+1], rng int32 [3] -> [T,H]. H must be a multiple of `heads`. Scores are divided by √(terms · head size). */
export function attention(
  qkv: Tensor,
  offsets: Tensor,
  rng: Tensor,
  heads: number,
  dropout: DropoutAttrs,
  positions?: RelativePositions,
  terms = positions ? 3 : 1,
): Tensor {
  expectShape('attention', 'qkv', qkv, [-1, -1]);
  expectShape('attention', 'offsets', offsets, [-1]);
  expectDropout('attention', rng, dropout);
  if (sizeOf(qkv, 1) % (3 * heads) !== 0) {
    throw new Error(`attention: qkv's width ${sizeOf(qkv, 1)} is not 3 · ${heads} heads · head size`);
  }
  if (!positions) return record({ qkv }, { offsets, rng, heads, dropout, terms });
  const { relative, places, reach } = positions;
  expectShape('attention', 'relative', relative, [-1, sizeOf(qkv, 1)]);
  expectShape('attention', 'places', places, [-1]);
  if (sizeOf(places, 0) < 2 * reach + 1 || sizeOf(places, 0) % 4 !== 0) {
    throw new Error(`attention: ${sizeOf(places, 0)} places for distances up to ${reach}`);
  }
  return recordRelative({ qkv, relative }, { offsets, rng, places, heads, dropout, reach, terms });
}

/** What an attention works with beside its numbers. */
export interface AttentionSetting {
  readonly T: number;
  readonly H: number;
  readonly heads: number;
  readonly offsets: Int32Array;
  readonly dropout: DropoutAttrs;
  readonly rng: Int32Array;
  readonly positions?: RelativeValues;
  /** 3 with positions, else 1, unless it is given. */
  readonly terms?: number;
}

/** `RelativePositions` as numbers. */
export interface RelativeValues {
  readonly relative: Reals;
  readonly places: Int32Array;
  readonly reach: number;
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

/** What the scores are multiplied by: 1/√(D · the number of terms they have). */
function attentionScale({ H, heads, positions, terms = positions ? 3 : 1 }: AttentionSetting): number {
  return 1 / Math.sqrt((terms * H) / heads);
}

/** Where the relative query and key of a pair of tokens begin, for a head's column. */
function relativeAt({ places, reach }: RelativeValues, distance: number, H: number, column: number): { q: number; k: number } {
  if (Math.abs(distance) > reach) throw new RangeError(`attention: tokens ${distance} apart, the positions reach ${reach}`);
  const q = places[distance + reach]! * 3 * H + column;
  return { q, k: q + H };
}

/** The score of two tokens, unscaled; q and k are where theirs begin in qkv. */
function scoreOf(
  qkv: Reals,
  q: number,
  k: number,
  distance: number,
  column: number,
  { H, heads, positions }: AttentionSetting,
): number {
  const D = H / heads;
  const content = dot(qkv, q, qkv, k, D);
  if (!positions) return content;
  const at = relativeAt(positions, distance, H, column);
  return content + dot(qkv, q, positions.relative, at.k, D) + dot(qkv, k, positions.relative, at.q, D);
}

/** out [T,H], lse [T,A], in f64. */
export function attentionForward(qkv: Reals, setting: AttentionSetting): { out: Float64Array; lse: Float64Array } {
  const { T, H, heads } = setting;
  const D = H / heads;
  const scale = attentionScale(setting);
  const factor = dropoutFactors(setting.dropout, () => setting.rng);
  const out = new Float64Array(T * H);
  const lse = new Float64Array(T * heads);
  forEachQuery(setting, (query, first, length, head, column) => {
    const scores = new Float64Array(length);
    let largest = -Infinity;
    for (let j = 0; j < length; j++) {
      const [q, k] = [query * 3 * H + column, (first + j) * 3 * H + H + column];
      scores[j] = scale * scoreOf(qkv, q, k, query - first - j, column, setting);
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

/** dqkv [T,3H] and, with relative positions, drelative [R,3H], in f64. */
export function attentionBackward(
  dout: Reals,
  qkv: Reals,
  out: Reals,
  lse: Reals,
  setting: AttentionSetting,
): { dqkv: Float64Array; drelative: Float64Array | undefined } {
  const { T, H, heads, positions } = setting;
  const D = H / heads;
  const scale = attentionScale(setting);
  const factor = dropoutFactors(setting.dropout, () => setting.rng);
  const dqkv = new Float64Array(T * 3 * H);
  const drelative = positions && new Float64Array(positions.relative.length);
  forEachQuery(setting, (query, first, length, head, column) => {
    const q = query * 3 * H + column;
    const o = query * H + column;
    const delta = dot(out, o, dout, o, D);
    for (let j = 0; j < length; j++) {
      const k = (first + j) * 3 * H + H + column;
      const v = k + H;
      const distance = query - first - j;
      const weight = Math.exp(scale * scoreOf(qkv, q, k, distance, column, setting) - lse[query * heads + head]!);
      const kept = factor(j, query * heads + head);
      const dscore = weight * (kept * dot(dout, o, qkv, v, D) - delta) * scale;
      for (let d = 0; d < D; d++) {
        dqkv[q + d]! += dscore * qkv[k + d]!;
        dqkv[k + d]! += dscore * qkv[q + d]!;
        dqkv[v + d]! += weight * kept * dout[o + d]!;
      }
      if (!positions || !drelative) continue;
      const at = relativeAt(positions, distance, H, column);
      for (let d = 0; d < D; d++) {
        dqkv[q + d]! += dscore * positions.relative[at.k + d]!;
        dqkv[k + d]! += dscore * positions.relative[at.q + d]!;
        drelative[at.k + d]! += dscore * qkv[q + d]!;
        drelative[at.q + d]! += dscore * qkv[k + d]!;
      }
    }
  });
  return { dqkv, drelative };
}

/** The reference's setting from what the kernels are given. */
function settingOf(
  inputs: Kernels['Attention']['inputs'],
  { heads, dropout, reach, terms }: Kernels['Attention']['attrs'],
  backend: MathBackendCPU,
): AttentionSetting {
  const { qkv, offsets, rng, relative, places } = inputs;
  const positions =
    relative && places && reach !== undefined
      ? { relative: floats(backend, relative), places: ints(backend, places), reach }
      : undefined;
  return {
    T: sizeOf(qkv, 0),
    H: sizeOf(qkv, 1) / 3,
    heads,
    dropout,
    offsets: ints(backend, offsets),
    rng: ints(backend, rng),
    ...(positions && { positions }),
    ...(terms !== undefined && { terms }),
  };
}

export const attentionCpu: KernelFunction<'Attention', MathBackendCPU> = (inputs, attrs, backend) => {
  const setting = settingOf(inputs, attrs, backend);
  const { out, lse } = attentionForward(floats(backend, inputs.qkv), setting);
  return [makeFloats(backend, [setting.T, setting.H], out), makeFloats(backend, [setting.T, setting.heads], lse)];
};

export const attentionGradCpu: KernelFunction<'AttentionGrad', MathBackendCPU> = (inputs, attrs, backend) => {
  const [dout, qkv, out, lse] = [inputs.dout, inputs.qkv, inputs.out, inputs.lse].map((tensor) => floats(backend, tensor));
  const { dqkv, drelative } = attentionBackward(dout!, qkv!, out!, lse!, settingOf(inputs, attrs, backend));
  const first = makeFloats(backend, inputs.qkv.shape, dqkv);
  return inputs.relative && drelative ? [first, makeFloats(backend, inputs.relative.shape, drelative)] : [first];
};
