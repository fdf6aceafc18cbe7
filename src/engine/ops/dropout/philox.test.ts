import { expect, test } from 'vitest';
import { dropoutFactors, philox4x32 } from './philox.ts';

/** Known answers for philox4x32-10 that the Random123 library publishes with its source. */
test.each([
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [-1, -1, -1, -1],
    [-1, -1],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
])('known answer %#', (counter, key, expected) => {
  const words = new Uint32Array(4);
  const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = counter;
  const [k0 = 0, k1 = 0] = key;
  philox4x32(c0, c1, c2, c3, k0, k1, words);
  expect([...words]).toEqual(expected);
});

test('an element takes word e & 3 of the block e >> 2', () => {
  const words = new Uint32Array(4);
  philox4x32(2, 6, 9, 4, 123, 456, words);
  const factor = dropoutFactors({ rate: 0.5, stream: 6 }, () => Int32Array.of(123, 456, 9));
  const scales = [8, 9, 10, 11].map((element) => factor(element, 4));
  expect(scales).toEqual([...words].map((word) => (word >= 2 ** 31 ? 2 : 0)));
});
