/** The bytes of a pickle: its opcodes by pickletools' names, and a cursor that never reads beyond the end. */
import { Problem } from '../lib/problem.ts';

export const NOT_RUN =
  'Nothing of the file was run. Get the model as model.safetensors, or from a source that you trust, saved by torch.save(model.state_dict(), ...).';

/** The opcodes that are known here, by pickletools' names. */
export const OP = {
  MARK: 0x28,
  EMPTY_TUPLE: 0x29,
  STOP: 0x2e,
  POP: 0x30,
  POP_MARK: 0x31,
  DUP: 0x32,
  BINBYTES: 0x42,
  SHORT_BINBYTES: 0x43,
  BINFLOAT: 0x47,
  BININT: 0x4a,
  BININT1: 0x4b,
  BININT2: 0x4d,
  NONE: 0x4e,
  BINPERSID: 0x51,
  REDUCE: 0x52,
  BINSTRING: 0x54,
  SHORT_BINSTRING: 0x55,
  BINUNICODE: 0x58,
  EMPTY_LIST: 0x5d,
  APPEND: 0x61,
  BUILD: 0x62,
  GLOBAL: 0x63,
  DICT: 0x64,
  APPENDS: 0x65,
  BINGET: 0x68,
  LONG_BINGET: 0x6a,
  LIST: 0x6c,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  SETITEM: 0x73,
  TUPLE: 0x74,
  SETITEMS: 0x75,
  EMPTY_DICT: 0x7d,
  PROTO: 0x80,
  NEWOBJ: 0x81,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  LONG1: 0x8a,
  LONG4: 0x8b,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE8: 0x8d,
  BINBYTES8: 0x8e,
  STACK_GLOBAL: 0x93,
  MEMOIZE: 0x94,
  FRAME: 0x95,
} as const;

/** Bytes of the longest integer: torch's magic number has ten. */
const MAX_INTEGER_BYTES = 16;

export class PickleCursor {
  constructor(
    readonly bytes: Uint8Array<ArrayBuffer>,
    readonly where: string,
    public at: number,
  ) {}

  take(count: number): Uint8Array<ArrayBuffer> {
    if (count > this.bytes.length - this.at) {
      throw this.problem('a complete pickle', `one that ends inside, at byte ${this.bytes.length}`);
    }
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  /** An unsigned integer of 1, 2, 4 or 8 bytes, little endian. */
  unsigned(width: number): number {
    return this.take(width).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  int32(): number {
    return this.unsigned(4) | 0;
  }

  float(): number {
    const { buffer, byteOffset } = this.take(8);
    return new DataView(buffer, byteOffset).getFloat64(0);
  }

  /** Two's complement, little endian; a bigint where a number would not be exact. */
  integer(width: number): number | bigint {
    if (width > MAX_INTEGER_BYTES) throw this.problem('integers of at most 128 bits', `one of ${width} bytes`);
    const value = this.take(width).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
    const signed = BigInt.asIntN(width * 8, value);
    return signed >= Number.MIN_SAFE_INTEGER && signed <= Number.MAX_SAFE_INTEGER ? Number(signed) : signed;
  }

  text(length: number): string {
    return new TextDecoder().decode(this.take(length));
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    const text = this.text(end < 0 ? Infinity : end - this.at);
    this.at++;
    return text;
  }

  problem(expected: string, found: string): Problem {
    return new Problem({ where: this.where, expected, found, fix: NOT_RUN });
  }
}
