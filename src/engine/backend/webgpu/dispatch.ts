/**
 * The one door through which our kernels reach tfjs's WebGPU backend: several outputs, in-place outputs, our own bind-group
 * layouts and `enable` lines, none of which tfjs's `runWebGPUProgram` can do. Commands go into tfjs's own command encoder, so
 * they keep their order with its kernels. Nothing here knows what a kernel computes.
 */
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { Problem } from '../../../lib/problem.ts';
import { mebibytes } from './buffer-pool.ts';
import { internalsOf, tensorDataOf } from './internals.ts';
import type { GpuBackend } from './gpu-backend.ts';
import type { Shader, ShaderParams } from './shader.ts';

/** What is bound to a name: a tensor, or for a uniform its 32-bit words. */
export type Bound = TensorInfo | Uint32Array;

/** Workgroups in x, y, z; a number may be any, it is folded into x and y (see WORKGROUP_INDEX in shader.ts). */
export type Workgroups = number | readonly [x: number, y: number, z: number];

/** A pipeline with what a dispatch needs of its shader. */
export interface Compiled {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  readonly shader: Shader;
}

/**
 * Runs a shader. `build` and `params` are the key of the compiled pipeline: `build` must be a function of `params` alone.
 * Tensors bound for writing that have no values yet are allocated; values of them cached on the CPU are dropped.
 * Throws a Problem when a tensor is too large to be bound on this GPU.
 */
export function dispatch<Params extends ShaderParams, Name extends string>(
  backend: GpuBackend,
  build: (params: Params) => Shader<Name>,
  params: Params,
  bound: { readonly [Key in NoInfer<Name>]: Bound | undefined },
  workgroups: Workgroups,
): void {
  const { pipeline, layout, shader } = backend.pipelines.get(build, params);
  const internals = internalsOf(backend);
  const entries = shader.bindings.map(({ name, access }, binding) => {
    const value = bound[name as Name];
    if (value === undefined) throw new Error(`${shader.label}: nothing is bound to ${name}`);
    if (value instanceof Uint32Array) return { binding, resource: { buffer: backend.uniforms.get(value) } };
    const buffer = bufferOf(backend, value);
    checkBindingSize(backend, buffer, shader.label, name);
    if (access === 'write') tensorDataOf(backend, value.dataId).values = null;
    internals.commandQueueOwnedIds.add(value.dataId);
    return { binding, resource: { buffer } };
  });
  const bindGroup = backend.device.createBindGroup({ label: shader.label, layout, entries });
  backend.ensureCommandEncoderReady();
  internals.computePassEncoder ??= internals.commandEncoder?.beginComputePass() ?? null;
  const pass = internals.computePassEncoder;
  if (!pass) throw new Error('tfjs-backend-webgpu made no command encoder');
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...foldWorkgroups(workgroups, backend.device.limits.maxComputeWorkgroupsPerDimension));
  backend.countDispatch();
}

/** A tensor without values; the first dispatch that writes it allocates its buffer. */
export function output(backend: GpuBackend, shape: readonly number[], dtype: DataType = 'float32'): TensorInfo {
  return backend.makeTensorInfo([...shape], dtype);
}

/** The same data as another tensor: one more reference to it. */
export function alias(backend: GpuBackend, tensor: TensorInfo): TensorInfo {
  backend.incRef(tensor.dataId);
  return { dataId: tensor.dataId, shape: tensor.shape, dtype: tensor.dtype };
}

/** Gives intermediate tensors back; recorded commands may still use them. */
export function release(backend: GpuBackend, ...tensors: readonly TensorInfo[]): void {
  for (const tensor of tensors) backend.disposeData(tensor.dataId);
}

/** The buffer of a tensor, uploaded or allocated if it has none yet. */
export function bufferOf(backend: GpuBackend, tensor: TensorInfo): GPUBuffer {
  backend.uploadToGPU(tensor.dataId);
  const { resource } = tensorDataOf(backend, tensor.dataId);
  if (!(resource instanceof GPUBuffer)) throw new Error(`a tensor of shape [${tensor.shape.join(', ')}] has no GPU buffer`);
  return resource;
}

/** Folds a long list of workgroups into two dimensions; there may be a few too many, which shaders leave idle. */
export function foldWorkgroups(workgroups: Workgroups, limit: number): [number, number, number] {
  if (typeof workgroups !== 'number') {
    if (workgroups.some((count) => count > limit)) throw new Error(`more than ${limit} workgroups: [${workgroups.join(', ')}]`);
    return [...workgroups];
  }
  if (workgroups <= limit) return [workgroups, 1, 1];
  const rows = Math.ceil(workgroups / limit);
  return [Math.ceil(workgroups / rows), rows, 1];
}

function checkBindingSize(backend: GpuBackend, buffer: GPUBuffer, label: string, name: string): void {
  const limit = backend.device.limits.maxStorageBufferBindingSize;
  if (buffer.size <= limit) return;
  throw new Problem({
    where: `GPU memory (${label}, ${name})`,
    expected: `tensors of at most ${mebibytes(limit)}, the most that this GPU lets a kernel see`,
    found: `one of ${mebibytes(buffer.size)}`,
    fix: 'Choose a smaller model, or "CPU" under "Compute".',
  });
}
