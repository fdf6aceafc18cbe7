/** A small safetensors reader for test fixtures, apart from the product's own: F32 and F16 as f32, I32 as int32. Damaged files are not its business. */
import { readFileSync } from 'node:fs';

export interface FixtureFile {
  readonly names: readonly string[];
  tensor(name: string): { readonly shape: readonly number[]; readonly data: Float32Array };
  integers(name: string): { readonly shape: readonly number[]; readonly data: Int32Array<ArrayBuffer> };
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const HALVES = Float32Array.from({ length: 2 ** 16 }, (_, bits) => half(bits));

export function readFixture(path: string): FixtureFile {
  const file = new Uint8Array(readFileSync(path));
  const headerLength = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headerLength))) as Record<string, Entry>;
  const find = (name: string, dtypes: readonly string[]): Entry & { readonly buffer: ArrayBuffer } => {
    const entry = header[name];
    if (!entry || !dtypes.includes(entry.dtype)) throw new Error(`${path} has no ${dtypes.join(' or ')} tensor ${name}`);
    const [begin, end] = entry.data_offsets;
    return { ...entry, buffer: file.slice(8 + headerLength + begin, 8 + headerLength + end).buffer };
  };
  return {
    names: Object.keys(header).filter((name) => name !== '__metadata__'),
    tensor(name) {
      const { dtype, shape, buffer } = find(name, ['F32', 'F16']);
      if (dtype === 'F32') return { shape, data: new Float32Array(buffer) };
      const bits = new Uint16Array(buffer);
      const data = new Float32Array(bits.length);
      for (let i = 0; i < bits.length; i++) data[i] = HALVES[bits[i]!]!;
      return { shape, data };
    },
    integers(name) {
      const { shape, buffer } = find(name, ['I32']);
      return { shape, data: new Int32Array(buffer) };
    },
  };
}
