/**
 * The one door through which our kernels reach tfjs's WebGPU backend: several outputs, in-place outputs, our own bind-group
 * layouts and `enable` lines, none of which tfjs's `runWebGPUProgram` can do. Commands go into tfjs's own command encoder, so
 * they keep their order with its kernels. Nothing here knows what a kernel computes.
 */
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { internalsOf, tensorDataOf } from './internals.ts';
import type { GpuBackend } from './gpu-backend.ts';
import { partsOf, type Part } from './parts.ts';
import type { PipelineEntry } from './pipelines.ts';
import { isStepTensor, type Resource } from './recording.ts';
import type { Access, Shader, ShaderParams } from './shader.ts';

/** Part of a tensor: `count` elements of four bytes each, from one that lies on an alignment of 256 bytes. */
export interface Slice {
  readonly of: TensorInfo;
  readonly from: number;
  readonly count: number;
}

/** What is bound to a name: a tensor or part of one, or for a uniform its 32-bit words. */
export type Bound = TensorInfo | Slice | Uint32Array;

/** For a cut's `first` (shader.ts): the first row, which becomes that of each part. */
export const FIRST_ROW = Uint32Array.of(0, 0, 0, 0);

/** Workgroups in x, y, z; a number may be any, it is folded into x and y (see WORKGROUP_INDEX in shader.ts). */
export type Workgroups = number | readonly [x: number, y: number, z: number];

/**
 * Runs a shader. `build` and `params` are the key of the compiled pipeline: `build` must be a function of `params` alone.
 * Tensors bound for writing that have no values yet are allocated; values of them cached on the CPU are dropped.
 * `flops` is what a profile divides by the time. Where a tensor is too large to be bound on this GPU it is done in parts (parts.ts); throws a
 * Problem when the shader may not be cut.
 */
export function dispatch<Params extends ShaderParams, Name extends string>(
  backend: GpuBackend,
  build: (params: Params) => Shader<Name>,
  params: Params,
  bound: { readonly [Key in NoInfer<Name>]: Bound | undefined },
  workgroups: Workgroups,
  flops = 0,
): void {
  const entry = backend.pipelines.find(build, params);
  const { shader } = entry;
  const first = shader.cut?.first;
  const resources = shader.bindings.map(({ name, access }) => {
    const value = bound[name as Name];
    if (value === undefined) throw new Error(`${shader.label}: nothing is bound to ${name}`);
    return resourceOf(backend, value, access);
  });
  const parts = partsOf(shader, resources, backend.bindingLimit);
  for (const part of parts) {
    const own = shader.bindings.map(({ name, access }, i) =>
      name === first ? resourceOf(backend, Uint32Array.of(part.firstRow, 0, 0, 0), access) : part.resources[i]!,
    );
    dispatchPart(backend, entry, own, workgroupsOf(part, shader.cut?.rowsPerWorkgroup ?? null, workgroups), flops / parts.length);
  }
}

function workgroupsOf({ rows }: Part, rowsPerWorkgroup: number | null, workgroups: Workgroups): Workgroups {
  if (rows === null || rowsPerWorkgroup === null) return workgroups;
  const count = Math.ceil(rows / rowsPerWorkgroup);
  return typeof workgroups === 'number' ? count : [workgroups[0], count, workgroups[2]];
}

function dispatchPart(
  backend: GpuBackend,
  entry: PipelineEntry,
  resources: readonly Resource[],
  workgroups: Workgroups,
  flops: number,
): void {
  const { shader, layout } = entry;
  const folded = foldWorkgroups(workgroups, backend.device.limits.maxComputeWorkgroupsPerDimension);
  if (backend.recording) {
    backend.recording.commands.push({ kind: 'dispatch', entry, resources, workgroups: folded, flops });
    return;
  }
  const entries = resources.map((resource, binding) => {
    return { binding, resource: { buffer: present(resource), offset: resource.offset, size: resource.bytes } };
  });
  const bindGroup = backend.device.createBindGroup({ label: shader.label, layout, entries });
  const internals = internalsOf(backend);
  backend.ensureCommandEncoderReady();
  internals.computePassEncoder ??= internals.commandEncoder?.beginComputePass() ?? null;
  const pass = internals.computePassEncoder;
  if (!pass) throw new Error('tfjs-backend-webgpu made no command encoder');
  pass.setPipeline(backend.pipelines.pipelineOf(entry));
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...folded);
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

/** The values of `from` become those of `to`, a tensor of the same size that nothing else shares its data with. */
export function copyTensor(backend: GpuBackend, from: TensorInfo, to: TensorInfo): void {
  const [source, target] = [resourceOf(backend, from, 'read'), resourceOf(backend, to, 'write')];
  if (source.bytes !== target.bytes) throw new Error(`a copy of ${source.bytes} bytes to a tensor of ${target.bytes}`);
  if (backend.recording) {
    backend.recording.commands.push({ kind: 'copy', resources: [source, target] });
    return;
  }
  backend.endComputePassEncoder();
  backend.ensureCommandEncoderReady();
  internalsOf(backend).commandEncoder?.copyBufferToBuffer(present(source), 0, present(target), 0, source.bytes);
}

/** Zeros in a tensor outside a recording, however large. */
export function clearTensor(backend: GpuBackend, tensor: TensorInfo): void {
  const target = present(resourceOf(backend, tensor, 'write'));
  backend.endComputePassEncoder();
  backend.ensureCommandEncoderReady();
  internalsOf(backend).commandEncoder?.clearBuffer(target);
}

/** New values for a tensor whose buffer recorded steps may refer to. Work that waits is submitted before. */
export function writeInput(backend: GpuBackend, tensor: TensorInfo, values: Int32Array | Float32Array): void {
  const buffer = backend.bufferOf(tensor);
  if (buffer.size !== values.byteLength) {
    throw new Error(`${values.length} values for an input of shape [${tensor.shape.join(', ')}]`);
  }
  // What is written overtakes commands that are recorded and not yet submitted.
  backend.flush();
  backend.device.queue.writeBuffer(buffer, 0, values.buffer, values.byteOffset, values.byteLength);
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

/** What a shader sees of a bound value; in a recording, a tensor of the step has no buffer yet. */
function resourceOf(backend: GpuBackend, value: Bound, access: Access): Resource {
  const writes = access === 'write';
  if (value instanceof Uint32Array) {
    const of = backend.uniforms.get(value);
    return { of, offset: 0, bytes: of.size, writes };
  }
  if ('of' in value) {
    const whole = resourceOf(backend, value.of, access);
    return { ...whole, offset: whole.offset + 4 * value.from, bytes: 4 * value.count };
  }
  if (backend.recording) return backend.recording.resourceOf(value, writes);
  const of = backend.bufferOf(value);
  if (writes) tensorDataOf(backend, value.dataId).values = null;
  internalsOf(backend).commandQueueOwnedIds.add(value.dataId);
  return { of, offset: 0, bytes: of.size, writes };
}

/** The buffer of a resource outside a recording. */
function present({ of }: Resource): GPUBuffer {
  if (isStepTensor(of)) throw new Error('a tensor of a recorded step has no buffer yet');
  return of;
}
