/** Linear on WebGPU: which shader for which sizes; which tile and split is said by tile-table.webgpu.ts. */
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { dispatch, output, release } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import type { Activation, KernelFunction, Kernels } from '../contract.ts';
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
import { tileChoice } from './tile-table.webgpu.ts';
import { splitsOf, TILES, type TileChoice } from './tiles.ts';

const grid = (M: number, N: number, tile: Tile, splits = 1) => [Math.ceil(N / tile.n), Math.ceil(M / tile.m), splits] as const;

export const linearWebgpu: KernelFunction<'Linear', GpuBackend> = ({ x, weight, bias }, { activation }, backend) =>
  product(backend, { x, weight, bias }, activation, tileChoice(backend, 'forward', sizeOf(x, 0), sizeOf(weight, 0)));

/** x [T,K], weight [N,K], bias [N] -> y and, unless the activation is 'none', z [T,N]. */
export function product(
  backend: GpuBackend,
  { x, weight, bias }: Kernels['Linear']['inputs'],
  activation: Activation,
  choice: TileChoice,
): TensorInfo[] {
  const [T, K, N] = [sizeOf(x, 0), sizeOf(x, 1), sizeOf(weight, 0)];
  const tile = TILES[choice.tile];
  const y = output(backend, [T, N]);
  const z = activation === 'none' ? undefined : output(backend, [T, N]);
  const params = { tile, vec4N: N % 4 === 0, vec4K: K % 4 === 0, activation };
  dispatch(backend, linearShader, params, { size: sizes(N, K), x, weight, bias, y, z }, grid(T, N, tile), 2 * T * N * K);
  return z ? [y, z] : [y];
}

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
export function inputGrad(
  backend: GpuBackend,
  dz: TensorInfo,
  weight: TensorInfo,
  { T, K, N }: LinearSizes,
  choice = tileChoice(backend, 'inputGrad', T, K),
): TensorInfo {
  const tile = TILES[choice.tile];
  const dx = output(backend, [T, K]);
  const params = { tile, vec4N: N % 4 === 0, vec4K: K % 4 === 0 };
  dispatch(backend, linearInputGradShader, params, { size: sizes(N, K), dz, weight, dx }, grid(T, K, tile), 2 * T * N * K);
  return dx;
}

/** dz [T,N], x [T,K] -> dweight [N,K], dbias [N]. */
export function weightGrad(
  backend: GpuBackend,
  dz: TensorInfo,
  x: TensorInfo,
  choice = tileChoice(backend, 'weightGrad', sizeOf(dz, 1), sizeOf(x, 1)),
): [TensorInfo, TensorInfo] {
  const [T, K, N] = [sizeOf(x, 0), sizeOf(x, 1), sizeOf(dz, 1)];
  const tile = TILES[choice.tile];
  const params = { tile, vec4N: N % 4 === 0, vec4K: K % 4 === 0 };
  const splits = splitsOf(N, K, T, choice);
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
