/** Attention on the simd backend: a tile for each row and head. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../../backend/simd/backend.ts';
import { QUERY_BLOCK } from '../../backend/simd/blocks.ts';
import { ATTENTION, ATTENTION_GRAD } from '../../backend/simd/kernel-numbers.ts';
import type { KernelFunction } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import { dropoutParams } from '../dropout/dropout.simd-host.ts';

/** Scratch of a tile beside its blocks: the edge tile, rounding of each block to cache lines, what factors are drawn ahead. */
const EXTRA_BYTES = 4096;

interface Rows {
  readonly count: number;
  /** Tokens of the longest row. */
  readonly longest: number;
  /** Tokens that belong to a row. */
  readonly tokens: number;
}

function rowsOf(backend: SimdBackend, offsets: TensorInfo): Rows {
  const values = backend.view(offsets);
  const count = values.length - 1;
  let longest = 0;
  for (let row = 0; row < count; row++) longest = Math.max(longest, values[row + 1]! - values[row]!);
  return { count, longest, tokens: values[count] ?? 0 };
}

/** Zeros for the tokens from `tokens` on. `width` floats a token. */
function clearRest(backend: SimdBackend, tensor: TensorInfo, tokens: number, width: number): void {
  backend.view(tensor).fill(0, tokens * width);
}

export const attentionSimd: KernelFunction<'Attention', SimdBackend> = ({ qkv, offsets, rng }, { heads, dropout }, backend) => {
  const [T, H] = [sizeOf(qkv, 0), sizeOf(qkv, 1) / 3];
  const { count, longest, tokens } = rowsOf(backend, offsets);
  const out = backend.allocateTensor([T, H]);
  const lse = backend.allocateTensor([T, heads]);
  clearRest(backend, out, tokens, H);
  clearRest(backend, lse, tokens, heads);
  const [S, D] = [longest + 7, H / heads + 7];
  backend.jobs.reserveScratch(4 * (2 * S * D + QUERY_BLOCK * (2 * S + D) + S) + EXTRA_BYTES);
  backend.jobs.run(ATTENTION, count * heads, [
    backend.address(qkv),
    backend.address(offsets),
    H,
    heads,
    ...dropoutParams(backend, rng, dropout),
    backend.address(out),
    backend.address(lse),
  ]);
  return [out, lse];
};

export const attentionGradSimd: KernelFunction<'AttentionGrad', SimdBackend> = (inputs, { heads, dropout }, backend) => {
  const { dout, qkv, out, lse, offsets, rng } = inputs;
  const [T, H] = [sizeOf(qkv, 0), sizeOf(qkv, 1) / 3];
  const { count, longest, tokens } = rowsOf(backend, offsets);
  const dqkv = backend.allocateTensor([T, 3 * H]);
  clearRest(backend, dqkv, tokens, 3 * H);
  const [S, D] = [longest + 7, H / heads + 7];
  backend.jobs.reserveScratch(4 * (3 * S * D + QUERY_BLOCK * (3 * S + 2 * D) + S) + EXTRA_BYTES);
  backend.jobs.run(ATTENTION_GRAD, count * heads, [
    backend.address(qkv),
    backend.address(offsets),
    H,
    heads,
    ...dropoutParams(backend, rng, dropout),
    backend.address(out),
    backend.address(lse),
    backend.address(dout),
    backend.address(dqkv),
  ]);
  return [dqkv];
};
