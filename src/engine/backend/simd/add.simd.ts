/** c = a + b, elementwise: tfjs's own `Add`, which adds up gradients. */
import { ELEMENT_BLOCK } from './blocks';
import { integerAt, pointerAt } from './params.simd';

/** Parameters: a, b, c, elements. */
export function addTile(tile: i32, params: usize): void {
  const first = tile * ELEMENT_BLOCK;
  const count = min(ELEMENT_BLOCK, integerAt(params, 3) - first);
  const at = (<usize>first) << 2;
  let a = pointerAt(params, 0) + at;
  let b = pointerAt(params, 1) + at;
  let c = pointerAt(params, 2) + at;
  let i = 0;
  for (; i <= count - 4; i += 4) {
    v128.store(c, f32x4.add(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
    c += 16;
  }
  for (; i < count; i++) {
    store<f32>(c, load<f32>(a) + load<f32>(b));
    a += 4;
    b += 4;
    c += 4;
  }
}
