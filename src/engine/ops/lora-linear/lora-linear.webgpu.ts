/** LoraLinear on WebGPU: linear's shaders on U, which is spread out first. */
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { dispatch, output, release } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import type { KernelFunction, LoraAttrs } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import { activationGrad, inputGrad, linearWebgpu, weightGrad } from '../linear/linear.webgpu.ts';
import { tileChoice } from '../linear/tile-table.webgpu.ts';
import { TILES } from '../linear/tiles.ts';
import { loraSizes, type LoraSizes } from './lora-linear.ts';
import { addLowRankShader, gatherUpShader, SPREAD_THREADS, spreadUpShader } from './lora-linear.wgsl.ts';

function uniformOf({ scale }: LoraAttrs, { M, r, R }: LoraSizes): Uint32Array {
  const bits = new Uint32Array(Float32Array.of(scale).buffer);
  return Uint32Array.of(M, r, R, ...bits);
}

/** U [N,R], which the caller releases. */
function spreadUp(backend: GpuBackend, up: TensorInfo, attrs: LoraAttrs, sizes: LoraSizes): TensorInfo {
  const spread = output(backend, [sizes.N, sizes.R]);
  const workgroups = Math.ceil((sizes.N * sizes.R) / SPREAD_THREADS);
  const bound = { sizes: uniformOf(attrs, sizes), up, spread };
  dispatch(backend, spreadUpShader, { slots: attrs.slots.join(',') }, bound, workgroups);
  return spread;
}

export const loraLinearWebgpu: KernelFunction<'LoraLinear', GpuBackend> = ({ x, weight, bias, low, up }, attrs, backend) => {
  const sizes = loraSizes(low, up, attrs);
  const { N, R } = sizes;
  const T = sizeOf(x, 0);
  const [z] = linearWebgpu({ x, weight, bias }, { activation: 'none' }, backend);
  if (!z) throw new Error('LoraLinear: the linear kernel left out its output');
  const y = attrs.activation === 'none' ? undefined : output(backend, [T, N]);
  const spread = spreadUp(backend, up, attrs, sizes);
  const tile = TILES[tileChoice(backend, 'forward', T, N).tile];
  const params = { tile, vec4N: N % 4 === 0, vec4R: R % 4 === 0, activation: attrs.activation };
  const workgroups = [Math.ceil(N / tile.n), Math.ceil(T / tile.m), 1] as const;
  dispatch(backend, addLowRankShader, params, { size: Uint32Array.of(N, R, 0, 0), low, spread, z, y }, workgroups);
  release(backend, spread);
  return y ? [y, z] : [z];
};

export const loraLinearGradWebgpu: KernelFunction<'LoraLinearGrad', GpuBackend> = (inputs, attrs, backend) => {
  const { dy, low, up, weight, z } = inputs;
  const sizes = loraSizes(low, up, attrs);
  const { N, R } = sizes;
  const T = sizeOf(dy, 0);
  const dz = attrs.activation === 'none' ? dy : activationGrad(backend, attrs.activation, dy, z);
  const spread = spreadUp(backend, up, attrs, sizes);
  const dlow = inputGrad(backend, dz, spread, { T, K: R, N });
  const [dspread, unused] = weightGrad(backend, dz, low);
  const dup = output(backend, up.shape);
  const parts = [...attrs.slots.keys()].filter((part) => attrs.slots[part]! >= 0);
  parts.sort((a, b) => attrs.slots[a]! - attrs.slots[b]!);
  const workgroups = Math.ceil(util.sizeFromShape(up.shape) / SPREAD_THREADS);
  const bound = { sizes: uniformOf(attrs, sizes), spread: dspread, up: dup };
  dispatch(backend, gatherUpShader, { parts: parts.join(',') }, bound, workgroups);
  release(backend, spread, dspread, unused);
  const dx = weight && inputGrad(backend, dz, weight, { T, K: sizeOf(weight, 1), N });
  if (dz !== dy) release(backend, dz);
  return dx ? [dlow, dup, dx] : [dlow, dup];
};
