/** The kernels of kernels.simd.ts by number, for both sides. */
export const PRODUCT = 0;
export const ACTIVATION_GRAD = 1;
export const SUM_BLOCKS = 2;
export const ATTENTION = 3;
export const ATTENTION_GRAD = 4;
export const ADD_LAYER_NORM = 5;
export const ADD_LAYER_NORM_GRAD = 6;
export const EMBEDDINGS = 7;
export const EMBEDDINGS_GRAD = 8;
export const DROPOUT = 9;
export const SQUARES = 10;
export const ADAMW = 11;
export const ADD = 12;
/** For a profile only: what the processor does at most. */
export const MULTIPLY_ADDS = 13;
export const COPY = 14;
