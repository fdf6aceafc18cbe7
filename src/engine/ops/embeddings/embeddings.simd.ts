/** The sum of three gathered rows, and the three dense gradients. */
import { TABLE_BLOCK, TOKEN_BLOCK } from '../../backend/simd/blocks';
import { integerAt, pointerAt } from '../../backend/simd/params.simd';
import { addRow } from '../../backend/simd/vector.simd';

/** The address of the row that `token` takes from a table. */
function rowOf(table: usize, indices: usize, token: i32, rowBytes: usize): usize {
  return table + <usize>load<i32>(indices + ((<usize>token) << 2)) * rowBytes;
}

/** A block of tokens. Parameters: ids, positions, types, word, position, type, out, T, H. */
export function embeddingsTile(tile: i32, params: usize): void {
  const H = integerAt(params, 8);
  const rowBytes = (<usize>H) << 2;
  const first = tile * TOKEN_BLOCK;
  const last = min(first + TOKEN_BLOCK, integerAt(params, 7));
  for (let token = first; token < last; token++) {
    const out = pointerAt(params, 6) + <usize>token * rowBytes;
    memory.copy(out, rowOf(pointerAt(params, 3), pointerAt(params, 0), token, rowBytes), rowBytes);
    addRow(out, rowOf(pointerAt(params, 4), pointerAt(params, 1), token, rowBytes), H);
    addRow(out, rowOf(pointerAt(params, 5), pointerAt(params, 2), token, rowBytes), H);
  }
}

/**
 * A block of rows of one table's gradient: zeros, then the tokens that took one of these rows, in order.
 * Parameters: dy, T, H, then for each of the three tables its indices, gradient, rows; tiles count through the tables.
 */
export function embeddingsGradTile(tile: i32, params: usize): void {
  const H = integerAt(params, 2);
  const rowBytes = (<usize>H) << 2;
  let place = 3;
  let block = tile;
  while (true) {
    const blocks = (integerAt(params, place + 2) + TABLE_BLOCK - 1) / TABLE_BLOCK;
    if (block < blocks) break;
    block -= blocks;
    place += 3;
  }
  const indices = pointerAt(params, place);
  const first = block * TABLE_BLOCK;
  const count = min(TABLE_BLOCK, integerAt(params, place + 2) - first);
  const gradient = pointerAt(params, place + 1) + <usize>first * rowBytes;
  memory.fill(gradient, 0, <usize>count * rowBytes);
  const tokens = integerAt(params, 1);
  for (let token = 0; token < tokens; token++) {
    const row = load<i32>(indices + ((<usize>token) << 2)) - first;
    if (<u32>row < <u32>count) addRow(gradient + <usize>row * rowBytes, pointerAt(params, 0) + <usize>token * rowBytes, H);
  }
}
