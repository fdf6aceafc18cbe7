/**
 * The kernels of tfjs's own that training calls for: `Add`, which adds up the gradients of a tensor that is used twice, and `Multiply`
 * by the gradient of the loss; and `Fill`, which makes the moments. Ours take float32 tensors of one shape, and a tensor with one number; all other cases stay tfjs's.
 */
import { getKernel, registerKernel, unregisterKernel, util, type FillAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { clearTensor, dispatch, output } from '../backend/webgpu/dispatch.ts';
import { GpuBackend } from '../backend/webgpu/gpu-backend.ts';
import { addShader, ELEMENTWISE_THREADS, scaleShader } from './elementwise.wgsl.ts';

/** Undefined where it is not ours to do. */
type Kernel = (a: TensorInfo, b: TensorInfo, backend: GpuBackend) => TensorInfo | undefined;

const areFloats = (...tensors: readonly TensorInfo[]): boolean => tensors.every(({ dtype }) => dtype === 'float32');

const add: Kernel = (a, b, backend) => {
  if (!areFloats(a, b) || !util.arraysEqual(a.shape, b.shape)) return undefined;
  const y = output(backend, a.shape);
  dispatch(backend, addShader, elementwise(y), { a, b, y }, workgroupsOf(y));
  return y;
};

const multiply: Kernel = (x, factor, backend) => {
  if (!areFloats(x, factor) || util.sizeFromShape(factor.shape) !== 1 || factor.shape.length > x.shape.length) return undefined;
  const y = output(backend, x.shape);
  dispatch(backend, scaleShader, elementwise(y), { x, factor, y }, workgroupsOf(y));
  return y;
};

/** Zeros of any size, outside a recording: the moments of a large table, which no kernel may see whole. */
function registerFill(): void {
  const theirs = getKernel('Fill', 'webgpu');
  unregisterKernel('Fill', 'webgpu');
  registerKernel({
    ...theirs,
    kernelFunc: (params) => {
      const { backend } = params;
      const { shape, value, dtype } = params.attrs as unknown as FillAttrs;
      if (!(backend instanceof GpuBackend) || backend.recording || value !== 0 || dtype !== 'float32')
        return theirs.kernelFunc(params);
      const zeros = output(backend, shape);
      clearTensor(backend, zeros);
      return zeros;
    },
  });
}

/** Takes their places under the backend 'webgpu'; call once. */
export function registerTapeKernels(): void {
  registerFill();
  for (const [kernelName, ours] of Object.entries({ Add: add, Multiply: multiply })) {
    const theirs = getKernel(kernelName, 'webgpu');
    unregisterKernel(kernelName, 'webgpu');
    registerKernel({
      ...theirs,
      kernelFunc: (params) => {
        const { a, b } = params.inputs;
        const result = a && b && params.backend instanceof GpuBackend ? ours(a, b, params.backend) : undefined;
        return result ?? theirs.kernelFunc(params);
      },
    });
  }
}

function elementwise({ shape }: TensorInfo): { vec4: boolean } {
  return { vec4: util.sizeFromShape(shape) % 4 === 0 };
}

function workgroupsOf(y: TensorInfo): number {
  return Math.ceil(util.sizeFromShape(y.shape) / (elementwise(y).vec4 ? 4 : 1) / ELEMENTWISE_THREADS);
}
