import { expect, test } from 'vitest';
import { decodeBrainFloat, decodeHalf } from './half-floats.ts';

const ALL = Uint16Array.from({ length: 65_536 }, (_, i) => i);

/** The definition in numbers: sign, exponent and fraction of any such format; nothing of the code under test. */
function valueOf(bits: number, exponentBits: number, fractionBits: number): number {
  const sign = bits >> 15 === 1 ? -1 : 1;
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponent = Math.floor(bits / 2 ** fractionBits) % 2 ** exponentBits;
  const fraction = bits % 2 ** fractionBits;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias - fractionBits);
  return sign * (1 + fraction / 2 ** fractionBits) * 2 ** (exponent - bias);
}

test.each([
  ['F16', decodeHalf, 5, 10],
  ['BF16', decodeBrainFloat, 8, 7],
] as const)('all 65,536 values of %s', (_, decode, exponentBits, fractionBits) => {
  const values = decode(ALL);
  expect(values.length).toBe(65_536);
  const wrong = [...ALL].filter((bits) => !Object.is(values[bits], valueOf(bits, exponentBits, fractionBits)));
  expect(wrong).toEqual([]);
});

test('landmarks of F16', () => {
  expect([...decodeHalf(Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0400, 0x03ff, 0x0001, 0x8000))]).toEqual([
    1, -2, 65504, 6.103515625e-5, 6.097555160522461e-5, 5.960464477539063e-8, -0,
  ]);
});
