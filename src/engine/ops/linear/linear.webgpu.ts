/** Linear on WebGPU: which shader, tile and split for which sizes. */
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { dispatch, output, release } from '../../backend/webgpu/dispatch.ts';
import type { ReplayBackend } from '../../backend/webgpu/replay-backend.ts';
import type { KernelFunction } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import {
  ACTIVATION_GRAD_THREADS,
  activationGradShader,
  linearForwardShader,
  linearInputGradShader,
  linearPlainShader,
  linearWeightGradShader,
  SUM_SPLITS_ELEMENTS_PER_WORKGROUP,
  sumSplitsShader,
} from './linear.wgsl.ts';
import type { Tile } from './matmul.wgsl.ts';

/** From large (most arithmetic a byte) to small (most workgroups). */
export const TILES: readonly [Tile, Tile, Tile] = [
  { m: 128, n: 128, inner: 16, threadM: 8, threadN: 8 },
  { m: 64, n: 64, inner: 16, threadM: 8, threadN: 8 },
  { m: 32, n: 32, inner: 16, threadM: 4, threadN: 4 },
];
/** A tile is worth its size once it leaves this many workgroups, so that all cores of a GPU have work. */
const ENOUGH_WORKGROUPS = 256;
/** Splits of the weight's gradient have at least this many tokens each. */
const MIN_TOKENS_PER_SPLIT = 128;

/** The tile for an M × N product; with `lean` see ReplayBackend. */
export function chooseTile(M: number, N: number, lean: boolean): Tile {
  const [large, medium, small] = TILES;
  if (lean) return small;
  if (workgroupsOf(M, N, large) >= ENOUGH_WORKGROUPS) return large;
  return workgroupsOf(M, N, medium) >= ENOUGH_WORKGROUPS / 8 ? medium : small;
}

function workgroupsOf(M: number, N: number, tile: Tile): number {
  return Math.ceil(M / tile.m) * Math.ceil(N / tile.n);
}

/** Among how many workgroups the tokens of a weight gradient are split; depends on sizes only, so that bits do not change. */
export function chooseSplits(M: number, N: number, T: number, tile: Tile): number {
  const wanted = Math.ceil(ENOUGH_WORKGROUPS / workgroupsOf(M, N, tile));
  return Math.max(1, Math.min(wanted, Math.floor(T / MIN_TOKENS_PER_SPLIT)));
}

const grid = (M: number, N: number, tile: Tile, splits = 1) => [Math.ceil(N / tile.n), Math.ceil(M / tile.m), splits] as const;

export const linearWebgpu: KernelFunction<'Linear', ReplayBackend> = ({ x, weight, bias }, { activation }, backend) => {
  const [T, K, N] = [sizeOf(x, 0), sizeOf(x, 1), sizeOf(weight, 0)];
  const tile = chooseTile(T, N, backend.lean);
  const y = output(backend, [T, N]);
  if (activation === 'none') {
    dispatch(backend, linearPlainShader, { N, K, tile }, { x, weight, bias, y }, grid(T, N, tile));
    return [y];
  }
  const z = output(backend, [T, N]);
  dispatch(backend, linearForwardShader, { N, K, tile, activation }, { x, weight, bias, y, z }, grid(T, N, tile));
  return [y, z];
};

export const linearGradWebgpu: KernelFunction<'LinearGrad', ReplayBackend> = ({ dy, x, weight, z }, { activation }, backend) => {
  const [T, K, N] = [sizeOf(x, 0), sizeOf(x, 1), sizeOf(weight, 0)];
  let dz = dy;
  if (activation !== 'none') {
    if (!z) throw new Error(`LinearGrad needs z for the activation ${activation}`);
    dz = output(backend, dy.shape);
    const size = util.sizeFromShape(dy.shape);
    const vec4 = size % 4 === 0;
    const workgroups = Math.ceil(size / (vec4 ? 4 : 1) / ACTIVATION_GRAD_THREADS);
    dispatch(backend, activationGradShader, { activation, vec4 }, { dy, z, dz }, workgroups);
  }
  const tile = chooseTile(T, K, backend.lean);
  const dx = output(backend, [T, K]);
  dispatch(backend, linearInputGradShader, { N, K, tile }, { dz, weight, dx }, grid(T, K, tile));
  const [dweight, dbias] = weightGrad(backend, dz, x);
  if (dz !== dy) release(backend, dz);
  return [dx, dweight, dbias];
};

/** dz [T,N], x [T,K] -> dweight [N,K], dbias [N]. */
function weightGrad(backend: ReplayBackend, dz: TensorInfo, x: TensorInfo): [TensorInfo, TensorInfo] {
  const [T, K, N] = [sizeOf(x, 0), sizeOf(x, 1), sizeOf(dz, 1)];
  const tile = chooseTile(N, K, backend.lean);
  const splits = chooseSplits(N, K, T, tile);
  const dweight = output(backend, [N, K]);
  const dbias = output(backend, [N]);
  if (splits === 1) {
    dispatch(backend, linearWeightGradShader, { N, K, tile }, { dz, x, dweight, dbias }, grid(N, K, tile));
    return [dweight, dbias];
  }
  const dweightSplits = output(backend, [splits, N, K]);
  const dbiasSplits = output(backend, [splits, N]);
  const partial = { dz, x, dweight: dweightSplits, dbias: dbiasSplits };
  dispatch(backend, linearWeightGradShader, { N, K, tile }, partial, grid(N, K, tile, splits));
  const workgroups = Math.ceil((N * K + N) / SUM_SPLITS_ELEMENTS_PER_WORKGROUP);
  dispatch(backend, sumSplitsShader, { N, K, splits }, { dweightSplits, dbiasSplits, dweight, dbias }, workgroups);
  release(backend, dweightSplits, dbiasSplits);
  return [dweight, dbias];
}
