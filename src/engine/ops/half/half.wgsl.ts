/** Packing to 16 bits and back in WGSL: four numbers a thread where there is a multiple of four of them, else two. */
import { floatArray, shader, WORKGROUP_INDEX, type Cut, type Shader } from '../../backend/webgpu/shader.ts';
import { LARGEST_HALF } from './half.ts';

export const HALF_THREADS = 128;

type Params = { readonly vec4: boolean };

const words = (vec4: boolean): string => (vec4 ? 'array<vec2u>' : 'array<u32>');

/** Any run of four numbers, in two words, may be done by itself. */
const cut = (vec4: boolean): { readonly cut?: Cut<'x' | 'packed'> } =>
  vec4 ? { cut: { rows: { x: 4, packed: 2 }, rowsPerWorkgroup: HALF_THREADS } } : {};

function main(count: string, body: string): string {
  return `${WORKGROUP_INDEX}
@compute @workgroup_size(${HALF_THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = workgroup_index(workgroup, count) * ${HALF_THREADS}u + thread;
  if (i >= ${count}) { return; }
  ${body}
}`;
}

/** packed = the halves of x. Workgroups: words of `packed` (pairs of them, for vec4) / HALF_THREADS. */
export function packHalvesShader({ vec4 }: Params): Shader<'x' | 'packed'> {
  return shader({
    label: 'pack halves',
    bindings: { x: `read ${floatArray(vec4)}`, packed: `write ${words(vec4)}` },
    ...cut(vec4),
    code: main(
      'arrayLength(&packed)',
      vec4
        ? `let four = clamp(x[i], vec4f(-${LARGEST_HALF}.0), vec4f(${LARGEST_HALF}.0));
  packed[i] = vec2u(pack2x16float(four.xy), pack2x16float(four.zw));`
        : `var two = vec2f(x[2u * i], 0.0);
  if (2u * i + 1u < arrayLength(&x)) { two.y = x[2u * i + 1u]; }
  packed[i] = pack2x16float(clamp(two, vec2f(-${LARGEST_HALF}.0), vec2f(${LARGEST_HALF}.0)));`,
    ),
  });
}

/** x = the numbers of `packed`. Workgroups as above. */
export function unpackHalvesShader({ vec4 }: Params): Shader<'packed' | 'x'> {
  return shader({
    label: 'unpack halves',
    bindings: { packed: `read ${words(vec4)}`, x: `write ${floatArray(vec4)}` },
    ...cut(vec4),
    code: main(
      'arrayLength(&packed)',
      vec4
        ? 'x[i] = vec4f(unpack2x16float(packed[i].x), unpack2x16float(packed[i].y));'
        : `let two = unpack2x16float(packed[i]);
  x[2u * i] = two.x;
  if (2u * i + 1u < arrayLength(&x)) { x[2u * i + 1u] = two.y; }`,
    ),
  });
}
