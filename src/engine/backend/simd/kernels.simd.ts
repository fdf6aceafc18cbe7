/**
 * The one entry of the WebAssembly module: all kernels, chosen by number, and the threads. Threads share the memory, so nothing here
 * or in what it imports may have a data literal or a global that changes.
 */
import { addLayerNormGradTile, addLayerNormTile } from '../../ops/add-layer-norm/add-layer-norm.simd';
import { adamWTile } from '../../ops/adamw/adamw.simd';
import { attentionGradTile, attentionTile } from '../../ops/attention/attention.simd';
import { dropoutTile } from '../../ops/dropout/dropout.simd';
import { embeddingsGradTile, embeddingsTile } from '../../ops/embeddings/embeddings.simd';
import { squaresTile } from '../../ops/global-norm/global-norm.simd';
import { activationGradTile, productTile } from '../../ops/linear/linear.simd';
import { addTile } from './add.simd';
import { sumBlocksTile } from './column-sums.simd';
import { copyTile, multiplyAddsTile } from './peaks.simd';
import {
  ACTIVATION_GRAD,
  ADAMW,
  ADD,
  ADD_LAYER_NORM,
  ADD_LAYER_NORM_GRAD,
  ATTENTION,
  ATTENTION_GRAD,
  COPY,
  DROPOUT,
  EMBEDDINGS,
  EMBEDDINGS_GRAD,
  MULTIPLY_ADDS,
  PRODUCT,
  SQUARES,
  SUM_BLOCKS,
} from './kernel-numbers';

export { writeConstants } from './constants.simd';
export { runAlone, runShared, serve } from './threads.simd';

/** Runs one tile of a kernel with its parameters (an address) and the thread's scratch. */
export function runTile(kernel: i32, tile: i32, params: usize, scratch: usize): void {
  if (kernel == PRODUCT) productTile(tile, params, scratch);
  else if (kernel == ACTIVATION_GRAD) activationGradTile(tile, params);
  else if (kernel == SUM_BLOCKS) sumBlocksTile(tile, params);
  else if (kernel == ATTENTION) attentionTile(tile, params, scratch);
  else if (kernel == ATTENTION_GRAD) attentionGradTile(tile, params, scratch);
  else if (kernel == ADD_LAYER_NORM) addLayerNormTile(tile, params, scratch);
  else if (kernel == ADD_LAYER_NORM_GRAD) addLayerNormGradTile(tile, params, scratch);
  else if (kernel == EMBEDDINGS) embeddingsTile(tile, params);
  else if (kernel == EMBEDDINGS_GRAD) embeddingsGradTile(tile, params);
  else if (kernel == DROPOUT) dropoutTile(tile, params, scratch);
  else if (kernel == SQUARES) squaresTile(tile, params);
  else if (kernel == ADAMW) adamWTile(tile, params);
  else if (kernel == ADD) addTile(tile, params);
  else if (kernel == MULTIPLY_ADDS) multiplyAddsTile(tile, params);
  else if (kernel == COPY) copyTile(tile, params);
}
