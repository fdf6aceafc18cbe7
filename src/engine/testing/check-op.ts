/**
 * One helper that runs an op forward and backward on a backend and compares output and every gradient with the reference
 * kernels on `cpu`. It also sees to it that nothing is left in memory.
 */
import { engine, keep, memory, setBackend, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { BackendName } from '../backend/types.ts';
import { expectAllClose } from './all-close.ts';
import { normals } from './inputs.ts';
import { TOLERANCES, type Tolerance } from './tolerances.ts';

export interface Values {
  readonly shape: readonly number[];
  /** f32 for inputs that get a gradient (f64 is rounded), int32 for constants. */
  readonly values: Float64Array | Float32Array | Int32Array;
}

export interface OpCase<Input extends string, Constant extends string> {
  /** Those that get a gradient. */
  readonly inputs: { readonly [Name in Input]: Values };
  /** Ids, offsets, rng. */
  readonly constants: { readonly [Name in Constant]: Values };
  readonly run: (inputs: { readonly [Name in Input]: Tensor }, constants: { readonly [Name in Constant]: Tensor }) => Tensor;
}

export interface OpResult {
  readonly shape: readonly number[];
  readonly output: Float32Array;
  readonly gradients: Readonly<Record<string, Float32Array>>;
}

async function read(value: Tensor): Promise<Float32Array> {
  const values = await value.data();
  if (!(values instanceof Float32Array)) throw new Error(`expected float32 values, found ${value.dtype}`);
  return values.slice();
}

function makeTensors<Name extends string>(values: { readonly [K in Name]: Values }): { readonly [K in Name]: Tensor } {
  const entries = Object.entries<Values>(values).map(([name, { shape, values: data }]) => {
    const isInt = data instanceof Int32Array;
    return [name, tensor(isInt ? data.slice() : Float32Array.from(data), [...shape], isInt ? 'int32' : 'float32')];
  });
  return Object.fromEntries(entries) as { readonly [K in Name]: Tensor };
}

/** The op's output and its gradients for a seeded dy, on the given backend, which stays the current one. */
export async function runOp<Input extends string, Constant extends string>(
  backend: BackendName,
  { inputs, constants, run }: OpCase<Input, Constant>,
): Promise<OpResult> {
  if (!(await setBackend(backend))) throw new Error(`the backend ${backend} could not be set`);
  const before = memory().numTensors;
  const inputTensors = makeTensors(inputs);
  const constantTensors = makeTensors(constants);
  const plain = tidy(() => run(inputTensors, constantTensors));
  const dy = keep(tensor(Float32Array.from(normals(99, plain.size)), plain.shape));
  const names = Object.keys(inputs) as Input[];
  const xs = names.map((name) => inputTensors[name]);
  const { value, grads } = engine().gradients(() => run(inputTensors, constantTensors), xs, dy);
  const output = await read(value);
  expectAllClose('output under a tape', output, await read(plain), TOLERANCES.exact);
  const gradients: Record<string, Float32Array> = {};
  for (const [i, name] of names.entries()) gradients[name] = await read(grads[i]!);
  const made = [...xs, ...Object.values<Tensor>(constantTensors), plain, dy, value, ...grads];
  for (const each of made) each.dispose();
  const left = memory().numTensors - before;
  if (left !== 0) throw new Error(`${left} tensors were left in memory on ${backend}`);
  return { shape: plain.shape, output, gradients };
}

/** The op's output alone, for comparing with stock tfjs operations (whose gradients tfjs-core does not register in Node). */
export async function runForward<Input extends string, Constant extends string>(
  backend: BackendName,
  { inputs, constants, run }: OpCase<Input, Constant>,
): Promise<Float32Array> {
  if (!(await setBackend(backend))) throw new Error(`the backend ${backend} could not be set`);
  const result = tidy(() => run(makeTensors(inputs), makeTensors(constants)));
  const output = await read(result);
  result.dispose();
  return output;
}

/** Throws unless output and gradients on the backend are those of the reference kernels on `cpu`. */
export async function checkOp<Input extends string, Constant extends string>(
  backend: BackendName,
  opCase: OpCase<Input, Constant>,
  tolerance: Tolerance = TOLERANCES.kernel,
): Promise<void> {
  const expected = await runOp('cpu', opCase);
  const actual = await runOp(backend, opCase);
  if (`${actual.shape}` !== `${expected.shape}`)
    throw new Error(`output has shape [${actual.shape}], expected [${expected.shape}]`);
  expectAllClose('output', actual.output, expected.output, tolerance);
  for (const [name, gradient] of Object.entries(expected.gradients)) {
    expectAllClose(`d${name}`, actual.gradients[name] ?? new Float32Array(0), gradient, tolerance);
  }
}
