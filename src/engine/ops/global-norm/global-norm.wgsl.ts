/**
 * The global norm in WGSL, two stages. First the squares of several tensors together are added by as many workgroups as their numbers are
 * worth, one sum each; then one workgroup adds all sums and takes the root. The order depends on sizes only.
 */
import { shader, unroll, type Shader } from '../../backend/webgpu/shader.ts';
import { workgroupSumCode } from '../row-reduce.wgsl.ts';

const THREADS = 256;

/** With the sums' own binding these are the eight that every adapter has. */
export const NORM_TENSORS_PER_DISPATCH = 7;

export type NormTensorName = 'g0' | 'g1' | 'g2' | 'g3' | 'g4' | 'g5' | 'g6';
export const NORM_TENSOR_NAMES: readonly NormTensorName[] = ['g0', 'g1', 'g2', 'g3', 'g4', 'g5', 'g6'];

/** `place` [x] is where in `sums` these begin. Workgroups: one a sum. */
export function squareSumsShader({ tensors }: { tensors: number }): Shader<NormTensorName | 'place' | 'sums'> {
  const types = Object.fromEntries(NORM_TENSOR_NAMES.map((name, i) => [name, i < tensors ? 'read array<f32>' : undefined]));
  return shader<NormTensorName | 'place' | 'sums'>({
    label: `norm of ${tensors} tensors`,
    bindings: {
      ...(types as { readonly [Name in NormTensorName]: 'read array<f32>' | undefined }),
      place: 'uniform vec4u',
      sums: 'write array<f32>',
    },
    code: `${workgroupSumCode('f32', THREADS)}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32) {
  let first = workgroup.x * ${THREADS}u + thread;
  let stride = count.x * ${THREADS}u;
  var part = 0.0;
  ${unroll(tensors, (i) => `for (var i = first; i < arrayLength(&g${i}); i += stride) { part += g${i}[i] * g${i}[i]; }`)}
  let sum = workgroup_sum(thread, part);
  if (thread == 0u) { sums[place.x + workgroup.x] = sum; }
}`,
  });
}

/** norm = root of the sum of sums, one workgroup. */
export function rootShader(): Shader<'sums' | 'norm'> {
  return shader({
    label: 'norm root',
    bindings: { sums: 'read array<f32>', norm: 'write array<f32>' },
    code: `${workgroupSumCode('f32', THREADS)}
@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) thread: u32) {
  var part = 0.0;
  for (var i = thread; i < arrayLength(&sums); i += ${THREADS}u) { part += sums[i]; }
  let sum = workgroup_sum(thread, part);
  if (thread == 0u) { norm[0] = sqrt(sum); }
}`,
  });
}
