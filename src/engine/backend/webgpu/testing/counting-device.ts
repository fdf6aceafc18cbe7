/**
 * A GPUDevice that computes nothing and counts what it is asked for: bytes of buffers, dispatches, pipelines, calls. With it a training
 * step of any size can be measured on a machine that has neither the GPU nor the memory. What is read from it is zeros.
 */

export interface Counts {
  /** Bytes of buffers that are not destroyed. */
  bytes: number;
  /** The most at a time. */
  peakBytes: number;
  /** Buffers that were asked for. */
  buffers: number;
  dispatches: number;
  submits: number;
  pipelines: number;
}

export interface CountingDevice {
  readonly device: GPUDevice;
  readonly counts: Counts;
  /** Adapter info of a device that is not software. */
  readonly info: GPUAdapterInfo;
}

const USAGES = {
  MAP_READ: 1,
  MAP_WRITE: 2,
  COPY_SRC: 4,
  COPY_DST: 8,
  INDEX: 16,
  VERTEX: 32,
  UNIFORM: 64,
  STORAGE: 128,
  INDIRECT: 256,
  QUERY_RESOLVE: 512,
};

class CountingBuffer {
  mapState: GPUBufferMapState;
  readonly size: number;
  readonly usage: number;
  private readonly counts: Counts;
  private isAlive = true;

  constructor(counts: Counts, { size, usage, mappedAtCreation = false }: GPUBufferDescriptor) {
    this.counts = counts;
    this.size = size;
    this.usage = usage;
    this.mapState = mappedAtCreation ? 'mapped' : 'unmapped';
    counts.bytes += size;
    counts.peakBytes = Math.max(counts.peakBytes, counts.bytes);
  }

  getMappedRange(): ArrayBuffer {
    return new ArrayBuffer(this.size);
  }

  unmap(): void {
    this.mapState = 'unmapped';
  }

  mapAsync(): Promise<void> {
    this.mapState = 'mapped';
    return Promise.resolve();
  }

  destroy(): void {
    if (this.isAlive) this.counts.bytes -= this.size;
    this.isAlive = false;
  }
}

/** What WebGPU guarantees on every adapter, but for sizes, which are those of a large GPU. */
const LIMITS = {
  maxBufferSize: 2 ** 32,
  maxStorageBufferBindingSize: 2 ** 32 - 4,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupsPerDimension: 65535,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
  minStorageBufferOffsetAlignment: 256,
};

class FullError extends Error {}

/**
 * `memory`: an allocation beyond so many bytes fails as on a GPU, by an error scope, and so does the `failAt`-th (from 1); `limits` replace those of a large GPU. Sets
 * WebGPU's constants and `navigator.gpu`, which tfjs looks for.
 */
export function createCountingDevice(
  options: { readonly memory?: number; readonly failAt?: number; readonly limits?: Partial<typeof LIMITS> } = {},
): CountingDevice {
  const { memory = Infinity, failAt = Infinity, limits } = options;
  const counts: Counts = { bytes: 0, peakBytes: 0, buffers: 0, dispatches: 0, submits: 0, pipelines: 0 };
  const scopes: (FullError | null)[] = [];
  Object.assign(globalThis, {
    GPUBufferUsage: USAGES,
    GPUShaderStage: { COMPUTE: 4 },
    GPUMapMode: { READ: 1 },
    GPUBuffer: CountingBuffer,
    GPUTexture: EventTarget,
  });
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: {} }, configurable: true });
  const nothing = (): void => undefined;
  const pass = {
    setPipeline: nothing,
    setBindGroup: nothing,
    dispatchWorkgroups: () => {
      counts.dispatches++;
    },
    end: nothing,
  };
  const encoder = { beginComputePass: () => pass, copyBufferToBuffer: nothing, clearBuffer: nothing, finish: () => ({}) };
  const pipeline = (): object => {
    counts.pipelines++;
    return { getBindGroupLayout: () => ({}) };
  };
  const device = Object.assign(new EventTarget(), {
    limits: { ...LIMITS, ...limits },
    features: new Set<string>(),
    lost: new Promise(() => undefined),
    queue: { submit: () => (counts.submits += 1), writeBuffer: nothing, onSubmittedWorkDone: () => Promise.resolve() },
    createBuffer: (descriptor: GPUBufferDescriptor) => {
      const buffer = new CountingBuffer(counts, descriptor);
      const fails = counts.bytes > memory || ++counts.buffers === failAt;
      if (fails && scopes.length > 0) scopes[scopes.length - 1] ??= new FullError('not enough memory');
      return buffer;
    },
    createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}),
    createShaderModule: () => ({}),
    createBindGroup: () => ({}),
    createComputePipeline: pipeline,
    createComputePipelineAsync: () => Promise.resolve(pipeline()),
    createCommandEncoder: () => encoder,
    pushErrorScope: () => void scopes.push(null),
    popErrorScope: () => Promise.resolve(scopes.pop() ?? null),
    destroy: nothing,
  });
  const info = { vendor: 'counting', architecture: '', device: '', description: 'counts only', isFallbackAdapter: false };
  return { device: device as unknown as GPUDevice, counts, info: info as GPUAdapterInfo };
}
