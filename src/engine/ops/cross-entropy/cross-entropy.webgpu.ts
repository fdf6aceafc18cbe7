/** CrossEntropy on WebGPU. */
import { dispatch, output, release } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import type { KernelFunction } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import { crossEntropyShader, sumLossesShader } from './cross-entropy.wgsl.ts';

export const crossEntropyWebgpu: KernelFunction<'CrossEntropy', GpuBackend> = (inputs, { labelSmoothing }, backend) => {
  const { logits, labels, classWeights } = inputs;
  const [B, C] = [sizeOf(logits, 0), sizeOf(logits, 1)];
  const losses = output(backend, [B]);
  const dlogits = output(backend, [B, C]);
  const params = { C, labelSmoothing, weighted: classWeights !== undefined };
  dispatch(backend, crossEntropyShader, params, { logits, labels, classWeights, losses, dlogits }, B);
  const loss = output(backend, []);
  dispatch(backend, sumLossesShader, {}, { losses, loss }, 1);
  release(backend, losses);
  return [loss, dlogits];
};
