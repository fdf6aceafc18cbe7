/** y = x ∘ factors, a block of elements a tile. */
import { ELEMENT_BLOCK } from '../../backend/simd/blocks';
import { integerAt, pointerAt } from '../../backend/simd/params.simd';
import { dropoutFactors } from '../../backend/simd/philox.simd';

/** Elements whose factors are drawn at a time: they stay in L1. */
const RUN: i32 = 1024;

/** Parameters: x, y, elements, unused, dropout (4). Scratch: the factors of a run. */
export function dropoutTile(tile: i32, params: usize, scratch: usize): void {
  const last = min((tile + 1) * ELEMENT_BLOCK, integerAt(params, 2));
  for (let first = tile * ELEMENT_BLOCK; first < last; first += RUN) {
    const count = min(last - first, RUN);
    dropoutFactors(params, 4, first, count, 0, scratch);
    const at = (<usize>first) << 2;
    multiply(pointerAt(params, 0) + at, scratch, pointerAt(params, 1) + at, count);
  }
}

function multiply(x: usize, factors: usize, y: usize, count: i32): void {
  let i = 0;
  for (; i <= count - 4; i += 4) {
    v128.store(y, f32x4.mul(v128.load(x), v128.load(factors)));
    x += 16;
    factors += 16;
    y += 16;
  }
  for (; i < count; i++) {
    store<f32>(y, load<f32>(x) * load<f32>(factors));
    x += 4;
    factors += 4;
    y += 4;
  }
}
