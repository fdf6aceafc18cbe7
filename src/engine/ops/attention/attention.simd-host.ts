/** Attention on the simd backend: a tile for each row and head; backward with relative positions a tile for each head. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../../backend/simd/backend.ts';
import { QUERY_BLOCK } from '../../backend/simd/blocks.ts';
import { ATTENTION, ATTENTION_GRAD } from '../../backend/simd/kernel-numbers.ts';
import type { KernelFunction } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import { dropoutParams } from '../dropout/dropout.simd-host.ts';

/** Scratch of a tile beside its blocks: the edge tile, rounding of each block to cache lines, what factors are drawn ahead. */
const EXTRA_BYTES = 4096;
/** A line of products with relative positions is rounded up to cache lines, and panels of it by 5 lines more. */
const LINE_FLOATS = 16;

interface Rows {
  readonly count: number;
  /** Tokens of the longest row. */
  readonly longest: number;
  /** Tokens that belong to a row. */
  readonly tokens: number;
  /** Pairs of tokens that see each other. */
  readonly pairs: number;
}

function rowsOf(backend: SimdBackend, offsets: TensorInfo): Rows {
  const values = backend.view(offsets);
  const count = values.length - 1;
  let longest = 0;
  let pairs = 0;
  for (let row = 0; row < count; row++) {
    const length = values[row + 1]! - values[row]!;
    longest = Math.max(longest, length);
    pairs += length * length;
  }
  return { count, longest, tokens: values[count] ?? 0, pairs };
}

/** Zeros for the tokens from `tokens` on. `width` floats a token. */
function clearRest(backend: SimdBackend, tensor: TensorInfo, tokens: number, width: number): void {
  backend.view(tensor).fill(0, tokens * width);
}

interface Positions {
  /** Parameters: the addresses of relative and places, reach. */
  readonly params: readonly number[];
  /** The most positions between two tokens of a row. */
  readonly count: number;
}

function positionsOf(
  backend: SimdBackend,
  { relative, places }: { readonly relative?: TensorInfo; readonly places?: TensorInfo },
  reach: number | undefined,
  longest: number,
): Positions | null {
  if (!relative || !places || reach === undefined) return null;
  if (longest > reach + 1) throw new RangeError(`attention: a row of ${longest} tokens, the positions reach ${reach}`);
  const indices = backend.view(places);
  const rows = sizeOf(relative, 0);
  const [lowest, highest] = [indices[reach - longest + 1] ?? 0, indices[reach + longest - 1] ?? 0];
  if (lowest < 0 || highest < lowest || highest >= rows) {
    throw new RangeError(`attention: places from ${lowest} to ${highest} in ${rows} relative positions`);
  }
  return { params: [backend.address(relative), backend.address(places), reach], count: highest - lowest + 1 };
}

export const attentionSimd: KernelFunction<'Attention', SimdBackend> = (inputs, { heads, dropout, reach, terms }, backend) => {
  const { qkv, offsets, rng } = inputs;
  const [T, H] = [sizeOf(qkv, 0), sizeOf(qkv, 1) / 3];
  const { count, longest, tokens, pairs } = rowsOf(backend, offsets);
  const out = backend.allocateTensor([T, H]);
  const lse = backend.allocateTensor([T, heads]);
  clearRest(backend, out, tokens, H);
  clearRest(backend, lse, tokens, heads);
  const positions = positionsOf(backend, inputs, reach, longest);
  const [S, D, R] = [longest + 7, H / heads + 7, positions ? positions.count + LINE_FLOATS : 0];
  const content = 2 * S * D + QUERY_BLOCK * (2 * S + D) + S;
  const ofPositions = R * D + QUERY_BLOCK * R + S * R + S * D;
  backend.jobs.reserveScratch(4 * (content + (positions ? ofPositions : 0)) + EXTRA_BYTES);
  const params = [
    backend.address(qkv),
    backend.address(offsets),
    H,
    heads,
    ...dropoutParams(backend, rng, dropout),
    backend.address(out),
    backend.address(lse),
    ...(positions?.params ?? [0, 0, 0]),
    terms ?? (positions ? 3 : 1),
  ];
  // Two products a head; those with relative positions are not counted.
  const work = { label: `attention H${H} heads ${heads}`, flops: 4 * pairs * H, bytes: 16 * T * H };
  backend.jobs.run(ATTENTION, count * heads, params, work);
  return [out, lse];
};

export const attentionGradSimd: KernelFunction<'AttentionGrad', SimdBackend> = (
  inputs,
  { heads, dropout, reach, terms },
  backend,
) => {
  const { dout, qkv, out, lse, offsets, rng, relative } = inputs;
  const [T, H] = [sizeOf(qkv, 0), sizeOf(qkv, 1) / 3];
  const { count, longest, tokens, pairs } = rowsOf(backend, offsets);
  const dqkv = backend.allocateTensor([T, 3 * H]);
  clearRest(backend, dqkv, tokens, 3 * H);
  const positions = positionsOf(backend, inputs, reach, longest);
  const drelative = positions && relative ? backend.allocateTensor(relative.shape) : null;
  if (drelative) backend.view(drelative).fill(0);
  const [S, D, R] = [longest + 7, H / heads + 7, positions ? positions.count + LINE_FLOATS : 0];
  const content = 3 * S * D + QUERY_BLOCK * (3 * S + 2 * D) + S;
  const ofPositions = R * D + QUERY_BLOCK * 2 * R + 2 * S * R + Math.max(S, QUERY_BLOCK) * Math.max(R, D);
  backend.jobs.reserveScratch(4 * (content + (positions ? ofPositions : 0)) + EXTRA_BYTES);
  const params = [
    backend.address(qkv),
    backend.address(offsets),
    H,
    heads,
    ...dropoutParams(backend, rng, dropout),
    backend.address(out),
    backend.address(lse),
    backend.address(dout),
    backend.address(dqkv),
    ...(positions?.params ?? [0, 0, 0]),
    drelative ? backend.address(drelative) : 0,
    count,
    terms ?? (positions ? 3 : 1),
  ];
  const work = { label: `attention backward H${H} heads ${heads}`, flops: 10 * pairs * H, bytes: 32 * T * H };
  backend.jobs.run(ATTENTION_GRAD, positions ? heads : count * heads, params, work);
  return drelative ? [dqkv, drelative] : [dqkv];
};
