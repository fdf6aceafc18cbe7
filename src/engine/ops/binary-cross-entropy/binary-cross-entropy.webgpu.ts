/** BinaryCrossEntropy on WebGPU. */
import { dispatch, output, release } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import type { KernelFunction } from '../contract.ts';
import { sumLossesShader } from '../cross-entropy/cross-entropy.wgsl.ts';
import { sizeOf } from '../define-op.ts';
import { binaryCrossEntropyShader } from './binary-cross-entropy.wgsl.ts';

export const binaryCrossEntropyWebgpu: KernelFunction<'BinaryCrossEntropy', GpuBackend> = (inputs, _attrs, backend) => {
  const { logits, targets, posWeights } = inputs;
  const [B, C] = [sizeOf(logits, 0), sizeOf(logits, 1)];
  const losses = output(backend, [B]);
  const dlogits = output(backend, [B, C]);
  const params = { C, weighted: posWeights !== undefined };
  dispatch(backend, binaryCrossEntropyShader, params, { logits, targets, posWeights, losses, dlogits }, B);
  const loss = output(backend, []);
  dispatch(backend, sumLossesShader, {}, { losses, loss }, 1);
  release(backend, losses);
  return [loss, dlogits];
};
