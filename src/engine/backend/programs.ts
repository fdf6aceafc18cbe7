/**
 * Work that is done over and over with other numbers: a training step, an evaluation's batch. A backend may record it once for each
 * set of shapes and replay it; one that does not runs it each time. Who defines a program cannot tell, but for the time it takes.
 */
import { engine, keep, tensor, type Tensor } from '@tensorflow/tfjs-core';

export type HostArray = Int32Array | Float32Array;
/** What changes from run to run: becomes a tensor of one axis, or of the given shape. */
export type HostInput = HostArray | { readonly values: HostArray; readonly shape: readonly number[] };
export type HostInputs<Name extends string> = { readonly [Key in Name]: HostInput };

/**
 * From input tensors to result tensors. It may run once for many runs: all that changes must come through the inputs or lie in
 * tensors that are written in place, it must not read values, and it must dispose what it makes, except for its results.
 * The inputs are kept, and not the step's to dispose.
 */
export type Step<Name extends string> = (inputs: { readonly [Key in Name]: Tensor }) => readonly Tensor[];

export interface Program<Name extends string> {
  /** Gets ready for inputs of these shapes, computes nothing: `done` of `total` shaders are compiled. */
  prepare(inputs: HostInputs<Name>, onProgress?: (done: number, total: number) => void): Promise<void>;
  /** The step's results for these inputs; the caller disposes them. Throws a Problem where memory does not suffice. */
  run(inputs: HostInputs<Name>): Promise<readonly Tensor[]>;
  /** Ends what was recorded. */
  dispose(): void;
}

export interface Programs {
  define<Name extends string>(step: Step<Name>): Program<Name>;
}

/** A backend that has a better way than running each time. */
interface ProgrammableBackend {
  createPrograms(): Programs;
}

function isProgrammable(backend: object): backend is ProgrammableBackend {
  return 'createPrograms' in backend && typeof backend.createPrograms === 'function';
}

/** For the current backend. Programs that are made together share memory; they run one after another. */
export function createPrograms(): Programs {
  const { backend } = engine();
  return isProgrammable(backend) ? backend.createPrograms() : EAGER_PROGRAMS;
}

/** Runs each time. */
export const EAGER_PROGRAMS: Programs = {
  define: (step) => ({
    prepare: () => Promise.resolve(),
    async run(inputs) {
      const tensors = inputTensors(inputs);
      try {
        return await Promise.resolve(step(tensors));
      } finally {
        for (const each of Object.values<Tensor>(tensors)) each.dispose();
      }
    },
    dispose: () => undefined,
  }),
};

/** Kept tensors of a copy of these values, on the current backend. */
export function inputTensors<Name extends string>(inputs: HostInputs<Name>): { readonly [Key in Name]: Tensor } {
  const entries = Object.entries<HostInput>(inputs).map(([name, input]) => {
    const { values, shape } = withShape(input);
    return [name, keep(tensor(values.slice(), [...shape], values instanceof Int32Array ? 'int32' : 'float32'))];
  });
  return Object.fromEntries(entries) as { readonly [Key in Name]: Tensor };
}

export function withShape(input: HostInput): Exclude<HostInput, HostArray> {
  return 'values' in input && 'shape' in input ? input : { values: input, shape: [input.length] };
}
