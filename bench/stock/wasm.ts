/** tfjs-backend-wasm, made able to train this model. */
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';

interface WasmHeap {
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  typedArrayFromHeap(tensor: tf.TensorInfo): tf.TypedArray;
}

function hasWasmHeap(backend: object): backend is WasmHeap {
  return 'makeOutput' in backend && 'typedArrayFromHeap' in backend;
}

/** The gradient of tf.gather, which the backend lacks: rows of x added up by their segment, a plain loop as on the cpu backend. */
function registerSegmentSum(): void {
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, segmentIds } = inputs;
      const numSegments = attrs?.['numSegments'];
      if (!x || !segmentIds || typeof numSegments !== 'number') throw new Error('UnsortedSegmentSum: an input is missing');
      if (typeof backend !== 'object' || !hasWasmHeap(backend)) throw new Error('this is not the wasm backend');
      const rest = x.shape.slice(segmentIds.shape.length);
      const width = rest.reduce((product, side) => product * side, 1);
      // The output first: it may grow the memory, which detaches every view.
      const output = backend.makeOutput([numSegments, ...rest], 'float32');
      const sums = backend.typedArrayFromHeap(output).fill(0);
      const values = backend.typedArrayFromHeap(x);
      backend.typedArrayFromHeap(segmentIds).forEach((segment, row) => {
        for (let i = 0; i < width; i++) sums[segment * width + i]! += values[row * width + i]!;
      });
      return output;
    },
  });
}

/** Makes `wasm` the current backend. */
export async function startWasm(threads: number): Promise<void> {
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': threadedSimd,
  });
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', threads > 1);
  if (threads > 1) setThreadsCount(threads);
  registerSegmentSum();
  if (!(await tf.setBackend('wasm'))) throw new Error('tfjs-backend-wasm did not start');
}
