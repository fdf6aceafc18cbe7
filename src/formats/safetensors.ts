/**
 * Safetensors, Hugging Face's format for weights: reading F32, F16 and BF16 tensors one at a time as f32, and writing F32. Only the header
 * is read when a file is opened, and a tensor when it is asked for, so that a model never lies in memory twice.
 */
import { memorySource, type ByteSource } from './byte-source.ts';
import { readHeader } from './safetensors-header.ts';
import { decodeFloats, findTensor, shorten, sizeOf, type FloatTensor, type TensorFile } from './tensor-file.ts';

export interface NamedTensor extends FloatTensor {
  readonly name: string;
}

/** Opens a file, wherever it lies. `where` names it in problems. Throws `Problem` when it is damaged. */
export function openSafetensors(source: ByteSource, where: string): TensorFile {
  const entries = new Map(readHeader(source, where).map((entry) => [entry.name, entry]));

  function tensor(name: string): FloatTensor {
    const { dtype, shape, begin, end } = findTensor(entries, name, where);
    return { shape, data: decodeFloats(dtype, source.read(begin, end), `${where}, tensor "${shorten(name)}"`) };
  }

  return { names: [...entries.keys()], shape: (name) => findTensor(entries, name, where).shape, tensor };
}

/** Opens a file that is in memory. */
export function readSafetensors(bytes: Uint8Array<ArrayBuffer>, where = 'model.safetensors'): TensorFile {
  return openSafetensors(memorySource(bytes), where);
}

/** Names and shapes of F32 tensors, in the order of the file, as its first bytes. The values follow from a multiple of 8 on, as the format asks. */
export function safetensorsHead(
  tensors: readonly { readonly name: string; readonly shape: readonly number[] }[],
): Uint8Array<ArrayBuffer> {
  const header = new Map<string, unknown>([['__metadata__', { format: 'pt' }]]);
  let offset = 0;
  for (const { name, shape } of tensors) {
    if (header.has(name)) throw new Error(`tensor ${name} is there twice`);
    const end = offset + 4 * sizeOf(shape);
    header.set(name, { dtype: 'F32', shape, data_offsets: [offset, end] });
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const padded = Math.ceil(json.length / 8) * 8;
  const head = new Uint8Array(8 + padded).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(json, 8);
  return head;
}

/**
 * A safetensors file of F32 tensors in the given order, as the pieces of a Blob: the header, then the tensors' own bytes without a copy.
 */
export function writeSafetensors(tensors: readonly NamedTensor[]): Uint8Array<ArrayBuffer>[] {
  for (const { name, shape, data } of tensors) {
    const count = sizeOf(shape);
    if (count !== data.length) throw new Error(`tensor ${name}: shape [${shape}] needs ${count} values, it has ${data.length}`);
  }
  return [safetensorsHead(tensors), ...tensors.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
}
