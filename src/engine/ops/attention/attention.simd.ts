/**
 * Attention, a tile for each (row, head): the products of the packed panels of Q, K, V, a block of queries at a time, with the row
 * softmax between them. Formulas: attention.ts. What softmax can regenerate from lse is not stored.
 */
import { QUERY_BLOCK } from '../../backend/simd/blocks';
import { EDGE_BYTES, multiplyPanels, multiplyPanelsPadded } from '../../backend/simd/gemm.simd';
import { packAcross6, packAcross8, packLines6, packLines8 } from '../../backend/simd/gemm-pack.simd';
import { integerAt, pointerAt } from '../../backend/simd/params.simd';
import { dropoutFactors } from '../../backend/simd/philox.simd';
import { dot } from '../../backend/simd/vector.simd';
import { softmaxRow, softmaxRowBackward } from './softmax.simd';

/** Bytes of a packed or padded block of floats, rounded to a cache line. */
function blockBytes(floats: i32): usize {
  return (((<usize>floats) << 2) + 63) & ~63;
}

/**
 * Parameters: qkv [T,3H], offsets, H, heads, dropout (4), out [T,H], lse [T,A].
 * Scratch: edge, Kᵀ and V as panels, a block of Q as panels, its scores, the same as panels, dropout factors.
 */
export function attentionTile(tile: i32, params: usize, scratch: usize): void {
  const H = integerAt(params, 2);
  const heads = integerAt(params, 3);
  const D = H / heads;
  const head = tile % heads;
  const offsets = pointerAt(params, 1) + ((<usize>(tile / heads)) << 2);
  const first = load<i32>(offsets);
  const S = load<i32>(offsets, 4) - first;
  const paddedS = (S + 7) & ~7;
  const paddedD = (D + 7) & ~7;
  const rowBytes = (<usize>H) << 2;
  const qkvBytes = 3 * rowBytes;
  const headAt = (<usize>(head * D)) << 2;
  const q = pointerAt(params, 0) + <usize>first * qkvBytes + headAt;
  const out = pointerAt(params, 8) + <usize>first * rowBytes + headAt;
  const lse = pointerAt(params, 9) + ((<usize>(first * heads + head)) << 2);
  const drops = pointerAt(params, 4) != 0;
  const scale: f32 = 1 / sqrt<f32>(<f32>D);

  const keys = scratch + EDGE_BYTES;
  const values = keys + blockBytes(paddedS * D);
  const queries = values + blockBytes(S * paddedD);
  const scores = queries + blockBytes(QUERY_BLOCK * D);
  const weights = scores + blockBytes(QUERY_BLOCK * paddedS);
  const factorSpace = weights + blockBytes(QUERY_BLOCK * S);
  const scoreBytes = (<usize>paddedS) << 2;

  packLines8(q + rowBytes, qkvBytes, S, D, keys);
  packAcross8(q + 2 * rowBytes, qkvBytes, D, S, values);
  for (let query = 0; query < S; query += QUERY_BLOCK) {
    const rows = min(S - query, QUERY_BLOCK);
    packLines6(q + <usize>query * qkvBytes, qkvBytes, rows, D, queries);
    multiplyPanelsPadded(queries, keys, D, rows, S, scores, scoreBytes);
    for (let row = 0; row < rows; row++) {
      const token = query + row;
      let factors: usize = 0;
      if (drops) factors = dropoutFactors(params, 4, 0, S, (first + token) * heads + head, factorSpace);
      const logSum = softmaxRow(scores + <usize>row * scoreBytes, S, scale, factors);
      store<f32>(lse + ((<usize>(token * heads)) << 2), logSum);
    }
    packLines6(scores, scoreBytes, rows, S, weights);
    multiplyPanels(weights, values, S, rows, D, false, 0, out + <usize>query * rowBytes, rowBytes, scratch);
  }
}

/**
 * Parameters: qkv [T,3H], offsets, H, heads, dropout (4), out [T,H], lse [T,A], dout [T,H], dqkv [T,3H].
 * Scratch: edge, Kᵀ, Vᵀ and K as panels, then for a block of queries: Q or dO as left panels, the same as right panels, scores,
 * dweights, either of them as panels, dropout factors.
 */
export function attentionGradTile(tile: i32, params: usize, scratch: usize): void {
  const H = integerAt(params, 2);
  const heads = integerAt(params, 3);
  const D = H / heads;
  const head = tile % heads;
  const offsets = pointerAt(params, 1) + ((<usize>(tile / heads)) << 2);
  const first = load<i32>(offsets);
  const S = load<i32>(offsets, 4) - first;
  const paddedS = (S + 7) & ~7;
  const paddedD = (D + 7) & ~7;
  const rowBytes = (<usize>H) << 2;
  const qkvBytes = 3 * rowBytes;
  const headAt = (<usize>(head * D)) << 2;
  const start = <usize>first * rowBytes + headAt;
  const startQkv = <usize>first * qkvBytes + headAt;
  const q = pointerAt(params, 0) + startQkv;
  const out = pointerAt(params, 8) + start;
  const lse = pointerAt(params, 9) + ((<usize>(first * heads + head)) << 2);
  const dout = pointerAt(params, 10) + start;
  const dq = pointerAt(params, 11) + startQkv;
  const dk = dq + rowBytes;
  const dv = dk + rowBytes;
  const drops = pointerAt(params, 4) != 0;
  const scale: f32 = 1 / sqrt<f32>(<f32>D);

  const keysAcross = scratch + EDGE_BYTES;
  const valuesAcross = keysAcross + blockBytes(paddedS * D);
  const keys = valuesAcross + blockBytes(paddedS * D);
  const left = keys + blockBytes(S * paddedD);
  const right = left + blockBytes(QUERY_BLOCK * D);
  const scores = right + blockBytes(QUERY_BLOCK * paddedD);
  const dweights = scores + blockBytes(QUERY_BLOCK * paddedS);
  const packed = dweights + blockBytes(QUERY_BLOCK * paddedS);
  const factorSpace = packed + blockBytes(QUERY_BLOCK * (S + 5));
  const scoreBytes = (<usize>paddedS) << 2;

  packLines8(q + rowBytes, qkvBytes, S, D, keysAcross);
  packLines8(q + 2 * rowBytes, qkvBytes, S, D, valuesAcross);
  packAcross8(q + rowBytes, qkvBytes, D, S, keys);
  for (let query = 0; query < S; query += QUERY_BLOCK) {
    const rows = min(S - query, QUERY_BLOCK);
    const qBlock = q + <usize>query * qkvBytes;
    const doutBlock = dout + <usize>query * rowBytes;
    const outBlock = out + <usize>query * rowBytes;
    packLines6(qBlock, qkvBytes, rows, D, left);
    multiplyPanelsPadded(left, keysAcross, D, rows, S, scores, scoreBytes);
    packLines6(doutBlock, rowBytes, rows, D, left);
    multiplyPanelsPadded(left, valuesAcross, D, rows, S, dweights, scoreBytes);
    for (let row = 0; row < rows; row++) {
      const token = query + row;
      let factors: usize = 0;
      if (drops) factors = dropoutFactors(params, 4, 0, S, (first + token) * heads + head, factorSpace);
      const delta = dot(doutBlock + <usize>row * rowBytes, outBlock + <usize>row * rowBytes, D);
      const logSum = load<f32>(lse + ((<usize>(token * heads)) << 2));
      const at = <usize>row * scoreBytes;
      softmaxRowBackward(scores + at, dweights + at, S, scale, logSum, delta, factors);
    }
    const again = query > 0;
    packAcross6(scores, scoreBytes, S, rows, packed);
    packAcross8(doutBlock, rowBytes, D, rows, right);
    multiplyPanels(packed, right, rows, S, D, again, 0, dv, qkvBytes, scratch);
    packAcross6(dweights, scoreBytes, S, rows, packed);
    packAcross8(qBlock, qkvBytes, D, rows, right);
    multiplyPanels(packed, right, rows, S, D, again, 0, dk, qkvBytes, scratch);
    packLines6(dweights, scoreBytes, rows, S, packed);
    multiplyPanels(packed, keys, S, rows, D, false, 0, dq + <usize>query * qkvBytes, qkvBytes, scratch);
  }
}
