/**
 * Linear with its activation: z = x·Wᵀ + b, y = activation(z).
 * x [T,K], weight [N,K], bias [N] -> y [T,N]. Kept for backward: x, weight, and z [T,N] unless the activation is 'none'.
 * dz = dy ∘ activation'(z); dx = dz·W, dW = dzᵀ·x, db = column sums of dz.
 * Source: torch.nn.Linear; the activations are those of `hidden_act` (activations.ts).
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Activation, KernelFunction } from '../contract.ts';
import { floats, makeFloats, type Reals } from '../cpu-values.ts';
import { defineOp, expectShape, sizeOf } from '../define-op.ts';
import { runKernel } from '../run-kernel.ts';
import { ACTIVATIONS } from './activations.ts';

type Inputs = { x: Tensor; weight: Tensor; bias: Tensor };
type Kept = { x: Tensor; weight: Tensor; z: Tensor | undefined };

const record = defineOp<Inputs, { activation: Activation }, Kept>({
  forward: ({ x, weight, bias }, { activation }) => {
    const [output, z] = runKernel('Linear', { x, weight, bias }, { activation });
    if (!output || (activation !== 'none' && !z)) throw new Error('linear: the kernel left out an output');
    return { output, kept: { x, weight, z: activation === 'none' ? undefined : z } };
  },
  backward: (dy, { x, weight, z }, { activation }) => {
    const [dx, dweight, dbias] = runKernel('LinearGrad', { dy, x, weight, ...(z && { z }) }, { activation });
    return { x: dx, weight: dweight, bias: dbias };
  },
});

/** x [T,K], weight [N,K], bias [N] -> [T,N]. */
export function linear(x: Tensor, weight: Tensor, bias: Tensor, activation: Activation = 'none'): Tensor {
  expectShape('linear', 'x', x, [-1, -1]);
  expectShape('linear', 'weight', weight, [-1, sizeOf(x, 1)]);
  expectShape('linear', 'bias', bias, [sizeOf(weight, 0)]);
  return record({ x, weight, bias }, { activation });
}

/** The sizes of a linear: x [T,K] -> [T,N]. */
export interface LinearSizes {
  readonly T: number;
  readonly K: number;
  readonly N: number;
}

/** y and z [T,N], in f64. */
export function linearForward(
  x: Reals,
  weight: Reals,
  bias: Reals,
  { T, K, N }: LinearSizes,
  activation: Activation,
): { y: Float64Array; z: Float64Array } {
  const z = new Float64Array(T * N);
  for (let t = 0; t < T; t++) {
    for (let n = 0; n < N; n++) {
      let sum = bias[n]!;
      for (let k = 0; k < K; k++) sum += x[t * K + k]! * weight[n * K + k]!;
      z[t * N + n] = sum;
    }
  }
  return { y: z.map(ACTIVATIONS[activation].value), z };
}

/** dx [T,K], dweight [N,K], dbias [N], in f64. z may be left out for 'none'. */
export function linearBackward(
  dy: Reals,
  x: Reals,
  weight: Reals,
  z: Reals | undefined,
  { T, K, N }: LinearSizes,
  activation: Activation,
): { dx: Float64Array; dweight: Float64Array; dbias: Float64Array } {
  const { slope } = ACTIVATIONS[activation];
  const dx = new Float64Array(T * K);
  const dweight = new Float64Array(N * K);
  const dbias = new Float64Array(N);
  for (let t = 0; t < T; t++) {
    for (let n = 0; n < N; n++) {
      const dz = z ? dy[t * N + n]! * slope(z[t * N + n]!) : dy[t * N + n]!;
      dbias[n]! += dz;
      for (let k = 0; k < K; k++) {
        dx[t * K + k]! += dz * weight[n * K + k]!;
        dweight[n * K + k]! += dz * x[t * K + k]!;
      }
    }
  }
  return { dx, dweight, dbias };
}

export const linearCpu: KernelFunction<'Linear', MathBackendCPU> = ({ x, weight, bias }, { activation }, backend) => {
  const sizes = { T: sizeOf(x, 0), K: sizeOf(x, 1), N: sizeOf(weight, 0) };
  const { y, z } = linearForward(floats(backend, x), floats(backend, weight), floats(backend, bias), sizes, activation);
  const output = makeFloats(backend, [sizes.T, sizes.N], y);
  return activation === 'none' ? [output] : [output, makeFloats(backend, [sizes.T, sizes.N], z)];
};

export const linearGradCpu: KernelFunction<'LinearGrad', MathBackendCPU> = ({ dy, x, weight, z }, { activation }, backend) => {
  const sizes = { T: sizeOf(x, 0), K: sizeOf(x, 1), N: sizeOf(weight, 0) };
  const before = activation !== 'none' && z ? floats(backend, z) : undefined;
  const { dx, dweight, dbias } = linearBackward(
    floats(backend, dy),
    floats(backend, x),
    floats(backend, weight),
    before,
    sizes,
    activation,
  );
  return [makeFloats(backend, x.shape, dx), makeFloats(backend, weight.shape, dweight), makeFloats(backend, [sizes.N], dbias)];
};
