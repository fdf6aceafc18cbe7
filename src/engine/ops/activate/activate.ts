/**
 * An activation by itself, where it does not follow a linear layer at once: y = activation(z), z of any shape.
 * Kept for backward: z. dz = dy ∘ activation'(z). Formulas and sources: linear/activations.ts.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Activation, KernelFunction } from '../contract.ts';
import { floats, makeFloats } from '../cpu-values.ts';
import { defineOp } from '../define-op.ts';
import { ACTIVATIONS } from '../linear/activations.ts';
import { runKernel } from '../run-kernel.ts';

type Bent = Exclude<Activation, 'none'>;

const record = defineOp<{ z: Tensor }, { activation: Bent }, { z: Tensor }>({
  halves: ['z'],
  forward: ({ z }, { activation }) => ({ output: runKernel('Activate', { z }, { activation })[0], kept: { z } }),
  backward: (dy, { z }, { activation }) => ({ z: runKernel('ActivateGrad', { dy, z }, { activation })[0] }),
});

/** z [...] -> [...]. 'none' returns z itself. */
export function activate(z: Tensor, activation: Activation): Tensor {
  return activation === 'none' ? z : record({ z }, { activation });
}

export const activateCpu: KernelFunction<'Activate', MathBackendCPU> = ({ z }, { activation }, backend) => [
  makeFloats(backend, z.shape, Float64Array.from(floats(backend, z), ACTIVATIONS[activation].value)),
];

export const activateGradCpu: KernelFunction<'ActivateGrad', MathBackendCPU> = ({ dy, z }, { activation }, backend) => {
  const upstream = floats(backend, dy);
  const { slope } = ACTIVATIONS[activation];
  return [
    makeFloats(
      backend,
      z.shape,
      Float64Array.from(floats(backend, z), (value, i) => upstream[i]! * slope(value)),
    ),
  ];
};
