/**
 * How the kernels cut their work: the one list for both sides, TypeScript and AssemblyScript. Blocks that a sum runs over are
 * fixed, never a function of the number of threads, so that the order of additions is fixed too.
 */

/** Matrix products: k is cut into blocks of at most this (a panel of B, 16 KiB, stays in L1), ... */
export const DEPTH_BLOCK = 512;
/** ... A is packed so many rows at a time (192 KiB, in L2), a multiple of 6, ... */
export const ROW_BLOCK = 96;
/** ... and a tile is at most so many columns wide (768 KiB of packed B), a multiple of 8. */
export const COLUMN_BLOCK = 384;

/** Attention: so many queries at a time, a multiple of 6. */
export const QUERY_BLOCK = 48;

/** Tokens whose contributions to a sum over tokens (biases, gamma, beta) are added up together, a block each. */
export const TOKEN_BLOCK = 32;
/** Columns of such sums that one tile adds up. */
export const SUM_COLUMNS = 256;

/** Elements that one tile of an elementwise kernel does; a multiple of 16. */
export const ELEMENT_BLOCK = 8192;
/** Rows of an embedding table whose gradient one tile writes. */
export const TABLE_BLOCK = 256;

/** Bytes that one tile of the copy moves by which a profile measures the memory. */
export const COPY_BLOCK = 262144;
