/**
 * What we use of tfjs-backend-webgpu 4.22 beyond its public face, in one type and one checked cast. Only this folder may look
 * inside tfjs.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

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
