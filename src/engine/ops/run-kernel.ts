/** The one way from an op to tfjs's engine: names carry the prefix "tabtune.", inputs and outputs the contract's types. */
import {
  engine,
  registerKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { KernelName, Kernels, KernelTable } from './contract.ts';

type Tensors<Inputs> = { [Key in keyof Inputs]: Inputs[Key] extends TensorInfo ? Tensor : Tensor | undefined };
type Outputs<T extends readonly TensorInfo[]> = { [Key in keyof T]: Tensor };

/** Runs a kernel on the current backend. Inputs that are undefined are left out. */
export function runKernel<Name extends KernelName>(
  name: Name,
  inputs: Tensors<Kernels[Name]['inputs']>,
  attrs: Kernels[Name]['attrs'],
): Outputs<Kernels[Name]['outputs']> {
  const present: NamedTensorMap = {};
  for (const [key, tensor] of Object.entries<Tensor | undefined>(inputs)) if (tensor) present[key] = tensor;
  const outputs: Tensor | Tensor[] = engine().runKernel(`tabtune.${name}`, present, attrs as unknown as NamedAttrMap);
  return (Array.isArray(outputs) ? outputs : [outputs]) as Outputs<Kernels[Name]['outputs']>;
}

/** A backend that gives back what a kernel had made before it failed. */
interface UndoingBackend {
  runOrUndo<Result>(kernel: () => Result): Result;
}

function isUndoing(backend: object): backend is UndoingBackend {
  return 'runOrUndo' in backend && typeof backend.runOrUndo === 'function';
}

/** Registers all kernels of one backend with tfjs. */
export function registerKernels<Backend extends KernelBackend>(backendName: string, table: KernelTable<Backend>): void {
  for (const name of Object.keys(table) as KernelName[]) {
    // tfjs hands over what was registered under this name: its types cannot tell one kernel's inputs from another's.
    const kernel = table[name] as (inputs: never, attrs: never, backend: never) => TensorInfo[];
    registerKernel({
      kernelName: `tabtune.${name}`,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const run = (): TensorInfo[] => kernel(inputs as never, (attrs ?? {}) as never, backend as never);
        return isUndoing(backend) ? backend.runOrUndo(run) : run();
      },
    });
  }
}
