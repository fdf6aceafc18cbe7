/**
 * Our tfjs backend on WebGPU: tfjs's own with our device, buffers, pipelines and rules for values on the CPU. Kernels reach it
 * through dispatch.ts.
 */
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { env, util, type BackendValues } from '@tensorflow/tfjs-core';
import { BufferPool } from './buffer-pool.ts';
import { internalsOf, tensorDataOf } from './internals.ts';
import { Pipelines, Uniforms } from './pipelines.ts';

export class GpuBackend extends WebGPUBackend {
  readonly pipelines: Pipelines;
  readonly uniforms: Uniforms;
  /**
   * On a software adapter: kernels then hold little workgroup memory and unroll little. SwiftShader clears that memory by unrolled code,
   * which takes it seconds to compile where a GPU's compiler takes no time.
   */
  lean: boolean;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.lean = info.isFallbackAdapter;
    this.pipelines = new Pipelines(device);
    this.uniforms = new Uniforms(device);
    this.bufferManager = new BufferPool(device) as unknown as WebGPUBackend['bufferManager'];
  }

  /**
   * Reads from the GPU each time. tfjs keeps the values on the CPU after a read, where they grow stale as soon as a kernel writes
   * the tensor in place.
   */
  override async read(dataId: object): Promise<BackendValues> {
    const { values, resource, dtype } = tensorDataOf(this, dataId);
    if (values || !(resource instanceof GPUBuffer)) return super.read(dataId);
    return util.convertBackendValuesAndArrayBuffer(await this.getBufferData(resource), dtype);
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
    this.device.destroy();
  }
}
