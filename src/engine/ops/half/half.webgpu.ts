/** PackHalves and UnpackHalves on WebGPU. */
import { util } from '@tensorflow/tfjs-core';
import { dispatch, output } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import type { KernelFunction } from '../contract.ts';
import { HALF_THREADS, packHalvesShader, unpackHalvesShader } from './half.wgsl.ts';

function workgroupsOf(size: number): number {
  return Math.ceil(size / (size % 4 === 0 ? 4 : 2) / HALF_THREADS);
}

export const packHalvesWebgpu: KernelFunction<'PackHalves', GpuBackend> = ({ x }, _attrs, backend) => {
  const size = util.sizeFromShape(x.shape);
  const packed = output(backend, [Math.ceil(size / 2)], 'int32');
  dispatch(backend, packHalvesShader, { vec4: size % 4 === 0 }, { x, packed }, workgroupsOf(size));
  return [packed];
};

export const unpackHalvesWebgpu: KernelFunction<'UnpackHalves', GpuBackend> = ({ packed }, { shape }, backend) => {
  const size = util.sizeFromShape([...shape]);
  const x = output(backend, shape);
  dispatch(backend, unpackHalvesShader, { vec4: size % 4 === 0 }, { packed, x }, workgroupsOf(size));
  return [x];
};
