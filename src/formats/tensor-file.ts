/** What every file of weights is to its readers: tensors by name, decoded to f32 one at a time when they are asked for. */
import { Problem } from '../lib/problem.ts';
import { decodeBrainFloat, decodeHalf } from './half-floats.ts';

export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

export interface TensorFile {
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

/** Names come from the file and may be anything: short enough for a message. */
export function shorten(name: string): string {
  return name.length <= 80 ? name : `${name.slice(0, 77)}...`;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

export function findTensor<Entry>(entries: ReadonlyMap<string, Entry>, name: string, where: string): Entry {
  const entry = entries.get(name);
  if (entry !== undefined) return entry;
  throw new Problem({
    where,
    expected: `a tensor "${shorten(name)}"`,
    found: `${entries.size} tensors without it`,
    fix: 'Choose a model whose files belong together.',
  });
}

/**
 * Little-endian values as f32. `bytes` is a whole buffer of its own, as a `ByteSource` gives it; an F32 tensor keeps it. Throws `Problem`
 * for a dtype that training cannot start from.
 */
export function decodeFloats(dtype: string, bytes: Uint8Array<ArrayBuffer>, where: string): Float32Array<ArrayBuffer> {
  switch (dtype) {
    case 'F32':
      return new Float32Array(bytes.buffer);
    case 'F16':
      return decodeHalf(new Uint16Array(bytes.buffer));
    case 'BF16':
      return decodeBrainFloat(new Uint16Array(bytes.buffer));
    default:
      throw new Problem({
        where,
        expected: 'F32, F16 or BF16 values',
        found: dtype,
        fix: 'Save the model in float32, float16 or bfloat16; quantized models cannot be trained on.',
      });
  }
}
