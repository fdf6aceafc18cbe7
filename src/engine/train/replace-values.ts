/** Other values for a tensor that lives on, on any backend: what tfjs's `Variable.assign` does. */
import { engine, tensor, type Tensor } from '@tensorflow/tfjs-core';

/** The tensor's values become a copy of `values`, which has its size. Whoever holds the tensor sees them from its next use on. */
export function replaceValues(target: Tensor, values: Float32Array): void {
  const fresh = tensor(values.slice(), target.shape);
  engine().disposeTensor(target);
  target.dataId = fresh.dataId;
  engine().incRef(target, engine().backend);
  fresh.dispose();
}
