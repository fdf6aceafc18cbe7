/** Whether bytes are UTF-8 (Unicode 17, table 3-7), counted over a stream: no over-long forms, no surrogates, nothing past U+10FFFF. */
export interface Utf8Count {
  /** Bytes that belong to no well-formed character. */
  readonly invalidBytes: number;
  /** Well-formed characters of two bytes or more. */
  readonly multiByteCharacters: number;
}

export interface Utf8Counter {
  push(bytes: Uint8Array): void;
  /** Ends the stream; a character that is cut off counts as invalid bytes. */
  finish(): Utf8Count;
}

export function createUtf8Counter(): Utf8Counter {
  let invalidBytes = 0;
  let multiByteCharacters = 0;
  /** Continuation bytes still to come, bytes of this character so far, and what the next one may be. */
  let needed = 0;
  let seen = 0;
  let low = 0x80;
  let high = 0xbf;

  const begin = (byte: number): void => {
    if (byte < 0x80) return;
    low = 0x80;
    high = 0xbf;
    seen = 1;
    if (byte >= 0xc2 && byte <= 0xdf) needed = 1;
    else if (byte >= 0xe0 && byte <= 0xef) {
      needed = 2;
      if (byte === 0xe0) low = 0xa0;
      if (byte === 0xed) high = 0x9f;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      needed = 3;
      if (byte === 0xf0) low = 0x90;
      if (byte === 0xf4) high = 0x8f;
    } else invalidBytes++;
  };

  return {
    push(bytes) {
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i]!;
        if (needed === 0) {
          if (byte >= 0x80) begin(byte);
        } else if (byte >= low && byte <= high) {
          seen++;
          low = 0x80;
          high = 0xbf;
          if (--needed === 0) multiByteCharacters++;
        } else {
          invalidBytes += seen;
          needed = 0;
          begin(byte);
        }
      }
    },
    finish() {
      if (needed > 0) invalidBytes += seen;
      needed = 0;
      return { invalidBytes, multiByteCharacters };
    },
  };
}
