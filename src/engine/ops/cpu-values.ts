/**
 * How the cpu reference kernels read and write tensors. The numeric part of each kernel works on plain arrays in f64, so that
 * tests can check its gradients by finite differences without tfjs; here its results become the f32 that tfjs stores.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What the numeric parts read. */
export type Reals = Float32Array | Float64Array;

/** The f32 values of a tensor, not a copy. */
export function floats(backend: MathBackendCPU, tensor: TensorInfo): Float32Array {
  const { values } = backend.data.get(tensor.dataId);
  if (!(values instanceof Float32Array)) throw new Error(`a float32 tensor is needed, this one is ${tensor.dtype}`);
  return values;
}

/** The int32 values of a tensor, not a copy. */
export function ints(backend: MathBackendCPU, tensor: TensorInfo): Int32Array {
  const { values } = backend.data.get(tensor.dataId);
  if (!(values instanceof Int32Array)) throw new Error(`an int32 tensor is needed, this one is ${tensor.dtype}`);
  return values;
}

/** A new f32 tensor from f64 values. */
export function makeFloats(backend: MathBackendCPU, shape: readonly number[], values: Float64Array): TensorInfo {
  return backend.makeTensorInfo([...shape], 'float32', new Float32Array(values));
}
