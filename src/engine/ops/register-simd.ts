/**
 * The kernels of the `simd` backend: ours, tfjs's `Add` on the heap, and everything else borrowed from tfjs's `cpu` backend,
 * which this module brings along.
 */
import '@tensorflow/tfjs-backend-cpu';
import { getKernel, getKernelsForBackend, registerKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import { addWork } from '../backend/simd/add-work.ts';
import { SimdBackend } from '../backend/simd/backend.ts';
import { ELEMENT_BLOCK } from '../backend/simd/blocks.ts';
import { ADD } from '../backend/simd/kernel-numbers.ts';
import { activateGradCpu, activateCpu } from './activate/activate.ts';
import { accumulateSimd } from './accumulate/accumulate.simd-host.ts';
import { addLayerNormGradSimd, addLayerNormSimd } from './add-layer-norm/add-layer-norm.simd-host.ts';
import { adamWSimd } from './adamw/adamw.simd-host.ts';
import { attentionGradSimd, attentionSimd } from './attention/attention.simd-host.ts';
import { binaryCrossEntropyCpu } from './binary-cross-entropy/binary-cross-entropy.ts';
import type { KernelTable } from './contract.ts';
import { crossEntropyCpu } from './cross-entropy/cross-entropy.ts';
import { dropoutSimd } from './dropout/dropout.simd-host.ts';
import { embeddingsGradSimd, embeddingsSimd } from './embeddings/embeddings.simd-host.ts';
import { globalNormSimd } from './global-norm/global-norm.simd-host.ts';
import { packHalvesCpu, unpackHalvesCpu } from './half/half.ts';
import { linearGradSimd, linearSimd } from './linear/linear.simd-host.ts';
import { moveColumnsCpu } from './move-columns/move-columns.ts';
import { registerKernels } from './run-kernel.ts';
import { loraLinearGradSimd, loraLinearSimd } from './lora-linear/lora-linear.simd-host.ts';
import { takeRowsGradSimd, takeRowsSimd } from './take-rows/take-rows.simd-host.ts';
import { unfoldGradCpu, unfoldCpu } from './unfold/unfold.ts';

export const SIMD_KERNELS: KernelTable<SimdBackend> = {
  Linear: linearSimd,
  LinearGrad: linearGradSimd,
  LoraLinear: loraLinearSimd,
  LoraLinearGrad: loraLinearGradSimd,
  Attention: attentionSimd,
  AttentionGrad: attentionGradSimd,
  AddLayerNorm: addLayerNormSimd,
  AddLayerNormGrad: addLayerNormGradSimd,
  Embeddings: embeddingsSimd,
  EmbeddingsGrad: embeddingsGradSimd,
  Dropout: dropoutSimd,
  TakeRows: takeRowsSimd,
  TakeRowsGrad: takeRowsGradSimd,
  /** Only rare DeBERTas have these five. */
  MoveColumns: moveColumnsCpu,
  Unfold: unfoldCpu,
  UnfoldGrad: unfoldGradCpu,
  Activate: activateCpu,
  ActivateGrad: activateGradCpu,
  /** The losses see B x C numbers: the reference in f64 is exact and fast enough. */
  CrossEntropy: crossEntropyCpu,
  BinaryCrossEntropy: binaryCrossEntropyCpu,
  PackHalves: packHalvesCpu,
  UnpackHalves: unpackHalvesCpu,
  Accumulate: accumulateSimd,
  GlobalNorm: globalNormSimd,
  AdamW: adamWSimd,
};

/** a + b of two float32 tensors of one shape, which is how tfjs adds up gradients. */
function addOnHeap(backend: SimdBackend, a: TensorInfo, b: TensorInfo): TensorInfo {
  const sum = backend.allocateTensor(a.shape);
  const size = a.shape.reduce((product, side) => product * side, 1);
  const addresses = [a, b, sum].map((tensor) => backend.address(tensor));
  backend.jobs.run(ADD, Math.ceil(size / ELEMENT_BLOCK), [...addresses, size], addWork(size));
  return sum;
}

function registerAdd(): void {
  const borrowed = getKernel('Add', 'cpu');
  registerKernel({
    kernelName: 'Add',
    backendName: 'simd',
    kernelFunc: (params) => {
      const { a, b } = params.inputs;
      const isPlain = a?.dtype === 'float32' && b?.dtype === 'float32' && String(a.shape) === String(b.shape);
      if (isPlain && params.backend instanceof SimdBackend) return addOnHeap(params.backend, a, b);
      return borrowed.kernelFunc(params);
    },
  });
}

/** Registers them with tfjs under the name `simd`; call once. */
export function registerSimdKernels(): void {
  registerKernels('simd', SIMD_KERNELS);
  registerAdd();
  const ours = new Set(getKernelsForBackend('simd').map(({ kernelName }) => kernelName));
  for (const kernel of getKernelsForBackend('cpu')) {
    const isOpOfOurs = kernel.kernelName.startsWith('tabtune.');
    if (!ours.has(kernel.kernelName) && !isOpOfOurs) registerKernel({ ...kernel, backendName: 'simd' });
  }
}
