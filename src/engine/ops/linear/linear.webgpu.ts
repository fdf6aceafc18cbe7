/** Linear on WebGPU: which shader, tile and split for which sizes. */
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { dispatch, output, release } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import type { Activation, KernelFunction } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import {
  ACTIVATION_GRAD_THREADS,
  activationGradShader,
  linearInputGradShader,
  linearShader,
  linearWeightGradShader,
  SUM_SPLITS_ELEMENTS_PER_WORKGROUP,
  sumSplitsShader,
} from './linear.wgsl.ts';
import { linearGradSizes, type LinearSizes } from './linear.ts';
import type { Tile } from './matmul.wgsl.ts';

/** From large (most arithmetic a byte) to small (most workgroups), and one that compiles fast (see GpuBackend.lean). */
export const TILES = {
  large: { m: 128, n: 128, inner: 16, threadM: 8, threadN: 8 },
  medium: { m: 64, n: 64, inner: 16, threadM: 8, threadN: 8 },
  small: { m: 32, n: 32, inner: 16, threadM: 4, threadN: 4 },
  lean: { m: 32, n: 32, inner: 8, threadM: 4, threadN: 4 },
} as const satisfies Record<string, Tile>;

/** A tile is worth its size once it leaves this many workgroups, so that all cores of a GPU have work. */
const ENOUGH_WORKGROUPS = 256;
/** Splits of the weight's gradient have at least this many tokens each. */
const MIN_TOKENS_PER_SPLIT = 128;

/** The tile for an M × N product. */
export function chooseTile(M: number, N: number, lean: boolean): Tile {
  if (lean) return TILES.lean;
  if (workgroupsOf(M, N, TILES.large) >= ENOUGH_WORKGROUPS) return TILES.large;
  return workgroupsOf(M, N, TILES.medium) >= ENOUGH_WORKGROUPS / 8 ? TILES.medium : TILES.small;
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

export const linearWebgpu: KernelFunction<'Linear', GpuBackend> = ({ x, weight, bias }, { activation }, backend) => {
  const [T, K, N] = [sizeOf(x, 0), sizeOf(x, 1), sizeOf(weight, 0)];
  const tile = chooseTile(T, N, backend.lean);
  const y = output(backend, [T, N]);
  const z = activation === 'none' ? undefined : output(backend, [T, N]);
  const params = { tile, vec4N: N % 4 === 0, vec4K: K % 4 === 0, activation };
  dispatch(backend, linearShader, params, { size: sizes(N, K), x, weight, bias, y, z }, grid(T, N, tile), 2 * T * N * K);
  return z ? [y, z] : [y];
};

export const linearGradWebgpu: KernelFunction<'LinearGrad', GpuBackend> = (inputs, { activation, needs }, backend) => {
  const { dy, x, weight, z } = inputs;
  const { T, K, N } = linearGradSizes(inputs, needs);
  const dz = activation === 'none' ? dy : activationGrad(backend, activation, dy, z);
  const gradients: TensorInfo[] = [];
  if (weight && needs.input) gradients.push(inputGrad(backend, dz, weight, { T, K, N }));
  if (x && needs.weight) gradients.push(...weightGrad(backend, dz, x));
  if (dz !== dy) release(backend, dz);
  return gradients;
};

/** dz = dy ∘ activation'(z), [T,N]. */
export function activationGrad(
  backend: GpuBackend,
  activation: Exclude<Activation, 'none'>,
  dy: TensorInfo,
  z: TensorInfo | undefined,
): TensorInfo {
  if (!z) throw new Error(`a gradient through ${activation} needs z`);
  const dz = output(backend, dy.shape);
  const size = util.sizeFromShape(dy.shape);
  const vec4 = size % 4 === 0;
  const workgroups = Math.ceil(size / (vec4 ? 4 : 1) / ACTIVATION_GRAD_THREADS);
  dispatch(backend, activationGradShader, { activation, vec4 }, { dy, z, dz }, workgroups);
  return dz;
}

/** dz [T,N], weight [N,K] -> dx [T,K]. */
export function inputGrad(backend: GpuBackend, dz: TensorInfo, weight: TensorInfo, { T, K, N }: LinearSizes): TensorInfo {
  const tile = chooseTile(T, K, backend.lean);
  const dx = output(backend, [T, K]);
  const params = { tile, vec4N: N % 4 === 0, vec4K: K % 4 === 0 };
  dispatch(backend, linearInputGradShader, params, { size: sizes(N, K), dz, weight, dx }, grid(T, K, tile), 2 * T * N * K);
  return dx;
}

/** dz [T,N], x [T,K] -> dweight [N,K], dbias [N]. */
export function weightGrad(backend: GpuBackend, dz: TensorInfo, x: TensorInfo): [TensorInfo, TensorInfo] {
  const [T, K, N] = [sizeOf(x, 0), sizeOf(x, 1), sizeOf(dz, 1)];
  const tile = chooseTile(N, K, backend.lean);
  const params = { tile, vec4N: N % 4 === 0, vec4K: K % 4 === 0 };
  const splits = chooseSplits(N, K, T, tile);
  const size = sizes(N, K, splits);
  const dweight = output(backend, [N, K]);
  const dbias = output(backend, [N]);
  if (splits === 1) {
    dispatch(backend, linearWeightGradShader, params, { size, dz, x, dweight, dbias }, grid(N, K, tile), 2 * T * N * K);
    return [dweight, dbias];
  }
  const dweightSplits = output(backend, [splits, N, K]);
  const dbiasSplits = output(backend, [splits, N]);
  const partial = { size, dz, x, dweight: dweightSplits, dbias: dbiasSplits };
  dispatch(backend, linearWeightGradShader, params, partial, grid(N, K, tile, splits), 2 * T * N * K);
  const workgroups = Math.ceil((N * K + N) / SUM_SPLITS_ELEMENTS_PER_WORKGROUP);
  dispatch(backend, sumSplitsShader, {}, { size, dweightSplits, dbiasSplits, dweight, dbias }, workgroups);
  release(backend, dweightSplits, dbiasSplits);
  return [dweight, dbias];
}

/** The shaders' uniform `size`. */
function sizes(N: number, K: number, splits = 1): Uint32Array {
  return Uint32Array.of(N, K, splits, 0);
}
