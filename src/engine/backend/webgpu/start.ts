/** Starts the WebGPU backend: our device, our backend and our kernels under tfjs's name 'webgpu'. */
import '@tensorflow/tfjs-backend-webgpu';
import { engine, env, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { registerWebgpuKernels } from '../../ops/register-webgpu.ts';
import { requestGpuDevice, type GpuDevice } from './device.ts';
import { GpuBackend } from './gpu-backend.ts';

export interface StartedWebgpu {
  readonly backend: GpuBackend;
  readonly info: GPUAdapterInfo;
  readonly listen: GpuDevice['listen'];
}

let kernelsRegistered = false;

/**
 * Makes 'webgpu' tfjs's current backend, on a fresh device; a backend started before is disposed with all its tensors.
 * Null when `gpu` (navigator.gpu) has no adapter. Throws a Problem when the adapter gives no device.
 */
export async function startWebgpu(gpu: GPU): Promise<StartedWebgpu | null> {
  const requested = await requestGpuDevice(gpu);
  if (!requested) return null;
  const { device, info, listen } = requested;
  return { backend: await installBackend(device, info), info, listen };
}

/** As `startWebgpu`, with a device that is there. */
export async function installBackend(device: GPUDevice, info: GPUAdapterInfo): Promise<GpuBackend> {
  if (engine().backendNames().includes('webgpu')) removeBackend('webgpu');
  env().set('WEBGPU_CPU_FORWARD', false);
  const backend = new GpuBackend(device, info);
  registerBackend('webgpu', () => backend);
  if (!kernelsRegistered) registerWebgpuKernels();
  kernelsRegistered = true;
  if (!(await setBackend('webgpu'))) throw new Error("tfjs refused the backend 'webgpu'");
  return backend;
}
