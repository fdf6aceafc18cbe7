/**
 * Attention, a tile for each (row, head): the products of the packed panels of Q, K, V, a block of queries at a time, with the row
 * softmax between them. Formulas: attention.ts. What softmax can regenerate from lse is not stored.
 * With relative positions the backward has a tile for each head, which does all rows one after the other: they share a gradient. Of the
 * positions, only those that occur between the tokens of a row are multiplied: R of them, from the place `lowest` on.
 */
import { QUERY_BLOCK } from '../../backend/simd/blocks';
import { EDGE_BYTES, multiplyPanels, multiplyPanelsPadded } from '../../backend/simd/gemm.simd';
import { packAcross6, packAcross8, packLines6, packLines8 } from '../../backend/simd/gemm-pack.simd';
import { integerAt, pointerAt } from '../../backend/simd/params.simd';
import { dropoutFactors } from '../../backend/simd/philox.simd';
import { dot } from '../../backend/simd/vector.simd';
import { addRelativeGradients, addRelativeScores } from './relative.simd';
import { softmaxRow, softmaxRowBackward } from './softmax.simd';

/** Bytes of a packed or padded block of floats, rounded to a cache line. */
function blockBytes(floats: i32): usize {
  return (((<usize>floats) << 2) + 63) & ~63;
}

/** The place of distance 0, where there are relative positions (else 0). `place` is where relative, places and reach are. */
function middlePlace(params: usize, place: i32): usize {
  return pointerAt(params, place) ? pointerAt(params, place + 1) + ((<usize>integerAt(params, place + 2)) << 2) : 0;
}

/** The relative position of two tokens. */
function placeOf(middle: usize, distance: i32): i32 {
  return load<i32>(middle + ((<usize>distance) << 2));
}

/**
 * Parameters: qkv [T,3H], offsets, H, heads, dropout (4), out [T,H], lse [T,A], relative [·,3H] (0: none), places, reach,
 * terms (scores are divided by √(terms·D)).
 * Scratch: edge, Kᵀ and V as panels, a block of Q as panels, its scores, the same as panels, dropout factors; with relative positions
 * their keys as panels, products of a block of Q with them, products of K with their queries (made with panels of both).
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
  const middle = middlePlace(params, 10);
  const terms = integerAt(params, 13);
  const scale: f32 = 1 / sqrt<f32>(<f32>(terms * D));

  const keys = scratch + EDGE_BYTES;
  const values = keys + blockBytes(paddedS * D);
  const queries = values + blockBytes(S * paddedD);
  const scores = queries + blockBytes(QUERY_BLOCK * D);
  const weights = scores + blockBytes(QUERY_BLOCK * paddedS);
  const factorSpace = weights + blockBytes(QUERY_BLOCK * S);
  const scoreBytes = (<usize>paddedS) << 2;

  packLines8(q + rowBytes, qkvBytes, S, D, keys);
  packAcross8(q + 2 * rowBytes, qkvBytes, D, S, values);
  let lowest = 0;
  let R = 0;
  let relativeKeys: usize = 0;
  let byQuery: usize = 0;
  let byKey: usize = 0;
  let lineBytes: usize = 0;
  if (middle) {
    lowest = placeOf(middle, 1 - S);
    R = placeOf(middle, S - 1) - lowest + 1;
    lineBytes = blockBytes(R);
    const relative = pointerAt(params, 10) + <usize>lowest * qkvBytes + headAt;
    relativeKeys = factorSpace + blockBytes(S + 32);
    byQuery = relativeKeys + blockBytes((R + 7) * D);
    byKey = byQuery + <usize>QUERY_BLOCK * lineBytes;
    const left = byKey + <usize>(S + 5) * lineBytes;
    packLines8(relative, qkvBytes, R, D, relativeKeys);
    packLines6(q + rowBytes, qkvBytes, S, D, left);
    multiplyPanelsPadded(left, relativeKeys, D, S, R, byKey, lineBytes);
    packLines8(relative + rowBytes, qkvBytes, R, D, relativeKeys);
  }
  for (let query = 0; query < S; query += QUERY_BLOCK) {
    const rows = min(S - query, QUERY_BLOCK);
    packLines6(q + <usize>query * qkvBytes, qkvBytes, rows, D, queries);
    multiplyPanelsPadded(queries, keys, D, rows, S, scores, scoreBytes);
    if (middle) multiplyPanelsPadded(queries, relativeKeys, D, rows, R, byQuery, lineBytes);
    for (let row = 0; row < rows; row++) {
      const token = query + row;
      if (middle) {
        const at = <usize>row;
        addRelativeScores(scores + at * scoreBytes, S, token, byQuery + at * lineBytes, byKey, lineBytes, middle, lowest);
      }
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
 * Parameters: qkv [T,3H], offsets, H, heads, dropout (4), out [T,H], lse [T,A], dout [T,H], dqkv [T,3H], relative [·,3H] (0: none),
 * places, reach, drelative (added to), B, terms. A tile for each (row, head), with relative positions for each head.
 */
export function attentionGradTile(tile: i32, params: usize, scratch: usize): void {
  const heads = integerAt(params, 3);
  if (pointerAt(params, 12)) {
    const rows = integerAt(params, 16);
    for (let row = 0; row < rows; row++) attentionGradRow(row, tile, params, scratch);
  } else attentionGradRow(tile / heads, tile % heads, params, scratch);
}

/**
 * Scratch: edge, Kᵀ, Vᵀ and K as panels, then for a block of queries: Q or dO as left panels, the same as right panels, scores,
 * dweights, either of them as panels, dropout factors. With relative positions: panels of their keys or queries, products of a block of Q
 * with their keys and of K with their queries, the gradients of both, either of these as panels.
 */
function attentionGradRow(rowNumber: i32, head: i32, params: usize, scratch: usize): void {
  const H = integerAt(params, 2);
  const heads = integerAt(params, 3);
  const D = H / heads;
  const offsets = pointerAt(params, 1) + ((<usize>rowNumber) << 2);
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
  const middle = middlePlace(params, 12);
  const terms = integerAt(params, 17);
  const scale: f32 = 1 / sqrt<f32>(<f32>(terms * D));

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
  let lowest = 0;
  let R = 0;
  let relative: usize = 0;
  let drelative: usize = 0;
  let panels: usize = 0;
  let byQuery: usize = 0;
  let dbyQuery: usize = 0;
  let byKey: usize = 0;
  let dbyKey: usize = 0;
  let left6: usize = 0;
  let lineBytes: usize = 0;
  if (middle) {
    lowest = placeOf(middle, 1 - S);
    R = placeOf(middle, S - 1) - lowest + 1;
    lineBytes = blockBytes(R);
    const lowestAt = <usize>lowest * qkvBytes + headAt;
    relative = pointerAt(params, 12) + lowestAt;
    drelative = pointerAt(params, 15) + lowestAt;
    panels = factorSpace + blockBytes(S + 32);
    byQuery = panels + blockBytes((R + 7) * (D + 7));
    dbyQuery = byQuery + <usize>QUERY_BLOCK * lineBytes;
    byKey = dbyQuery + <usize>QUERY_BLOCK * lineBytes;
    dbyKey = byKey + <usize>(S + 5) * lineBytes;
    left6 = dbyKey + <usize>S * lineBytes;
    packLines8(relative, qkvBytes, R, D, panels);
    packLines6(q + rowBytes, qkvBytes, S, D, left6);
    multiplyPanelsPadded(left6, panels, D, S, R, byKey, lineBytes);
    memory.fill(dbyKey, 0, <usize>S * lineBytes);
  }
  for (let query = 0; query < S; query += QUERY_BLOCK) {
    const rows = min(S - query, QUERY_BLOCK);
    const qBlock = q + <usize>query * qkvBytes;
    const doutBlock = dout + <usize>query * rowBytes;
    const outBlock = out + <usize>query * rowBytes;
    packLines6(qBlock, qkvBytes, rows, D, left);
    multiplyPanelsPadded(left, keysAcross, D, rows, S, scores, scoreBytes);
    if (middle) {
      packLines8(relative + rowBytes, qkvBytes, R, D, panels);
      multiplyPanelsPadded(left, panels, D, rows, R, byQuery, lineBytes);
      memory.fill(dbyQuery, 0, <usize>rows * lineBytes);
    }
    packLines6(doutBlock, rowBytes, rows, D, left);
    multiplyPanelsPadded(left, valuesAcross, D, rows, S, dweights, scoreBytes);
    for (let row = 0; row < rows; row++) {
      const token = query + row;
      let factors: usize = 0;
      if (drops) factors = dropoutFactors(params, 4, 0, S, (first + token) * heads + head, factorSpace);
      const delta = dot(doutBlock + <usize>row * rowBytes, outBlock + <usize>row * rowBytes, D);
      const logSum = load<f32>(lse + ((<usize>(token * heads)) << 2));
      const at = <usize>row * scoreBytes;
      const line = <usize>row * lineBytes;
      if (middle) addRelativeScores(scores + at, S, token, byQuery + line, byKey, lineBytes, middle, lowest);
      softmaxRowBackward(scores + at, dweights + at, S, scale, logSum, delta, factors);
      if (middle) addRelativeGradients(dweights + at, S, token, dbyQuery + line, dbyKey, lineBytes, middle, lowest);
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
    if (middle) {
      packAcross6(dbyQuery, lineBytes, R, rows, left6);
      multiplyPanels(left6, right, rows, R, D, true, 0, drelative + rowBytes, qkvBytes, scratch);
      packLines6(dbyQuery, lineBytes, rows, R, left6);
      packAcross8(relative + rowBytes, qkvBytes, D, R, panels);
      multiplyPanels(left6, panels, R, rows, D, true, 0, dq + <usize>query * qkvBytes, qkvBytes, scratch);
    }
  }
  if (middle) {
    packLines6(dbyKey, lineBytes, S, R, left6);
    packAcross8(relative, qkvBytes, D, R, panels);
    multiplyPanels(left6, panels, R, S, D, true, 0, dk, qkvBytes, scratch);
    packAcross6(dbyKey, lineBytes, R, S, left6);
    multiplyPanels(left6, keys, S, R, D, true, 0, drelative, qkvBytes, scratch);
  }
}
