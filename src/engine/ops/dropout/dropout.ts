/**
 * Dropout: y = x · factor, factor 0 with probability `rate`, else f32(1 / (1 - rate)); x of any shape.
 * Kept for backward: nothing, the factors are drawn again (see philox.ts). Its gradient is itself on dy.
 * Source: Srivastava et al. 2014, in the inverted form of torch.nn.functional.dropout.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { DropoutAttrs, KernelFunction } from '../contract.ts';
import { floats, ints, makeFloats, type Reals } from '../cpu-values.ts';
import { defineOp, expectShape } from '../define-op.ts';
import { runKernel } from '../run-kernel.ts';
import { dropoutFactors } from './philox.ts';

const record = defineOp<{ x: Tensor }, { rng: Tensor; dropout: DropoutAttrs }, Record<string, never>>({
  forward: ({ x }, { rng, dropout }) => ({ output: runKernel('Dropout', { x, rng }, { dropout })[0], kept: {} }),
  backward: (dy, _kept, { rng, dropout }) => ({ x: runKernel('Dropout', { x: dy, rng }, { dropout })[0] }),
});

/** Throws for a rate outside [0, 1) or an rng that is not [3]. Shared by the ops that drop. */
export function expectDropout(op: string, rng: Tensor, { rate, stream }: DropoutAttrs): void {
  if (!(rate >= 0 && rate < 1)) throw new Error(`${op}: dropout rate must be in [0, 1), is ${rate}`);
  if (!Number.isInteger(stream) || stream < 0) throw new Error(`${op}: dropout stream must be a whole number, is ${stream}`);
  expectShape(op, 'rng', rng, [3]);
}

/** x [...] -> [...]. rng int32 [3] = [seed_lo, seed_hi, step]. Rate 0 returns x itself. */
export function dropout(x: Tensor, rng: Tensor, attrs: DropoutAttrs): Tensor {
  expectDropout('dropout', rng, attrs);
  return attrs.rate === 0 ? x : record({ x }, { rng, dropout: attrs });
}

/** x times its factors, in f64. */
export function dropoutForward(x: Reals, attrs: DropoutAttrs, rng: Int32Array): Float64Array {
  const factor = dropoutFactors(attrs, () => rng);
  return Float64Array.from(x, (value, element) => value * factor(element, 0));
}

export const dropoutCpu: KernelFunction<'Dropout', MathBackendCPU> = ({ x, rng }, attrs, backend) => [
  makeFloats(backend, x.shape, dropoutForward(floats(backend, x), attrs.dropout, ints(backend, rng))),
];
