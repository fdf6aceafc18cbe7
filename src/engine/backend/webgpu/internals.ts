/**
 * What we use of tfjs-backend-webgpu 4.22 beyond its public face, in one type and one checked cast. Only this folder may look
 * inside tfjs.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { BackendValues, DataType } from '@tensorflow/tfjs-core';

/** What the backend knows of a tensor; tfjs's own type leaves out that both may be missing. */
export interface TensorData {
  /** On the CPU, until it is uploaded. */
  values: BackendValues | null | undefined;
  /** On the GPU, from the upload or the first kernel that writes it. */
  readonly resource?: GPUBuffer | GPUTexture | GPUExternalTexture | null | undefined;
  readonly dtype: DataType;
}

/** Private members of `WebGPUBackend`. */
export interface Internals {
  /** Records until `submitQueue`. */
  commandEncoder: GPUCommandEncoder | null;
  /** The pass that consecutive dispatches share. */
  computePassEncoder: GPUComputePassEncoder | null;
  /** Tensors that recorded commands use: their buffers are released only after the submit. */
  commandQueueOwnedIds: { has(dataId: object): boolean; add(dataId: object): unknown };
  dispatchCountInPass: number;
}

const NAMES = [
  'commandEncoder',
  'computePassEncoder',
  'commandQueueOwnedIds',
  'dispatchCountInPass',
] as const satisfies readonly (keyof Internals)[];

/** The backend's insides. Throws when this is not the tfjs that we know. */
export function internalsOf(backend: WebGPUBackend): Internals {
  for (const name of NAMES) {
    if (!(name in backend)) throw new Error(`tfjs-backend-webgpu has no "${name}": version 4.22.0 is needed`);
  }
  return backend as unknown as Internals;
}

export function tensorDataOf(backend: WebGPUBackend, dataId: object): TensorData {
  return backend.tensorMap.get(dataId);
}
