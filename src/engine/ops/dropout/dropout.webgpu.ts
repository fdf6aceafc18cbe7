/** Dropout on WebGPU. */
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { alias, dispatch, output, type Bound } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import type { DropoutAttrs, KernelFunction } from '../contract.ts';
import { DROPOUT_ELEMENTS_PER_WORKGROUP, dropoutShader } from './dropout.wgsl.ts';

/** What `dropoutBindingTypes` asks for. */
export function dropoutBindings(rng: TensorInfo, { stream }: DropoutAttrs): { rng: Bound; place: Bound } {
  return { rng, place: Uint32Array.of(stream, 0, 0, 0) };
}

export const dropoutWebgpu: KernelFunction<'Dropout', GpuBackend> = ({ x, rng }, { dropout }, backend) => {
  if (dropout.rate === 0) return [alias(backend, x)];
  const size = util.sizeFromShape(x.shape);
  const y = output(backend, x.shape);
  const params = { rate: dropout.rate, vec4: size % 4 === 0 };
  const workgroups = Math.ceil(size / DROPOUT_ELEMENTS_PER_WORKGROUP);
  dispatch(backend, dropoutShader, params, { x, ...dropoutBindings(rng, dropout), y }, workgroups);
  return [y];
};
