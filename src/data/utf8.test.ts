import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUtf8Counter, type Utf8Count } from './utf8.ts';

function count(...pieces: readonly (readonly number[])[]): Utf8Count {
  const counter = createUtf8Counter();
  for (const piece of pieces) counter.push(Uint8Array.from(piece));
  return counter.finish();
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

describe('createUtf8Counter', () => {
  it('counts the bytes that are not UTF-8, and the characters of several bytes', () => {
    expect(count([0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80])).toEqual({
      invalidBytes: 0,
      multiByteCharacters: 3,
    });
    expect(count([0x93, 0x61, 0x94])).toEqual({ invalidBytes: 2, multiByteCharacters: 0 });
    expect(count([0xe9, 0x20, 0xe2, 0x82])).toEqual({ invalidBytes: 3, multiByteCharacters: 0 });
    expect(count([0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf4, 0x90, 0x80, 0x80, 0xe0, 0x80, 0x80]).invalidBytes).toBe(12);
  });

  it('finds the same as one piece and in pieces', () => {
    expect(count([0xe2], [0x82], [0xac, 0x41], [0xf0, 0x9f], [0x41])).toEqual({ invalidBytes: 2, multiByteCharacters: 1 });
  });

  it('calls valid exactly what a strict TextDecoder does', () => {
    const lead = fc.constantFrom(0x41, 0x80, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff);
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 8 }), fc.array(lead, { maxLength: 6 })), (bytes) => {
        expect(count([...bytes]).invalidBytes === 0).toBe(isUtf8(Uint8Array.from(bytes)));
      }),
      { seed: 1, numRuns: 1000 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(count([...new TextEncoder().encode(text)]).invalidBytes).toBe(0);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
