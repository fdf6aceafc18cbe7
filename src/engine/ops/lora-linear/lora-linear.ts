/**
 * A frozen linear layer with LoRA beside it: z = x·Wᵀ + b + low·Uᵀ, y = activation(z), where low = dropout(x)·Aᵀ was made before by a
 * linear layer of its own, and U is B spread out and scaled (contract.ts): query, key and value are one layer here, and each may have
 * its own B or none.
 * x [T,K], weight [N,K], bias [N], low [T,S·r], up [S·M,r] -> y [T,N]. Kept for backward: low, up, and z unless 'none'.
 * dz = dy ∘ activation'(z); dlow = dz·U, dU = dzᵀ·low, of which dup is the spread part times the scale; dx = dz·W, without the way
 * through low. Weight and bias get no gradient.
 * Source: Hu et al. 2021 (LoRA) in the form of peft's `lora.Linear`.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelFunction, LoraAttrs } from '../contract.ts';
import { floats, makeFloats, type Reals } from '../cpu-values.ts';
import { defineOp, expectShape, sizeOf } from '../define-op.ts';
import { ACTIVATIONS } from '../linear/activations.ts';
import { linearBackward, linearForward } from '../linear/linear.ts';
import { runKernel } from '../run-kernel.ts';

type Inputs = { x: Tensor; low: Tensor; up: Tensor };
type Constants = { weight: Tensor; bias: Tensor; attrs: LoraAttrs };
type Kept = { low: Tensor; up: Tensor; z: Tensor | undefined };

const record = defineOp<Inputs, Constants, Kept>({
  halves: ['low', 'z'],
  forward: ({ x, low, up }, { weight, bias, attrs }) => {
    const [output, z] = runKernel('LoraLinear', { x, weight, bias, low, up }, attrs);
    if (!output || (attrs.activation !== 'none' && !z)) throw new Error('loraLinear: the kernel left out an output');
    return { output, kept: { low, up, z: attrs.activation === 'none' ? undefined : z } };
  },
  backward: (dy, { low, up, z }, { weight, attrs }, needs) => {
    const [dlow, dup, dx] = runKernel('LoraLinearGrad', { dy, low, up, z, weight: needs.x ? weight : undefined }, attrs);
    return { x: dx, low: dlow, up: dup };
  },
});

/** x [T,K], low [T,S·r] and up [S·M,r] learn; weight [N,K] and bias [N] do not -> [T,N]. */
export function loraLinear({ x, low, up }: Inputs, { weight, bias, attrs }: Constants): Tensor {
  const [N, r] = [sizeOf(weight, 0), sizeOf(up, 1)];
  const slotCount = attrs.slots.filter((slot) => slot >= 0).length;
  if (N % attrs.slots.length !== 0) throw new Error(`loraLinear: ${N} outputs are not ${attrs.slots.length} equal parts`);
  expectShape('loraLinear', 'x', x, [-1, sizeOf(weight, 1)]);
  expectShape('loraLinear', 'bias', bias, [N]);
  expectShape('loraLinear', 'low', low, [sizeOf(x, 0), slotCount * r]);
  expectShape('loraLinear', 'up', up, [(slotCount * N) / attrs.slots.length, r]);
  return record({ x, low, up }, { weight, bias, attrs });
}

/** Sizes of a LoraLinear: N outputs in parts of M, rank r, width R = S·r of low. */
export interface LoraSizes {
  readonly N: number;
  readonly M: number;
  readonly r: number;
  readonly R: number;
}

export function loraSizes(
  low: { readonly shape: readonly number[] },
  up: { readonly shape: readonly number[] },
  { slots }: LoraAttrs,
): LoraSizes {
  const [r, R] = [sizeOf(up, 1), sizeOf(low, 1)];
  const M = (sizeOf(up, 0) * r) / R;
  return { N: M * slots.length, M, r, R };
}

/** Calls back with the place in U [N,R] of each element of up [S·M,r]. */
function forEachUp({ slots }: LoraAttrs, { M, r, R }: LoraSizes, visit: (up: number, spread: number) => void): void {
  slots.forEach((slot, part) => {
    if (slot < 0) return;
    for (let m = 0; m < M; m++) {
      for (let j = 0; j < r; j++) visit((slot * M + m) * r + j, (part * M + m) * R + slot * r + j);
    }
  });
}

/** Writes U [N,R], which was all zeros. */
export function spreadUp(up: Reals, target: Float64Array | Float32Array, attrs: LoraAttrs, sizes: LoraSizes): void {
  forEachUp(attrs, sizes, (from, to) => (target[to] = attrs.scale * up[from]!));
}

/** dup [S·M,r] from dU [N,R]. */
export function gatherUp(spread: Reals, target: Float64Array | Float32Array, attrs: LoraAttrs, sizes: LoraSizes): void {
  forEachUp(attrs, sizes, (to, from) => (target[to] = attrs.scale * spread[from]!));
}

/** What a LoraLinear reads, and T and K. */
export interface LoraValues {
  readonly weight: Reals;
  readonly low: Reals;
  readonly up: Reals;
  readonly T: number;
  readonly K: number;
}

function spreadOf(up: Reals, attrs: LoraAttrs, sizes: LoraSizes): Float64Array {
  const spread = new Float64Array(sizes.N * sizes.R);
  spreadUp(up, spread, attrs, sizes);
  return spread;
}

/** y and z [T,N], in f64. */
export function loraLinearForward(
  x: Reals,
  bias: Reals,
  { weight, low, up, T, K }: LoraValues,
  attrs: LoraAttrs,
  sizes: LoraSizes,
): { y: Float64Array; z: Float64Array } {
  const { N, R } = sizes;
  const { z } = linearForward(x, weight, bias, { T, K, N }, 'none');
  const change = linearForward(low, spreadOf(up, attrs, sizes), new Float64Array(N), { T, K: R, N }, 'none').z;
  change.forEach((value, i) => (z[i]! += value));
  return { y: z.map(ACTIVATIONS[attrs.activation].value), z };
}

/** dlow [T,R], dup [S·M,r], dx [T,K], in f64. z may be left out for 'none'. */
export function loraLinearBackward(
  dy: Reals,
  { weight, low, up, T, K }: LoraValues,
  z: Reals | undefined,
  attrs: LoraAttrs,
  sizes: LoraSizes,
): { dlow: Float64Array; dup: Float64Array; dx: Float64Array } {
  const { N, R } = sizes;
  const through = (x: Reals, matrix: Reals, width: number) =>
    linearBackward(dy, x, matrix, z, { T, K: width, N }, attrs.activation);
  const { dx: dlow, dweight } = through(low, spreadOf(up, attrs, sizes), R);
  const dup = new Float64Array(up.length);
  gatherUp(dweight, dup, attrs, sizes);
  return { dlow, dup, dx: through(new Float64Array(T * K), weight, K).dx };
}

export const loraLinearCpu: KernelFunction<'LoraLinear', MathBackendCPU> = ({ x, weight, bias, low, up }, attrs, backend) => {
  const [T, K] = [sizeOf(x, 0), sizeOf(x, 1)];
  const sizes = loraSizes(low, up, attrs);
  const values = { weight: floats(backend, weight), low: floats(backend, low), up: floats(backend, up), T, K };
  const { y, z } = loraLinearForward(floats(backend, x), floats(backend, bias), values, attrs, sizes);
  const output = makeFloats(backend, [T, sizes.N], y);
  return attrs.activation === 'none' ? [output] : [output, makeFloats(backend, [T, sizes.N], z)];
};

export const loraLinearGradCpu: KernelFunction<'LoraLinearGrad', MathBackendCPU> = (inputs, attrs, backend) => {
  const { dy, low, up, weight, z } = inputs;
  const sizes = loraSizes(low, up, attrs);
  const [T, K] = [sizeOf(dy, 0), weight ? sizeOf(weight, 1) : 1];
  const frozen = weight ? floats(backend, weight) : new Float64Array(sizes.N);
  const values = { weight: frozen, low: floats(backend, low), up: floats(backend, up), T, K };
  const before = attrs.activation !== 'none' && z ? floats(backend, z) : undefined;
  const { dlow, dup, dx } = loraLinearBackward(floats(backend, dy), values, before, attrs, sizes);
  const gradients = [makeFloats(backend, low.shape, dlow), makeFloats(backend, up.shape, dup)] as const;
  return weight ? [...gradients, makeFloats(backend, [T, K], dx)] : [...gradients];
};
