/**
 * Linear with its activation: z = x·Wᵀ + b, y = activation(z).
 * x [T,K], weight [N,K], bias [N] -> y [T,N]. Kept for backward: x, weight, and z [T,N] unless the activation is 'none'.
 * dz = dy ∘ activation'(z); dx = dz·W, dW = dzᵀ·x, db = column sums of dz.
 * Source: torch.nn.Linear; the activations are those of `hidden_act` (activations.ts).
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { Activation, KernelFunction, Kernels, LinearNeeds } from '../contract.ts';
import { floats, makeFloats, type Reals } from '../cpu-values.ts';
import { defineOp, expectShape, sizeOf, type Needs } from '../define-op.ts';
import { runKernel } from '../run-kernel.ts';
import { ACTIVATIONS } from './activations.ts';

type Inputs = { x: Tensor; weight: Tensor; bias: Tensor };
type Kept = { x: Tensor | undefined; weight: Tensor | undefined; z: Tensor | undefined };

/** The weight's gradient and the bias's are made together. */
function linearNeeds(needs: Needs<Inputs>): LinearNeeds {
  return { input: needs.x, weight: needs.weight || needs.bias };
}

const record = defineOp<Inputs, { activation: Activation }, Kept>({
  halves: ['x', 'z'],
  forward: ({ x, weight, bias }, { activation }, asked) => {
    const [output, z] = runKernel('Linear', { x, weight, bias }, { activation });
    if (!output || (activation !== 'none' && !z)) throw new Error('linear: the kernel left out an output');
    const needs = linearNeeds(asked);
    return {
      output,
      kept: {
        x: needs.weight ? x : undefined,
        weight: needs.input ? weight : undefined,
        z: activation === 'none' ? undefined : z,
      },
    };
  },
  backward: (dy, { x, weight, z }, { activation }, asked) => {
    const needs = linearNeeds(asked);
    const gradients = runKernel('LinearGrad', { dy, x, weight, z }, { activation, needs });
    const [dweight, dbias] = needs.input ? gradients.slice(1) : gradients;
    return { x: needs.input ? gradients[0] : undefined, weight: dweight, bias: dbias };
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

export const linearGradCpu: KernelFunction<'LinearGrad', MathBackendCPU> = (inputs, { activation, needs }, backend) => {
  const { T, K, N } = linearGradSizes(inputs, needs);
  const read = (tensor: TensorInfo | undefined, size: number): Reals =>
    tensor ? floats(backend, tensor) : new Float64Array(size);
  const { dx, dweight, dbias } = linearBackward(
    floats(backend, inputs.dy),
    read(inputs.x, T * K),
    read(inputs.weight, N * K),
    activation !== 'none' && inputs.z ? floats(backend, inputs.z) : undefined,
    { T, K, N },
    activation,
  );
  return [
    ...(needs.input ? [makeFloats(backend, [T, K], dx)] : []),
    ...(needs.weight ? [makeFloats(backend, [N, K], dweight), makeFloats(backend, [N], dbias)] : []),
  ];
};

/** The sizes of a LinearGrad; throws where an input that the needed gradients are made of is missing. */
export function linearGradSizes({ dy, x, weight }: Kernels['LinearGrad']['inputs'], needs: LinearNeeds): LinearSizes {
  const known = x ?? weight;
  if (!known || (needs.weight && !x) || (needs.input && !weight)) throw new Error('LinearGrad: an input is missing');
  return { T: sizeOf(dy, 0), N: sizeOf(dy, 1), K: sizeOf(known, 1) };
}
