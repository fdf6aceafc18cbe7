/** The WebGPU kernels, by name. A training step runs no others (reshapes and copies of references cost nothing). */
import type { GpuBackend } from '../backend/webgpu/gpu-backend.ts';
import { activateGradWebgpu, activateWebgpu } from './activate/activate.webgpu.ts';
import { accumulateWebgpu } from './accumulate/accumulate.webgpu.ts';
import { addLayerNormGradWebgpu, addLayerNormWebgpu } from './add-layer-norm/add-layer-norm.webgpu.ts';
import { adamWWebgpu } from './adamw/adamw.webgpu.ts';
import { attentionGradWebgpu, attentionWebgpu } from './attention/attention.webgpu.ts';
import { binaryCrossEntropyWebgpu } from './binary-cross-entropy/binary-cross-entropy.webgpu.ts';
import type { KernelTable } from './contract.ts';
import { crossEntropyWebgpu } from './cross-entropy/cross-entropy.webgpu.ts';
import { dropoutWebgpu } from './dropout/dropout.webgpu.ts';
import { embeddingsGradWebgpu, embeddingsWebgpu } from './embeddings/embeddings.webgpu.ts';
import { globalNormWebgpu } from './global-norm/global-norm.webgpu.ts';
import { packHalvesWebgpu, unpackHalvesWebgpu } from './half/half.webgpu.ts';
import { linearGradWebgpu, linearWebgpu } from './linear/linear.webgpu.ts';
import { moveColumnsWebgpu } from './move-columns/move-columns.webgpu.ts';
import { registerKernels } from './run-kernel.ts';
import { loraLinearGradWebgpu, loraLinearWebgpu } from './lora-linear/lora-linear.webgpu.ts';
import { registerTapeKernels } from './tape-kernels.webgpu.ts';
import { takeRowsGradWebgpu, takeRowsWebgpu } from './take-rows/take-rows.webgpu.ts';
import { unfoldGradWebgpu, unfoldWebgpu } from './unfold/unfold.webgpu.ts';

export const WEBGPU_KERNELS: KernelTable<GpuBackend> = {
  Linear: linearWebgpu,
  LinearGrad: linearGradWebgpu,
  LoraLinear: loraLinearWebgpu,
  LoraLinearGrad: loraLinearGradWebgpu,
  Attention: attentionWebgpu,
  AttentionGrad: attentionGradWebgpu,
  AddLayerNorm: addLayerNormWebgpu,
  AddLayerNormGrad: addLayerNormGradWebgpu,
  Embeddings: embeddingsWebgpu,
  EmbeddingsGrad: embeddingsGradWebgpu,
  Dropout: dropoutWebgpu,
  TakeRows: takeRowsWebgpu,
  TakeRowsGrad: takeRowsGradWebgpu,
  MoveColumns: moveColumnsWebgpu,
  Unfold: unfoldWebgpu,
  UnfoldGrad: unfoldGradWebgpu,
  Activate: activateWebgpu,
  ActivateGrad: activateGradWebgpu,
  CrossEntropy: crossEntropyWebgpu,
  BinaryCrossEntropy: binaryCrossEntropyWebgpu,
  PackHalves: packHalvesWebgpu,
  UnpackHalves: unpackHalvesWebgpu,
  Accumulate: accumulateWebgpu,
  GlobalNorm: globalNormWebgpu,
  AdamW: adamWWebgpu,
};

/** Registers them with tfjs; call once. */
export function registerWebgpuKernels(): void {
  registerKernels('webgpu', WEBGPU_KERNELS);
  registerTapeKernels();
}
