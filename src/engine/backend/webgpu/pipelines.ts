/** What a backend compiles once and keeps: pipelines by shader and parameters, and constants as small uniform buffers. */
import type { Access, Shader, ShaderParams } from './shader.ts';
import type { Compiled } from './dispatch.ts';

const BUFFER_TYPE: { readonly [Kind in Access]: GPUBufferBindingType } = {
  read: 'read-only-storage',
  write: 'storage',
  uniform: 'uniform',
};

/** Compiled pipelines. The key is the shader's function and all of its parameters: everything that is baked in. */
export class Pipelines {
  private readonly device: GPUDevice;
  private readonly byBuild = new Map<unknown, Map<string, Compiled>>();
  private readonly layouts = new Map<string, GPUBindGroupLayout>();

  constructor(device: GPUDevice) {
    this.device = device;
  }

  get<Params extends ShaderParams>(build: (params: Params) => Shader, params: Params): Compiled {
    let byParams = this.byBuild.get(build);
    if (!byParams) this.byBuild.set(build, (byParams = new Map<string, Compiled>()));
    const key = JSON.stringify(params);
    let compiled = byParams.get(key);
    if (!compiled) byParams.set(key, (compiled = this.compile(build(params))));
    return compiled;
  }

  get size(): number {
    let count = 0;
    for (const byParams of this.byBuild.values()) count += byParams.size;
    return count;
  }

  private compile(shader: Shader): Compiled {
    const layout = this.layoutOf(shader);
    const pipeline = this.device.createComputePipeline({
      label: shader.label,
      layout: this.device.createPipelineLayout({ label: shader.label, bindGroupLayouts: [layout] }),
      compute: { module: this.device.createShaderModule({ label: shader.label, code: shader.wgsl }), entryPoint: 'main' },
    });
    return { pipeline, layout, shader };
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

/**
 * Constants as uniform buffers, one for each content, written at creation and never again: there is no order to get wrong
 * between a write and recorded commands. Meant for values with few variants (the place of a dropout in the network).
 */
export class Uniforms {
  private readonly device: GPUDevice;
  private readonly buffers = new Map<string, GPUBuffer>();

  constructor(device: GPUDevice) {
    this.device = device;
  }

  get(words: Uint32Array): GPUBuffer {
    const key = words.join(' ');
    let buffer = this.buffers.get(key);
    if (!buffer) {
      const size = Math.ceil(words.byteLength / 16) * 16;
      buffer = this.device.createBuffer({ label: `uniform ${key}`, size, usage: GPUBufferUsage.UNIFORM, mappedAtCreation: true });
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
