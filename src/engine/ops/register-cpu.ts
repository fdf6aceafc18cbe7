/** The reference kernels, on tfjs's own `cpu` backend: plain loops in f64. What the other backends are compared with. */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { activateGradCpu, activateCpu } from './activate/activate.ts';
import { accumulateCpu } from './accumulate/accumulate.ts';
import { addLayerNormCpu, addLayerNormGradCpu } from './add-layer-norm/add-layer-norm.ts';
import { adamWCpu } from './adamw/adamw.ts';
import { attentionCpu, attentionGradCpu } from './attention/attention.ts';
import { binaryCrossEntropyCpu } from './binary-cross-entropy/binary-cross-entropy.ts';
import type { KernelTable } from './contract.ts';
import { crossEntropyCpu } from './cross-entropy/cross-entropy.ts';
import { dropoutCpu } from './dropout/dropout.ts';
import { embeddingsCpu, embeddingsGradCpu } from './embeddings/embeddings.ts';
import { globalNormCpu } from './global-norm/global-norm.ts';
import { packHalvesCpu, unpackHalvesCpu } from './half/half.ts';
import { linearCpu, linearGradCpu } from './linear/linear.ts';
import { moveColumnsCpu } from './move-columns/move-columns.ts';
import { registerKernels } from './run-kernel.ts';
import { loraLinearGradCpu, loraLinearCpu } from './lora-linear/lora-linear.ts';
import { takeRowsCpu, takeRowsGradCpu } from './take-rows/take-rows.ts';
import { unfoldGradCpu, unfoldCpu } from './unfold/unfold.ts';

export const CPU_KERNELS: KernelTable<MathBackendCPU> = {
  Linear: linearCpu,
  LinearGrad: linearGradCpu,
  LoraLinear: loraLinearCpu,
  LoraLinearGrad: loraLinearGradCpu,
  Attention: attentionCpu,
  AttentionGrad: attentionGradCpu,
  AddLayerNorm: addLayerNormCpu,
  AddLayerNormGrad: addLayerNormGradCpu,
  Embeddings: embeddingsCpu,
  EmbeddingsGrad: embeddingsGradCpu,
  Dropout: dropoutCpu,
  TakeRows: takeRowsCpu,
  TakeRowsGrad: takeRowsGradCpu,
  MoveColumns: moveColumnsCpu,
  Unfold: unfoldCpu,
  UnfoldGrad: unfoldGradCpu,
  Activate: activateCpu,
  ActivateGrad: activateGradCpu,
  CrossEntropy: crossEntropyCpu,
  BinaryCrossEntropy: binaryCrossEntropyCpu,
  PackHalves: packHalvesCpu,
  UnpackHalves: unpackHalvesCpu,
  Accumulate: accumulateCpu,
  GlobalNorm: globalNormCpu,
  AdamW: adamWCpu,
};

/** Registers them with tfjs; call once. */
export function registerCpuKernels(): void {
  registerKernels('cpu', CPU_KERNELS);
}
