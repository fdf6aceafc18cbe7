/**
 * The tfjs backend `simd`: float32 and int32 tensors live in one WebAssembly memory, where our kernels (ops/*.simd-host.ts) find
 * them by address. Everything else (strings, booleans, complex numbers, and the results of kernels borrowed from tfjs's
 * `cpu` backend) stays in JavaScript arrays, as there; such a result is moved into the memory when one of our kernels first asks for it.
 */
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelCall, Peaks } from '../kernel-times.ts';
import type { Profiling } from '../profiling.ts';
import { createMemory, Heap, type Block } from './heap.ts';
import { Jobs } from './jobs.ts';
import { measureCpuPeaks } from './peaks.ts';
import { startThreads, type SpawnThread, type Thread } from './threads.ts';

type Data = ReturnType<MathBackendCPU['data']['get']>;
type HeapType = 'float32' | 'int32';

/** A tensor's values in the heap. Borrowed kernels read `values`, a view. */
class HeapData {
  readonly block: Block;
  readonly dtype: HeapType;
  refCount: number;
  private readonly heap: Heap;
  private readonly length: number;

  constructor(heap: Heap, length: number, dtype: HeapType, refCount = 1) {
    this.heap = heap;
    this.block = heap.allocate(length * 4);
    this.length = length;
    this.dtype = dtype;
    this.refCount = refCount;
  }

  get values(): Float32Array | Int32Array {
    const { buffer } = this.heap;
    const { address } = this.block;
    return this.dtype === 'float32'
      ? new Float32Array(buffer, address, this.length)
      : new Int32Array(buffer, address, this.length);
  }
}

function isHeapArray(values: unknown): values is Float32Array | Int32Array {
  return values instanceof Float32Array || values instanceof Int32Array;
}

function isHeapType(dtype: DataType): dtype is HeapType {
  return dtype === 'float32' || dtype === 'int32';
}

export class SimdBackend extends MathBackendCPU implements Profiling {
  private readonly bounded = createMemory();
  readonly memoryObject = this.bounded.memory;
  readonly heap = new Heap(this.memoryObject, this.bounded.bytesAtMost);
  readonly jobs: Jobs;
  private readonly module: WebAssembly.Module;
  private helpers: Thread[] = [];
  /** Data that the kernel which runs has made so far. */
  private made: object[] | null = null;

  /** `module` is one of the two builds of kernels.simd.ts (module.ts chooses). It runs on the caller's thread alone at first. */
  constructor(module: WebAssembly.Module) {
    super();
    this.module = module;
    this.jobs = new Jobs(module, this.memoryObject, this.heap);
  }

  /** Starts helper threads until `count` threads work, the caller's included, and returns how many do: those that failed are left out. */
  async startThreads(count: number, spawn: SpawnThread): Promise<number> {
    const start = { module: this.module, memory: this.memoryObject };
    const started = await startThreads(spawn, start, count - 1 - this.helpers.length);
    for (const helper of started) helper.serve(this.helpers.push(helper));
    this.jobs.threads = this.helpers.length + 1;
    return this.jobs.threads;
  }

  /** Runs a kernel. What it had made is given back where it fails: memory may suffice for its first output and not for the second. */
  runOrUndo<Result>(kernel: () => Result): Result {
    const before = this.made;
    const made: object[] = (this.made = []);
    try {
      return kernel();
    } catch (error) {
      for (const dataId of made) if (this.data.has(dataId)) this.disposeData(dataId, true);
      throw error;
    } finally {
      this.made = before;
    }
  }

  /** A new tensor whose values are not yet written. */
  allocateTensor(shape: readonly number[], dtype: HeapType = 'float32'): TensorInfo {
    const length = shape.reduce((product, side) => product * side, 1);
    return { dataId: this.store(new HeapData(this.heap, length, dtype)), shape: [...shape], dtype };
  }

  /** The same values once more, as another output. */
  shareTensor({ dataId, shape, dtype }: TensorInfo): TensorInfo {
    this.incRef(dataId);
    return { dataId, shape: [...shape], dtype };
  }

  /** The address of a float32 or int32 tensor's values, valid until it is disposed. */
  address({ dataId, dtype }: TensorInfo): number {
    const data = this.data.get(dataId);
    if (data instanceof HeapData) return data.block.address;
    const { values, refCount } = data;
    if (!isHeapType(dtype) || !isHeapArray(values)) throw new Error(`a ${dtype} tensor has no address`);
    const moved = this.copyToHeap(values, dtype, refCount);
    this.data.delete(dataId);
    this.data.set(dataId, moved);
    return moved.block.address;
  }

  /** A tensor's values, not a copy: a view on the heap where they are there. */
  view({ dataId, dtype }: TensorInfo): Float32Array | Int32Array {
    const { values } = this.data.get(dataId);
    if (!isHeapArray(values)) throw new Error(`a ${dtype} tensor has no numbers to look at`);
    return values;
  }

  /** Values from a caller, who keeps the array: copied. */
  override write(values: backend_util.BackendValues, _shape: number[], dtype: DataType): object {
    if (isHeapType(dtype) && isHeapArray(values)) return this.store(this.copyToHeap(values, dtype));
    return this.store({ values, dtype, refCount: 1 });
  }

  /** The result of a borrowed kernel: taken as it is, unless it is a view on the heap (a slice of one of our tensors). */
  override makeTensorInfo(shape: number[], dtype: DataType, values?: backend_util.BackendValues | string[]): TensorInfo {
    if (Array.isArray(values)) return super.makeTensorInfo(shape, dtype, values);
    const onHeap = isHeapArray(values) && !(values.buffer instanceof ArrayBuffer);
    const dataId = onHeap ? this.write(values, shape, dtype) : this.store({ ...(values && { values }), dtype, refCount: 1 });
    return { dataId, shape, dtype };
  }

  override move(dataId: object, values: backend_util.BackendValues, _shape: number[], dtype: DataType, refCount: number): void {
    const inHeap = isHeapType(dtype) && isHeapArray(values);
    this.data.set(dataId, inHeap ? this.copyToHeap(values, dtype, refCount) : { values, dtype, refCount });
  }

  override readSync(dataId: object): backend_util.BackendValues {
    const values = super.readSync(dataId);
    return isHeapArray(values) ? values.slice() : values;
  }

  override disposeData(dataId: object, force = false): boolean {
    const data = this.data.has(dataId) ? this.data.get(dataId) : null;
    const gone = super.disposeData(dataId, force);
    if (gone && data instanceof HeapData) this.heap.free(data.block);
    return gone;
  }

  /** `heapBytesUsed`: in tensors, scratch included; `heapBytesReserved`: the size of the memory, which never shrinks. */
  override memory(): { unreliable: boolean; reasons: string[]; heapBytesUsed: number; heapBytesReserved: number } {
    return {
      unreliable: false,
      reasons: [],
      heapBytesUsed: this.heap.bytesUsed,
      heapBytesReserved: this.heap.bytesReserved,
    };
  }

  /** Jobs by the clock; what JavaScript does between them is not among them. */
  async profile(work: () => Promise<unknown>): Promise<readonly KernelCall[]> {
    const calls: KernelCall[] = [];
    this.jobs.onJob = (call) => calls.push(call);
    try {
      await work();
    } finally {
      this.jobs.onJob = null;
    }
    return calls;
  }

  async measurePeaks(): Promise<Peaks> {
    return measureCpuPeaks(this);
  }

  override dispose(): void {
    for (const helper of this.helpers) helper.terminate();
    this.helpers = [];
    this.jobs.threads = 1;
  }

  private store(data: Data): object {
    const dataId = {};
    this.data.set(dataId, data);
    this.made?.push(dataId);
    return dataId;
  }

  private copyToHeap(values: Float32Array | Int32Array, dtype: HeapType, refCount = 1): HeapData {
    const data = new HeapData(this.heap, values.length, dtype, refCount);
    data.values.set(values);
    return data;
  }
}
