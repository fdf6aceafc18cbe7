/**
 * Numbers in 16 bits, for keeping: packHalves makes two IEEE binary16 of a pair of f32 and lays them in one 32-bit word, the first in the lower
 * half; unpackHalves makes f32 of them again. Rounded to the nearest of binary16 (11 bits, 2^-24 at the least); what is larger becomes the
 * largest, 65504, not infinity. x of any shape, n numbers -> int32 [⌈n/2⌉] -> f32 of the shape. Used under no tape: they have no gradient.
 * Source: WGSL's pack2x16float and unpack2x16float, which every WebGPU has, with or without `shader-f16`.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { util, type Tensor } from '@tensorflow/tfjs-core';
import type { KernelFunction } from '../contract.ts';
import { floats, ints, makeFloats } from '../cpu-values.ts';
import { runKernel } from '../run-kernel.ts';

export const LARGEST_HALF = 65504;
/** Exponent of the smallest normal number; below, the distance of two numbers stays as it is. */
const LEAST_EXPONENT = -14;
const FRACTION_BITS = 10;

export function packHalves(x: Tensor): Tensor {
  return runKernel('PackHalves', { x }, {})[0];
}

export function unpackHalves(packed: Tensor, shape: readonly number[]): Tensor {
  return runKernel('UnpackHalves', { packed }, { shape })[0];
}

/** The bits of the nearest binary16, of two equally near the even one. */
export function halfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.min(Math.abs(value), LARGEST_HALF);
  const exponent = Math.max(LEAST_EXPONENT, Math.floor(Math.log2(size)));
  const units = roundToEven(size * 2 ** (FRACTION_BITS - exponent));
  // A normal number's first bit is implied: its units carry over into the exponent, also where they were rounded up to the next one.
  return sign | ((exponent - LEAST_EXPONENT) * 2 ** FRACTION_BITS + units);
}

export function valueOfHalf(bits: number): number {
  const exponent = (bits >> FRACTION_BITS) & 0x1f;
  const fraction = bits & (2 ** FRACTION_BITS - 1);
  const size = exponent === 0 ? fraction * 2 ** -24 : (2 ** FRACTION_BITS + fraction) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -size : size;
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

export const packHalvesCpu: KernelFunction<'PackHalves', MathBackendCPU> = ({ x }, _attrs, backend) => {
  const values = floats(backend, x);
  const words = Int32Array.from({ length: Math.ceil(values.length / 2) }, (_, i) => {
    return halfBits(values[2 * i]!) | (halfBits(values[2 * i + 1] ?? 0) << 16);
  });
  return [backend.makeTensorInfo([words.length], 'int32', words)];
};

export const unpackHalvesCpu: KernelFunction<'UnpackHalves', MathBackendCPU> = ({ packed }, { shape }, backend) => {
  const words = ints(backend, packed);
  const values = Float64Array.from({ length: util.sizeFromShape([...shape]) }, (_, i) => {
    const word = words[i >> 1]!;
    return valueOfHalf(i % 2 === 0 ? word & 0xffff : word >>> 16);
  });
  return [makeFloats(backend, shape, values)];
};
