/** CrossEntropy on WebGPU. */
import { dispatch, output, release } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import type { KernelFunction } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import { CROSS_ENTROPY_ROWS, crossEntropyShader, sumLossesShader } from './cross-entropy.wgsl.ts';

export const crossEntropyWebgpu: KernelFunction<'CrossEntropy', GpuBackend> = (inputs, { labelSmoothing }, backend) => {
  const { logits, labels, classWeights } = inputs;
  const [B, C] = [sizeOf(logits, 0), sizeOf(logits, 1)];
  const workgroups = Math.ceil(B / CROSS_ENTROPY_ROWS);
  const loss = output(backend, []);
  const losses = workgroups === 1 ? loss : output(backend, [workgroups]);
  const dlogits = output(backend, [B, C]);
  const params = { C, labelSmoothing, weighted: classWeights !== undefined };
  dispatch(backend, crossEntropyShader, params, { logits, labels, classWeights, losses, dlogits }, workgroups);
  if (losses !== loss) {
    dispatch(backend, sumLossesShader, {}, { losses, loss }, 1);
    release(backend, losses);
  }
  return [loss, dlogits];
};
