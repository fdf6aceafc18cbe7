/** Matrix products with their epilogue, and dz with the bias's gradient: the tiles of Linear and LinearGrad. */
import { ROW_BLOCK, TOKEN_BLOCK } from '../../backend/simd/blocks';
import { multiplyPanels } from '../../backend/simd/gemm.simd';
import { packAcross6, packAcross8, packLines6, packLines8 } from '../../backend/simd/gemm-pack.simd';
import { integerAt, pointerAt } from '../../backend/simd/params.simd';
import { addRow } from '../../backend/simd/vector.simd';
import { activate, activateBackward } from './activation.simd';

/** Where a thread's scratch holds what: the edge tile, the padded bias (384 floats), packed A, packed B. */
const BIAS_AT: usize = 256;
const A_AT: usize = 2048;

/**
 * One tile of C[M,N] = bias + A[M,K]·B[K,N], and of Y = activation(C). A's element (i,k) is at a + i·aStride + 4k, or, `aAcross`, at
 * a + k·aStride + 4i; B's element (k,j) at b + j·bStride + 4k, or, `bAcross`, at b + k·bStride + 4j. Strides in bytes.
 * Parameters: a, aStride, aAcross, b, bStride, bAcross, c, cStride, M, N, K, rows and columns of a tile, block of K, bias (0: none),
 * activation (0: none), y (as c), whether C is added to what it holds (then without bias).
 */
export function productTile(tile: i32, params: usize, scratch: usize): void {
  const aStride = pointerAt(params, 1);
  const aAcross = integerAt(params, 2) != 0;
  const bStride = pointerAt(params, 4);
  const bAcross = integerAt(params, 5) != 0;
  const cStride = pointerAt(params, 7);
  const K = integerAt(params, 10);
  const tileRows = integerAt(params, 11);
  const tileColumns = integerAt(params, 12);
  const depthBlock = integerAt(params, 13);
  const tilesAcross = (integerAt(params, 9) + tileColumns - 1) / tileColumns;
  const firstRow = (tile / tilesAcross) * tileRows;
  const firstColumn = (tile % tilesAcross) * tileColumns;
  const rows = min(integerAt(params, 8) - firstRow, tileRows);
  const columns = min(integerAt(params, 9) - firstColumn, tileColumns);

  const packedA = scratch + A_AT;
  const packedB = packedA + ((<usize>(ROW_BLOCK * depthBlock)) << 2);
  const bias = padBias(pointerAt(params, 14), firstColumn, columns, scratch + BIAS_AT);
  const a = pointerAt(params, 0) + <usize>firstRow * (aAcross ? 4 : aStride);
  const b = pointerAt(params, 3) + <usize>firstColumn * (bAcross ? 4 : bStride);
  const corner = <usize>firstRow * cStride + ((<usize>firstColumn) << 2);
  const activation = integerAt(params, 15);
  const accumulates = integerAt(params, 17) != 0;

  for (let k = 0; k < K; k += depthBlock) {
    const depth = min(K - k, depthBlock);
    if (bAcross) packAcross8(b + <usize>k * bStride, bStride, columns, depth, packedB);
    else packLines8(b + ((<usize>k) << 2), bStride, columns, depth, packedB);
    for (let row = 0; row < rows; row += ROW_BLOCK) {
      const height = min(rows - row, ROW_BLOCK);
      if (aAcross) packAcross6(a + <usize>k * aStride + ((<usize>row) << 2), aStride, height, depth, packedA);
      else packLines6(a + <usize>row * aStride + ((<usize>k) << 2), aStride, height, depth, packedA);
      const at = corner + <usize>row * cStride;
      const c = pointerAt(params, 6) + at;
      multiplyPanels(packedA, packedB, depth, height, columns, accumulates || k > 0, bias, c, cStride, scratch);
      if (activation != 0 && k + depth == K) {
        const y = pointerAt(params, 16) + at;
        for (let i = 0; i < height; i++) activate(activation, c + <usize>i * cStride, y + <usize>i * cStride, columns);
      }
    }
  }
}

/** The tile's part of the bias, padded with zeros to whole panels; 0 where there is no bias. */
function padBias(bias: usize, first: i32, columns: i32, target: usize): usize {
  if (!bias) return 0;
  memory.copy(target, bias + ((<usize>first) << 2), (<usize>columns) << 2);
  memory.fill(target + ((<usize>columns) << 2), 0, 28);
  return target;
}

/**
 * A block of tokens: dz = dy ∘ activation'(z), and partials[block, :] = the sum of dz over its tokens.
 * Parameters: dy, z, dz, activation (0: dz is dy and is not written), T, N, partials [blocks, N].
 */
export function activationGradTile(tile: i32, params: usize): void {
  const activation = integerAt(params, 3);
  const N = integerAt(params, 5);
  const rowBytes = (<usize>N) << 2;
  const first = tile * TOKEN_BLOCK;
  const last = min(first + TOKEN_BLOCK, integerAt(params, 4));
  const partial = pointerAt(params, 6) + <usize>tile * rowBytes;
  memory.fill(partial, 0, rowBytes);
  for (let token = first; token < last; token++) {
    const at = <usize>token * rowBytes;
    let row = pointerAt(params, 0) + at;
    if (activation != 0) {
      const dz = pointerAt(params, 2) + at;
      activateBackward(activation, row, pointerAt(params, 1) + at, dz, N);
      row = dz;
    }
    addRow(partial, row, N);
  }
}
