/** Dropout in WGSL: four elements a thread, which is one draw of Philox. */
import { floatArray, shader, WORKGROUP_INDEX, type Shader } from '../../backend/webgpu/shader.ts';
import { dropoutBindingTypes, dropoutCode } from './philox.wgsl.ts';

export const DROPOUT_ELEMENTS_PER_WORKGROUP = 256;

/** A rate above 0. `vec4`: the number of elements is a multiple of 4. */
export function dropoutShader({ rate, vec4 }: { rate: number; vec4: boolean }): Shader<'x' | 'rng' | 'place' | 'y'> {
  const four = `if (block < arrayLength(&y)) { y[block] = x[block] * dropout_factors(block, 0u); }`;
  const one = `
    let factors = dropout_factors(block, 0u);
    for (var i = 0u; i < 4u; i++) {
      let element = 4u * block + i;
      if (element < arrayLength(&y)) { y[element] = x[element] * factors[i]; }
    }`;
  return shader({
    label: `dropout rate ${rate}`,
    bindings: { x: `read ${floatArray(vec4)}`, ...dropoutBindingTypes(rate), y: `write ${floatArray(vec4)}` },
    code: `${WORKGROUP_INDEX}
${dropoutCode(rate)}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32) {
  let block = workgroup_index(workgroup, count) * 64u + thread;
  ${vec4 ? four : one}
}`,
  });
}
