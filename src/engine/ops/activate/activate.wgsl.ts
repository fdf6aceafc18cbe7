/** An activation by itself in WGSL, an element a thread. */
import { shader, WORKGROUP_INDEX, type Shader } from '../../backend/webgpu/shader.ts';
import type { Activation } from '../contract.ts';
import { activateCode } from '../linear/activations.wgsl.ts';

export const ACTIVATE_THREADS = 64;

export function activateShader({ activation }: { activation: Exclude<Activation, 'none'> }): Shader<'z' | 'y'> {
  return shader({
    label: `${activation} alone`,
    bindings: { z: 'read array<f32>', y: 'write array<f32>' },
    code: `${WORKGROUP_INDEX}
${activateCode(activation, 'f32')}

@compute @workgroup_size(${ACTIVATE_THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = workgroup_index(workgroup, count) * ${ACTIVATE_THREADS}u + thread;
  if (i < arrayLength(&y)) { y[i] = activate(z[i]); }
}`,
  });
}
