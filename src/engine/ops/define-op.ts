/**
 * How an op meets tfjs's tape: forward and backward declared together as data. A backward that is missing, or that forgets
 * an input, does not compile. Several kernel outputs stay off the tape (tfjs would want a gradient for each), only `output`
 * is on it. Nothing here computes.
 */
import { customGrad, engine, Tensor, tidy, type GradSaveFunc } from '@tensorflow/tfjs-core';
import { freeze, isFrozen } from './frozen.ts';
import { packHalves, unpackHalves } from './half/half.ts';
import { keepsHalves } from './half/keeping.ts';

function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}

/** Whether ops are noted for backward now: not in the first pass of a checkpoint, where what they keep goes at once. */
function isNoted(): boolean {
  const { gradientDepth, kernelDepth } = engine().state;
  return gradientDepth > 0 && kernelDepth === 0;
}

type Named = { readonly [name: string]: Tensor | undefined };

/** Whether the gradient of each input is asked for: not where it is absent or frozen (frozen.ts). */
export type Needs<Inputs> = { readonly [Name in keyof Inputs]: boolean };

/**
 * Inputs get gradients. Constants (ids, offsets, rng, attributes) do not; backward sees the same tensors, so they must
 * live until it ran: make them outside the function that is differentiated.
 */
export interface OpRecord<Inputs extends Named, Constants, Kept extends Named> {
  /** Those of `kept` that may be kept in 16 bits (half/keeping.ts): activations, not weights and not what exponentials are taken of. */
  readonly halves?: readonly (keyof Kept & string)[];
  /** `kept` may leave out what only gradients that are not needed would read. */
  readonly forward: (
    inputs: Inputs,
    constants: Constants,
    needs: Needs<Inputs>,
  ) => { readonly output: Tensor; readonly kept: Kept };
  /** dy has `output`'s shape; one gradient for each input, of its shape. One that is not needed may be undefined, else it is dropped. */
  readonly backward: (
    dy: Tensor,
    kept: Kept,
    constants: Constants,
    needs: Needs<Inputs>,
  ) => { readonly [Name in keyof Inputs]-?: Tensor | undefined };
}

/**
 * The op as a function on tensors. Backward disposes what was kept and `dy` as soon as it is done with them (tfjs would hold
 * every gradient of the network until the end), so a `dy` handed to tfjs from outside must be a kept tensor (`tf.keep`),
 * and gradients of gradients are not possible.
 */
export function defineOp<Inputs extends Named, Constants, Kept extends Named>(
  record: OpRecord<Inputs, Constants, Kept>,
): (inputs: Inputs, constants: Constants) => Tensor {
  return (inputs, constants) => {
    const isNeeded = (name: keyof Inputs): boolean => inputs[name] !== undefined && !isFrozen(inputs[name]);
    const names = (Object.keys(inputs) as (keyof Inputs)[]).filter(isNeeded);
    const needs = Object.fromEntries(Object.keys(inputs).map((name) => [name, isNeeded(name)])) as Needs<Inputs>;
    if (names.length === 0) return freeze(tidy(() => record.forward(inputs, constants, needs).output));
    const tensors = names.map((name) => inputs[name]!);
    const halves = keepsHalves() && isNoted();
    const run = customGrad((...args) => {
      const save = args[tensors.length] as GradSaveFunc;
      const { output, kept } = record.forward(inputs, constants, needs);
      const keptEntries = Object.entries(kept).filter((entry): entry is [string, Tensor] => entry[1] !== undefined);
      const isHalved = keptEntries.map(([name]) => halves && (record.halves?.includes(name) ?? false));
      save(keptEntries.map(([, tensor], i) => (isHalved[i] ? packHalves(tensor) : tensor)));
      const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
        const unpacked = saved.map((tensor, i) => (isHalved[i] ? unpackHalves(tensor, keptEntries[i]![1].shape) : tensor));
        const keptAgain = Object.fromEntries<Tensor | undefined>(keptEntries.map(([name], i) => [name, unpacked[i]])) as Kept;
        const gradients = record.backward(dy, keptAgain, constants, needs);
        for (const tensor of new Set([...saved, ...unpacked])) tensor.dispose();
        if (!dy.kept) dy.dispose();
        for (const name of Object.keys(gradients)) if (!needs[name]) gradients[name]?.dispose();
        return names.map((name) => {
          const gradient: unknown = gradients[name];
          if (!isTensor(gradient)) throw new Error(`backward left out the gradient of ${String(name)}`);
          return gradient;
        });
      };
      return { value: output, gradFunc };
    });
    return run(...tensors);
  };
}

/** Throws when a tensor has not the shape that the op needs; -1 stands for any size. A wrong shape is a mistake of ours. */
export function expectShape(op: string, name: string, tensor: Tensor, shape: readonly number[]): void {
  const fits = tensor.rank === shape.length && shape.every((size, axis) => size === -1 || tensor.shape[axis] === size);
  if (!fits) {
    const wanted = shape.map((size) => (size === -1 ? 'any' : size)).join(', ');
    throw new Error(`${op}: ${name} must be [${wanted}], is [${tensor.shape.join(', ')}]`);
  }
}

/** The size of a tensor's axis, which `expectShape` has checked to be there. */
export function sizeOf(tensor: { readonly shape: readonly number[] }, axis: number): number {
  const size = tensor.shape[axis];
  if (size === undefined) throw new Error(`a tensor of shape [${tensor.shape.join(', ')}] has no axis ${axis}`);
  return size;
}
