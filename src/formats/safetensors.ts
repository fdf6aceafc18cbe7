/**
 * Safetensors, Hugging Face's format for weights: reading F32, F16 and BF16 tensors one at a time as f32, and writing F32. A file is held
 * as the bytes it came in; a tensor is decoded only when it is asked for, so that a model never lies in memory twice.
 */
import { Problem } from '../lib/problem.ts';
import { decodeBrainFloat, decodeHalf } from './half-floats.ts';
import { readHeader, shorten } from './safetensors-header.ts';

export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

export interface NamedTensor extends FloatTensor {
  readonly name: string;
}

export interface SafetensorsFile {
  /** In the file's order. */
  readonly names: readonly string[];
  /** Throws `Problem` when there is no such tensor. */
  shape(name: string): readonly number[];
  /**
   * A fresh copy of the values, the caller's to keep and change. Throws `Problem` when there is no such tensor or it holds no
   * floating-point numbers.
   */
  tensor(name: string): FloatTensor;
}

/** Opens a file that is in memory. `where` names it in problems. Throws `Problem` when it is damaged. */
export function readSafetensors(bytes: Uint8Array<ArrayBuffer>, where = 'model.safetensors'): SafetensorsFile {
  const entries = new Map(readHeader(bytes, where).map((entry) => [entry.name, entry]));

  function find(name: string) {
    const entry = entries.get(name);
    if (entry) return entry;
    throw new Problem({
      where,
      expected: `a tensor "${shorten(name)}"`,
      found: `${entries.size} tensors without it`,
      fix: 'Choose a model whose files belong together.',
    });
  }

  function tensor(name: string): FloatTensor {
    const { dtype, shape, begin, end } = find(name);
    // The copy is aligned, the file's bytes need not be.
    const { buffer } = bytes.slice(begin, end);
    switch (dtype) {
      case 'F32':
        return { shape, data: new Float32Array(buffer) };
      case 'F16':
        return { shape, data: decodeHalf(new Uint16Array(buffer)) };
      case 'BF16':
        return { shape, data: decodeBrainFloat(new Uint16Array(buffer)) };
      default:
        throw new Problem({
          where: `${where}, tensor "${shorten(name)}"`,
          expected: 'F32, F16 or BF16 values',
          found: dtype,
          fix: 'Save the model in float32, float16 or bfloat16; quantized models cannot be trained on.',
        });
    }
  }

  return { names: [...entries.keys()], shape: (name) => find(name).shape, tensor };
}

/**
 * A safetensors file of F32 tensors in the given order, as the pieces of a Blob: the header, then the tensors' own bytes without a copy.
 * The values begin at a multiple of 8, as the format asks.
 */
export function writeSafetensors(tensors: readonly NamedTensor[]): Uint8Array<ArrayBuffer>[] {
  const header = new Map<string, unknown>([['__metadata__', { format: 'pt' }]]);
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    const count = shape.reduce((product, side) => product * side, 1);
    if (count !== data.length) throw new Error(`tensor ${name}: shape [${shape}] needs ${count} values, it has ${data.length}`);
    if (header.has(name)) throw new Error(`tensor ${name} is there twice`);
    header.set(name, { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] });
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const padded = Math.ceil(json.length / 8) * 8;
  const head = new Uint8Array(8 + padded).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(json, 8);
  return [head, ...tensors.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
}
