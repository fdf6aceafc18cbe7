/** What a backend compiles once and keeps: pipelines by shader and parameters, and constants as small uniform buffers. */
import { Problem } from '../../../lib/problem.ts';
import type { Allocations } from './allocations.ts';
import type { Access, Shader, ShaderParams } from './shader.ts';

const BUFFER_TYPE: { readonly [Kind in Access]: GPUBufferBindingType } = {
  read: 'read-only-storage',
  write: 'storage',
  uniform: 'uniform',
};

/** A shader with what its dispatches need; the pipeline is null until it is compiled. */
export interface PipelineEntry {
  pipeline: GPUComputePipeline | null;
  readonly layout: GPUBindGroupLayout;
  readonly shader: Shader;
}

/** All pipelines. The key is the shader's function and all of its parameters: everything that is baked in. */
export class Pipelines {
  private readonly device: GPUDevice;
  private readonly byBuild = new Map<unknown, Map<string, PipelineEntry>>();
  private readonly layouts = new Map<string, GPUBindGroupLayout>();

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /** The shader's entry, compiled or not. */
  find<Params extends ShaderParams>(build: (params: Params) => Shader, params: Params): PipelineEntry {
    let byParams = this.byBuild.get(build);
    if (!byParams) this.byBuild.set(build, (byParams = new Map<string, PipelineEntry>()));
    const key = JSON.stringify(params);
    let entry = byParams.get(key);
    if (!entry) {
      const shader = build(params);
      byParams.set(key, (entry = { shader, layout: this.layoutOf(shader), pipeline: null }));
    }
    return entry;
  }

  /** Compiled, if need be while the caller waits. */
  pipelineOf(entry: PipelineEntry): GPUComputePipeline {
    return (entry.pipeline ??= this.device.createComputePipeline(this.descriptorOf(entry)));
  }

  /** Compiles those that are not, all at a time; `onProgress` hears how many of them are done. Throws a Problem where a driver refuses one. */
  async compile(entries: readonly PipelineEntry[], onProgress?: (done: number, total: number) => void): Promise<void> {
    const missing = [...new Set(entries)].filter(({ pipeline }) => !pipeline);
    let done = 0;
    if (missing.length > 0) onProgress?.(0, missing.length);
    await Promise.all(
      missing.map(async (entry) => {
        const pipeline = await this.device.createComputePipelineAsync(this.descriptorOf(entry)).catch((error: unknown) => {
          throw refused(entry.shader.label, error);
        });
        entry.pipeline ??= pipeline;
        onProgress?.(++done, missing.length);
      }),
    );
  }

  get size(): number {
    let count = 0;
    for (const byParams of this.byBuild.values()) for (const { pipeline } of byParams.values()) count += pipeline ? 1 : 0;
    return count;
  }

  private descriptorOf({ shader, layout }: PipelineEntry): GPUComputePipelineDescriptor {
    return {
      label: shader.label,
      layout: this.device.createPipelineLayout({ label: shader.label, bindGroupLayouts: [layout] }),
      compute: { module: this.device.createShaderModule({ label: shader.label, code: shader.wgsl }), entryPoint: 'main' },
    };
  }

  private layoutOf(shader: Shader): GPUBindGroupLayout {
    const key = shader.bindings.map(({ access }) => access).join(' ');
    let layout = this.layouts.get(key);
    if (!layout) {
      const storage = shader.bindings.filter(({ access }) => access !== 'uniform').length;
      const limit = this.device.limits.maxStorageBuffersPerShaderStage;
      if (storage > limit) throw new Error(`${shader.label} binds ${storage} storage buffers, this GPU allows ${limit}`);
      layout = this.device.createBindGroupLayout({
        label: key,
        entries: shader.bindings.map(({ access }, binding) => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: BUFFER_TYPE[access] },
        })),
      });
      this.layouts.set(key, layout);
    }
    return layout;
  }
}

function refused(label: string, error: unknown): Problem {
  return new Problem({
    where: 'GPU',
    expected: `a driver that compiles the shader "${label}"`,
    found: error instanceof Error ? error.message : String(error),
    fix: 'This is a mistake in Tabtune or in the driver: choose "CPU" under "Compute", and please report it with this text.',
  });
}

/**
 * Constants as uniform buffers, one for each content, written at creation and never again: there is no order to get wrong
 * between a write and recorded commands. Meant for values with few variants (the place of a dropout in the network).
 */
export class Uniforms {
  private readonly allocations: Allocations;
  private readonly buffers = new Map<string, GPUBuffer>();

  constructor(allocations: Allocations) {
    this.allocations = allocations;
  }

  get(words: Uint32Array): GPUBuffer {
    const key = words.join(' ');
    let buffer = this.buffers.get(key);
    if (!buffer) {
      const size = Math.ceil(words.byteLength / 16) * 16;
      buffer = this.allocations.create({ label: `uniform ${key}`, size, usage: GPUBufferUsage.UNIFORM, mappedAtCreation: true });
      new Uint32Array(buffer.getMappedRange()).set(words);
      buffer.unmap();
      this.buffers.set(key, buffer);
    }
    return buffer;
  }

  dispose(): void {
    for (const buffer of this.buffers.values()) buffer.destroy();
    this.buffers.clear();
  }
}
