/**
 * Our tfjs backend on WebGPU: tfjs's own with our device, buffers, pipelines and rules for values on the CPU. Kernels reach it
 * through dispatch.ts.
 */
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { env, util, type BackendValues, type DataType, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelCall, Peaks } from '../kernel-times.ts';
import type { Profiling } from '../profiling.ts';
import { EAGER_PROGRAMS, type Programs } from '../programs.ts';
import { macrotask } from '../../../lib/macrotask.ts';
import type { Problem } from '../../../lib/problem.ts';
import { Allocations } from './allocations.ts';
import { BufferPool } from './buffer-pool.ts';
import { endDevice, lostProblem } from './device.ts';
import { internalsOf, tensorDataOf, type TensorData } from './internals.ts';
import { measureGpuPeaks } from './peaks.ts';
import { Pipelines, Uniforms } from './pipelines.ts';
import { Profiler } from './profile.ts';
import { RecordedPrograms } from './recorded-programs.ts';
import { Recording } from './recording.ts';

export class GpuBackend extends WebGPUBackend implements Profiling {
  readonly pipelines: Pipelines;
  readonly uniforms: Uniforms;
  readonly allocations: Allocations;
  readonly pool: BufferPool;
  /** Set while a step is written down: dispatches then go there. */
  recording: Recording | null = null;
  /** Uploads of which it is not known yet whether there was room for them. */
  private readonly uploads: {
    readonly dataId: object;
    readonly data: TensorData;
    readonly values: BackendValues;
    readonly resource: GPUBuffer;
  }[] = [];
  /** Set while a profile is taken: replays then go through it. */
  profiler: Profiler | null = null;
  /** Why nothing works any more, once the device is lost. */
  loss: Problem | null = null;
  /** False: programs run each time, which tests and benchmarks compare with. */
  recordsPrograms = true;
  /**
   * On a software adapter: kernels then hold little workgroup memory and unroll little. SwiftShader clears that memory by unrolled code,
   * which takes it seconds to compile where a GPU's compiler takes no time.
   */
  lean: boolean;
  /** What the adapter says of itself. */
  readonly info: GPUAdapterInfo;

  /** The most bytes of a tensor that a kernel can see at once; larger ones are worked on in parts (parts.ts). Tests lower it. */
  bindingLimit: number;
  /** Sums over a large tensor are made of pieces of this size on every GPU, whatever it binds, so that their bits do not depend on it. */
  pieceBytes = 64 * 2 ** 20;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.info = info;
    this.lean = info.isFallbackAdapter;
    this.bindingLimit = device.limits.maxStorageBufferBindingSize;
    this.pipelines = new Pipelines(device);
    this.allocations = new Allocations(device);
    this.uniforms = new Uniforms(this.allocations);
    void device.lost.then((lost) => (this.loss = lostProblem(lost)));
    this.pool = new BufferPool(device, this.allocations);
    this.bufferManager = this.pool as unknown as WebGPUBackend['bufferManager'];
  }

  /** What `createPrograms` of programs.ts gives on this backend. */
  createPrograms(): Programs {
    return this.recordsPrograms ? new RecordedPrograms(this) : EAGER_PROGRAMS;
  }

  /** The dispatches of programs; what is not recorded is not seen. */
  async profile(work: () => Promise<unknown>): Promise<readonly KernelCall[]> {
    const profiler = new Profiler(this);
    this.profiler = profiler;
    try {
      await work();
    } finally {
      this.profiler = null;
    }
    return profiler.calls();
  }

  measurePeaks(): Promise<Peaks> {
    return measureGpuPeaks(this);
  }

  /**
   * Calls a step that makes tensors of others, and writes down what it dispatches instead of running it. Its results are disposed: they
   * are in the recording's outputs. Throws when the step does what cannot be replayed: reads values, runs a kernel of tfjs's own, or
   * disposes tensors from outside.
   */
  record(step: () => readonly Tensor[]): Recording {
    if (this.recording) throw new Error('a step is being recorded already');
    const recording = new Recording(this);
    this.recording = recording;
    try {
      const results = step();
      recording.outputs = results.map((result) => ({ source: recording.resourceOf(result, false), shape: result.shape }));
      for (const each of results) each.dispose();
      return recording;
    } finally {
      this.recording = null;
    }
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): object {
    const dataId = super.write(values, shape, dtype);
    this.recording?.addMade(dataId);
    return dataId;
  }

  override disposeData(dataId: object, force = false): boolean {
    if (this.recording && !this.recording.isMade(dataId) && this.refCount(dataId) === 1) {
      throw new Error('a recorded step disposed a tensor that it did not make');
    }
    return super.disposeData(dataId, force);
  }

  override runWebGPUProgram(...args: Parameters<WebGPUBackend['runWebGPUProgram']>): TensorInfo {
    if (this.recording) {
      const [{ variableNames, outputShape }] = args;
      throw new Error(
        `a recorded step ran one of tfjs's own kernels (inputs ${variableNames.join(', ')}, output [${outputShape.join(', ')}]): it needs a kernel in src/engine/ops`,
      );
    }
    return super.runWebGPUProgram(...args);
  }

  /**
   * Reads from the GPU each time. tfjs keeps the values on the CPU after a read, where they grow stale as soon as a kernel writes
   * the tensor in place.
   */
  override async read(dataId: object): Promise<BackendValues> {
    this.refuseReading();
    const { values, resource, dtype } = tensorDataOf(this, dataId);
    if (values || !(resource instanceof GPUBuffer)) return super.read(dataId);
    const bytes = await this.unlessLost(this.getBufferData(resource));
    await this.expectRoom();
    return util.convertBackendValuesAndArrayBuffer(bytes, dtype);
  }

  /** Waits until all new buffers are known to be there; throws a Problem where one is not. Weights that were on their way stay on the host then. */
  async expectRoom(): Promise<void> {
    if (!this.allocations.arePending) return;
    const uploads = this.uploads.splice(0);
    try {
      await this.allocations.settled();
    } catch (error) {
      for (const { dataId, data, values, resource } of uploads) {
        if (!this.tensorMap.has(dataId) || data.resource !== resource) continue;
        this.pool.releaseBuffer(resource, false);
        Object.assign(data, { resource: null, values });
      }
      throw error;
    }
  }

  /** Waits for work on the device; a failure of a device that is lost is told in words. */
  async unlessLost<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      // The promise of the loss may come a little after the failures that it causes.
      await macrotask();
      if (!this.loss) await this.expectRoom();
      throw this.loss ?? error;
    }
  }

  /** Throws where the device is lost. */
  expectDevice(): void {
    if (this.loss) throw this.loss;
  }

  override readSync(dataId: object): BackendValues {
    this.refuseReading();
    return super.readSync(dataId);
  }

  /** The buffer of a tensor, uploaded or allocated if it has none yet. */
  bufferOf({ dataId, shape }: TensorInfo): GPUBuffer {
    const data = tensorDataOf(this, dataId);
    const { values } = data;
    const isNew = !data.resource;
    this.uploadToGPU(dataId);
    const { resource } = data;
    if (isNew && values && resource instanceof GPUBuffer) this.uploads.push({ dataId, data, values, resource });
    if (!(resource instanceof GPUBuffer)) throw new Error(`a tensor of shape [${shape.join(', ')}] has no GPU buffer`);
    return resource;
  }

  private refuseReading(): void {
    if (this.recording)
      throw new Error('a recorded step read the values of a tensor: let it return the tensor, and read it after the step');
  }

  /** Called after each dispatch: submits when enough are recorded. */
  countDispatch(): void {
    const internals = internalsOf(this);
    internals.dispatchCountInPass++;
    if (internals.dispatchCountInPass >= env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) {
      this.endComputePassEncoder();
      this.submitQueue();
    }
  }

  /** Submits what is recorded, if anything. */
  flush(): void {
    this.endComputePassEncoder();
    if (internalsOf(this).commandEncoder) this.submitQueue();
  }

  /** Ends the device too: it is ours alone. */
  override dispose(): void {
    this.uniforms.dispose();
    super.dispose();
    endDevice(this.device);
  }
}
