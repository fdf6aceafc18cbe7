/** Products of packed blocks: gemmTile over all tiles, with care for the edges. No packing and no threads here. */
import { ZEROS } from './memory-map';
import { gemmTile } from './gemm-tile.simd';

/** Bytes of scratch that `multiplyPanels` needs at `edge`: one tile. */
export const EDGE_BYTES: usize = 192;

/**
 * C[rows, columns] = init + A·B, both packed, `depth` long. `accumulate`: init is C itself, else the row at `bias` (padded to a
 * multiple of 8 floats) or, where that is 0, zeros. Writes nothing outside [rows, columns].
 */
export function multiplyPanels(
  a: usize,
  b: usize,
  depth: i32,
  rows: i32,
  columns: i32,
  accumulate: bool,
  bias: usize,
  c: usize,
  cStride: usize,
  edge: usize,
): void {
  const panelA = <usize>depth * 24;
  const panelB = (<usize>depth) << 5;
  for (let column = 0; column < columns; column += 8) {
    const start = bias ? bias + ((<usize>column) << 2) : ZEROS;
    const width = min(columns - column, 8);
    let panel = a;
    let target = c + ((<usize>column) << 2);
    for (let row = 0; row < rows; row += 6) {
      const height = min(rows - row, 6);
      if (height == 6 && width == 8) {
        if (accumulate) gemmTile(panel, b, depth, target, cStride, target, cStride);
        else gemmTile(panel, b, depth, start, 0, target, cStride);
      } else {
        if (accumulate) {
          copyRows(target, cStride, edge, 32, height, width);
          gemmTile(panel, b, depth, edge, 32, edge, 32);
        } else gemmTile(panel, b, depth, start, 0, edge, 32);
        copyRows(edge, 32, target, cStride, height, width);
      }
      panel += panelA;
      target += 6 * cStride;
    }
    b += panelB;
  }
}

/** As `multiplyPanels` from zeros, into scratch that has room for whole tiles: all of them are written. */
export function multiplyPanelsPadded(a: usize, b: usize, depth: i32, rows: i32, columns: i32, c: usize, cStride: usize): void {
  const panelA = <usize>depth * 24;
  const panelB = (<usize>depth) << 5;
  for (let column = 0; column < columns; column += 8) {
    let panel = a;
    let target = c + ((<usize>column) << 2);
    for (let row = 0; row < rows; row += 6) {
      gemmTile(panel, b, depth, ZEROS, 0, target, cStride);
      panel += panelA;
      target += 6 * cStride;
    }
    b += panelB;
  }
}

function copyRows(source: usize, sourceStride: usize, target: usize, targetStride: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = (<usize>column) << 2;
      store<f32>(target + at, load<f32>(source + at));
    }
    source += sourceStride;
    target += targetStride;
  }
}
