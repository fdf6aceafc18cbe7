/**
 * LoraLinear's own shaders; its other products are linear's. z [T,N], low [T,R], spread = U [N,R], up [S·M,r]. Sizes come in a uniform, the
 * slots are baked in.
 */
import { floatArray, shader, WORKGROUP_INDEX, type Shader } from '../../backend/webgpu/shader.ts';
import type { Activation } from '../contract.ts';
import { activateCode } from '../linear/activations.wgsl.ts';
import { describeTile, matmulCode, putCode, rowsOf, type Tile } from '../linear/matmul.wgsl.ts';

/** z += low·Uᵀ in place, and y = activation(z), which is not bound for 'none'. Workgroups [N/tile.n, T/tile.m, 1]; size = [N, R]. */
export function addLowRankShader({
  tile,
  vec4N,
  vec4R,
  activation,
}: {
  readonly tile: Tile;
  readonly vec4N: boolean;
  readonly vec4R: boolean;
  readonly activation: Activation;
}): Shader<'size' | 'low' | 'spread' | 'z' | 'y'> {
  const [ofN, ofR] = [floatArray(vec4N), floatArray(vec4R)];
  const [N, R] = ['size.x', 'size.y'];
  const rows = rowsOf('low', R, vec4R);
  const activates = activation !== 'none';
  const result = { rows, contiguous: N, vec4: vec4N };
  const load = vec4N
    ? `return z[(row * ${N} + column) / 4u];`
    : `return vec4f(${[0, 1, 2, 3].map((i) => `z[row * ${N} + min(column + ${i}u, ${N} - 1u)]`).join(', ')});`;
  return shader({
    label: `lora ${activation} ${describeTile(tile)}${vec4N ? ' N4' : ''}${vec4R ? ' R4' : ''}`,
    bindings: {
      size: 'uniform vec4u',
      low: `read ${ofR}`,
      spread: `read ${ofR}`,
      z: `write ${ofN}`,
      y: activates ? `write ${ofN}` : undefined,
    },
    code: `${activates ? `${activateCode(activation, 'vec4f')}\n${putCode({ name: 'y', ...result })}` : ''}
${putCode({ name: 'z', ...result })}
fn z_at(row: u32, column: u32) -> vec4f {
  ${load}
}
${matmulCode({
  a: { name: 'low', innerContiguous: true, rows, contiguous: R, vec4: vec4R },
  b: { name: 'spread', innerContiguous: true, rows: N, contiguous: R, vec4: vec4R },
  tile,
  range: `let inner_begin = 0u;\n  let inner_end = ${R};`,
  functions: `fn store(row: u32, column: u32, sum: vec4f) {
  if (row >= ${rows} || column >= ${N}) { return; }
  let four = z_at(row, column) + sum;
  put_z(0u, row, column, four);
  ${activates ? 'put_y(0u, row, column, activate(four));' : ''}
}`,
})}`,
  });
}

export const SPREAD_THREADS = 64;

/** The uniform `sizes`: M, r, R and the scale's bits. */
const SIZES = { sizes: 'uniform vec4u' } as const;

const ENTRY = `${WORKGROUP_INDEX}
@compute @workgroup_size(${SPREAD_THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = workgroup_index(workgroup, count) * ${SPREAD_THREADS}u + thread;`;

/** WGSL: `NAME[i]` of these numbers, -1 as the largest u32. */
function table(name: string, values: readonly number[]): string {
  return `const ${name} = array<u32, ${values.length}>(${values.map((value) => `${value >>> 0}u`).join(', ')});`;
}

/** U from up, one element of U a thread. `slots`: LoraAttrs' with commas between them. */
export function spreadUpShader({ slots }: { readonly slots: string }): Shader<'sizes' | 'up' | 'spread'> {
  return shader({
    label: `lora spread ${slots}`,
    bindings: { ...SIZES, up: 'read array<f32>', spread: 'write array<f32>' },
    code: `${table('SLOTS', slots.split(',').map(Number))}
${ENTRY}
  if (i >= arrayLength(&spread)) { return; }
  let row = i / sizes.z;
  let column = i % sizes.z;
  var slots = SLOTS;
  let slot = slots[row / sizes.x];
  let at = (slot * sizes.x + row % sizes.x) * sizes.y + column % sizes.y;
  spread[i] = select(0.0, bitcast<f32>(sizes.w) * up[min(at, arrayLength(&up) - 1u)], column / sizes.y == slot);
}`,
  });
}

/** dup from dU, one element of dup a thread. `parts`: the part of each slot, with commas between them. */
export function gatherUpShader({ parts }: { readonly parts: string }): Shader<'sizes' | 'spread' | 'up'> {
  return shader({
    label: `lora gather ${parts}`,
    bindings: { ...SIZES, spread: 'read array<f32>', up: 'write array<f32>' },
    code: `${table('PARTS', parts.split(',').map(Number))}
${ENTRY}
  if (i >= arrayLength(&up)) { return; }
  let row = i / sizes.y;
  let slot = row / sizes.x;
  var parts = PARTS;
  let at = (parts[slot] * sizes.x + row % sizes.x) * sizes.z + slot * sizes.y + i % sizes.y;
  up[i] = bitcast<f32>(sizes.w) * spread[at];
}`,
  });
}
