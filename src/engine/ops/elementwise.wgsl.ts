/** Sums and products element by element in WGSL, an element or vec4f a thread. */
import { floatArray, shader, WORKGROUP_INDEX, type Cut, type Shader } from '../backend/webgpu/shader.ts';

export const ELEMENTWISE_THREADS = 256;

type Params = { readonly vec4: boolean };

/** Any run of elements may be done by itself. `names` are tensors of one size. */
export function elementwiseCut<Name extends string>(names: readonly Name[], units: number, vec4: boolean): Cut<Name> {
  const rows = Object.fromEntries(names.map((name) => [name, 1])) as { [Key in Name]: number };
  return { rows, rowsPerWorkgroup: units * (vec4 ? 4 : 1) };
}

function main(target: string, line: string): string {
  return `${WORKGROUP_INDEX}
@compute @workgroup_size(${ELEMENTWISE_THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = workgroup_index(workgroup, count) * ${ELEMENTWISE_THREADS}u + thread;
  if (i < arrayLength(&${target})) { ${line} }
}`;
}

/** sum += value. */
export function accumulateShader({ vec4 }: Params): Shader<'sum' | 'value'> {
  const array = floatArray(vec4);
  return shader({
    label: 'accumulate',
    bindings: { sum: `write ${array}`, value: `read ${array}` },
    code: main('sum', 'sum[i] += value[i];'),
    cut: elementwiseCut(['sum', 'value'], ELEMENTWISE_THREADS, vec4),
  });
}

/** y = a + b. */
export function addShader({ vec4 }: Params): Shader<'a' | 'b' | 'y'> {
  const array = floatArray(vec4);
  return shader({
    label: 'add',
    bindings: { a: `read ${array}`, b: `read ${array}`, y: `write ${array}` },
    code: main('y', 'y[i] = a[i] + b[i];'),
    cut: elementwiseCut(['a', 'b', 'y'], ELEMENTWISE_THREADS, vec4),
  });
}

/** y = x · factor, one number. */
export function scaleShader({ vec4 }: Params): Shader<'x' | 'factor' | 'y'> {
  const array = floatArray(vec4);
  return shader({
    label: 'scale',
    bindings: { x: `read ${array}`, factor: 'uniform f32', y: `write ${array}` },
    code: main('y', 'y[i] = x[i] * factor;'),
    cut: elementwiseCut(['x', 'y'], ELEMENTWISE_THREADS, vec4),
  });
}
