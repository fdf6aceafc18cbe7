/** tfjs's own WebGPU backend beside ours, on a device of its own and under the name 'stock': what the benchmark compares with. */
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { getKernelsForBackend, registerBackend, registerKernel, setBackend } from '@tensorflow/tfjs-core';
import { requestGpuDevice } from '../../src/engine/backend/webgpu/device.ts';

/** Ours must be registered: the kernels are taken from there (those that are ours pass on what is not on our backend). */
export async function startStock(gpu: GPU): Promise<WebGPUBackend> {
  const requested = await requestGpuDevice(gpu);
  if (!requested) throw new Error('no adapter');
  const backend = new WebGPUBackend(requested.device, requested.info);
  for (const kernel of getKernelsForBackend('webgpu')) {
    if (!kernel.kernelName.startsWith('tabtune.')) registerKernel({ ...kernel, backendName: 'stock' });
  }
  registerBackend('stock', () => backend);
  await setBackend('stock');
  return backend;
}
