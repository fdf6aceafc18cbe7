/**
 * A step written down instead of run: while a recording is on, dispatches go into its list. Tensors that the step makes have no
 * memory yet, only a size; the list is complete before the first of them gets a place (memory-plan.ts), and shaders are compiled after
 * it is known which are needed. Tensors that were there before are meant by their buffers.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import { tensorDataOf } from './internals.ts';
import type { GpuBackend } from './gpu-backend.ts';
import type { PipelineEntry } from './pipelines.ts';

/** A tensor that the step makes. */
export interface StepTensor {
  readonly bytes: number;
  /** The buffer that it must lie in, where that was decided before memory is planned. */
  home: GPUBuffer | null;
}

/** Part of a buffer, or of a tensor of the step. Uniform constants are buffers. */
export interface Resource {
  readonly of: StepTensor | GPUBuffer;
  readonly offset: number;
  readonly bytes: number;
  readonly writes: boolean;
}

export interface RecordedDispatch {
  readonly kind: 'dispatch';
  readonly entry: PipelineEntry;
  /** In the order of the shader's bindings. */
  readonly resources: readonly Resource[];
  readonly workgroups: readonly [number, number, number];
  /** Floating point operations, 0 where they do not matter or are not known. */
  readonly flops: number;
}

export interface RecordedCopy {
  readonly kind: 'copy';
  /** [source, target], of equal size. */
  readonly resources: readonly [Resource, Resource];
}

export type RecordedCommand = RecordedDispatch | RecordedCopy;

export interface RecordedOutput {
  readonly source: Resource;
  readonly shape: readonly number[];
}

export function isStepTensor(of: Resource['of']): of is StepTensor {
  return 'home' in of;
}

export class Recording {
  readonly commands: RecordedCommand[] = [];
  outputs: readonly RecordedOutput[] = [];
  /** Buffers of tensors that were there before the step: it is void once one of them is given back. */
  readonly outside = new Set<GPUBuffer>();
  /** Values that the step brings along, in buffers of the recording's own. */
  readonly constants: GPUBuffer[] = [];
  private readonly backend: GpuBackend;
  private readonly made = new WeakSet<object>();
  private readonly known = new WeakMap<object, StepTensor | GPUBuffer>();
  private readonly written = new Set<StepTensor>();

  constructor(backend: GpuBackend) {
    this.backend = backend;
  }

  /** The backend tells of each tensor that is made while the recording is on. */
  addMade(dataId: object): void {
    this.made.add(dataId);
  }

  isMade(dataId: object): boolean {
    return this.made.has(dataId);
  }

  /** What a tensor is in the list. Throws when it is read before anything has written it. */
  resourceOf(tensor: TensorInfo, writes: boolean): Resource {
    const bytes = Math.max(4, 4 * util.sizeFromShape(tensor.shape));
    let of = this.known.get(tensor.dataId);
    if (!of) this.known.set(tensor.dataId, (of = this.find(tensor, bytes)));
    if (!isStepTensor(of)) return { of, offset: 0, bytes: of.size, writes };
    if (writes) this.written.add(of);
    else if (!this.written.has(of))
      throw new Error(`a tensor of shape [${tensor.shape.join(', ')}] is read before it is written`);
    return { of, offset: 0, bytes, writes };
  }

  private find(tensor: TensorInfo, bytes: number): StepTensor | GPUBuffer {
    const { values } = tensorDataOf(this.backend, tensor.dataId);
    if (!this.made.has(tensor.dataId)) {
      const resource = this.backend.bufferOf(tensor);
      this.outside.add(resource);
      return resource;
    }
    return values
      ? this.constant(ArrayBuffer.isView(values) ? values : Int32Array.from(values, Number), bytes)
      : { bytes, home: null };
  }

  private constant(values: ArrayBufferView, bytes: number): GPUBuffer {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_SRC;
    const buffer = this.backend.allocations.create({ label: 'constant of a step', size: bytes, usage, mappedAtCreation: true });
    new Uint8Array(buffer.getMappedRange()).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    buffer.unmap();
    this.constants.push(buffer);
    return buffer;
  }
}
