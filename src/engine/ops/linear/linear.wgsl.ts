/**
 * Linear's shaders. x [T,K], weight [N,K], bias [N], y, z, dz [T,N]. N and K come in a uniform and T from the size of what is bound,
 * so that one pipeline serves every layer.
 * forward: x·Wᵀ with bias and activation where a result leaves its registers. Input gradient: dz·W. Weight gradient: dzᵀ·x over
 * tokens, which may be split among workgroups whose partial results `sumSplitsShader` adds in order; the bias's gradient is summed
 * on the way by the workgroups of the first column.
 */
import { floatArray, shader, WORKGROUP_INDEX, type Shader } from '../../backend/webgpu/shader.ts';
import type { Activation } from '../contract.ts';
import { elementwiseCut } from '../elementwise.wgsl.ts';
import { activateCode, activationSlopeCode } from './activations.wgsl.ts';
import { describeTile, matmulCode, putCode, rowsOf, type Operand, type Tile } from './matmul.wgsl.ts';

/** Whether N and K are multiples of 4: tensors whose rows have that size are then bound as vec4f. */
export type LinearParams = { readonly tile: Tile; readonly vec4N: boolean; readonly vec4K: boolean };

/** The uniform `size`: N, K, splits. */
const SIZE = { size: 'uniform vec4u' } as const;
const N = 'size.x';
const K = 'size.y';
const SPLITS = 'size.z';

const describe = ({ tile, vec4N, vec4K }: LinearParams): string =>
  `${describeTile(tile)}${vec4N ? ' N4' : ''}${vec4K ? ' K4' : ''}`;

/** The whole inner axis. */
const wholeRange = (inner: string): string => `let inner_begin = 0u;\n  let inner_end = ${inner};`;

/** y = activation(x·Wᵀ + bias), and z before it; z is not bound for 'none'. Workgroups [N/tile.n, T/tile.m, 1]. */
export function linearShader(
  params: LinearParams & { readonly activation: Activation },
): Shader<'size' | 'x' | 'weight' | 'bias' | 'y' | 'z'> {
  const { tile, vec4N, vec4K, activation } = params;
  const [ofN, ofK] = [floatArray(vec4N), floatArray(vec4K)];
  const rows = rowsOf('x', K, vec4K);
  const result = { rows, contiguous: N, vec4: vec4N };
  const keepsZ = activation !== 'none';
  const bias = vec4N
    ? `select(vec4f(0.0), bias[min(column / 4u, ${N} / 4u - 1u)], column < ${N})`
    : `vec4f(${[0, 1, 2, 3].map((i) => `bias[min(column + ${i}u, ${N} - 1u)]`).join(', ')})`;
  return shader({
    label: `linear ${activation} ${describe(params)}`,
    bindings: {
      ...SIZE,
      x: `read ${ofK}`,
      weight: `read ${ofK}`,
      bias: `read ${ofN}`,
      y: `write ${ofN}`,
      z: keepsZ ? `write ${ofN}` : undefined,
    },
    code: `${keepsZ ? activateCode(activation, 'vec4f') : ''}
${putCode({ name: 'y', ...result })}
${keepsZ ? putCode({ name: 'z', ...result }) : ''}
${matmulCode({
  a: { name: 'x', innerContiguous: true, rows, contiguous: K, vec4: vec4K },
  b: { name: 'weight', innerContiguous: true, rows: N, contiguous: K, vec4: vec4K },
  tile,
  range: wholeRange(K),
  functions: `fn store(row: u32, column: u32, sum: vec4f) {
  let before = sum + ${bias};
  ${keepsZ ? 'put_z(0u, row, column, before);' : ''}
  put_y(0u, row, column, ${keepsZ ? 'activate(before)' : 'before'});
}`,
})}`,
  });
}

/** dx = dz·W. Workgroups [K/tile.n, T/tile.m, 1]. */
export function linearInputGradShader(params: LinearParams): Shader<'size' | 'dz' | 'weight' | 'dx'> {
  const { tile, vec4N, vec4K } = params;
  const rows = rowsOf('dz', N, vec4N);
  return shader({
    label: `linear dx ${describe(params)}`,
    bindings: { ...SIZE, dz: `read ${floatArray(vec4N)}`, weight: `read ${floatArray(vec4K)}`, dx: `write ${floatArray(vec4K)}` },
    code: `${putCode({ name: 'dx', rows, contiguous: K, vec4: vec4K })}
${matmulCode({
  a: { name: 'dz', innerContiguous: true, rows, contiguous: N, vec4: vec4N },
  b: { name: 'weight', innerContiguous: false, rows: N, contiguous: K, vec4: vec4K },
  tile,
  range: wholeRange(N),
  functions: 'fn store(row: u32, column: u32, sum: vec4f) {\n  put_dx(0u, row, column, sum);\n}',
})}`,
  });
}

/**
 * dweight = dzᵀ·x and dbias = column sums of dz, over the tokens of each split: dweight [splits,N,K], dbias [splits,N].
 * Workgroups [K/tile.n, N/tile.m, splits].
 */
export function linearWeightGradShader(params: LinearParams): Shader<'size' | 'dz' | 'x' | 'dweight' | 'dbias'> {
  const { tile, vec4N, vec4K } = params;
  const T = rowsOf('x', K, vec4K);
  const dz: Operand = { name: 'dz', innerContiguous: false, rows: T, contiguous: N, vec4: vec4N };
  return shader({
    label: `linear dW ${describe(params)}`,
    bindings: {
      ...SIZE,
      dz: `read ${floatArray(vec4N)}`,
      x: `read ${floatArray(vec4K)}`,
      dweight: `write ${floatArray(vec4K)}`,
      dbias: 'write array<f32>',
    },
    code: `${putCode({ name: 'dweight', rows: N, contiguous: K, vec4: vec4K })}
${matmulCode({
  a: dz,
  b: { name: 'x', innerContiguous: false, rows: T, contiguous: K, vec4: vec4K },
  tile,
  range: `let slices = (${T} + ${tile.inner - 1}u) / ${tile.inner}u;
  let slices_each = (slices + ${SPLITS} - 1u) / ${SPLITS};
  let inner_begin = workgroup.z * slices_each * ${tile.inner}u;
  let inner_end = min(inner_begin + slices_each * ${tile.inner}u, slices * ${tile.inner}u);
  let sums_bias = workgroup.x == 0u && thread < ${tile.m / 4}u;
  var bias_sum = vec4f(0.0);
  split_base = workgroup.z * ${N} * ${K};`,
  eachSlice: `if (sums_bias) {
      for (var k = 0u; k < ${tile.inner}u; k++) { bias_sum += tile_dz[k * ${tile.m / 4}u + thread]; }
    }`,
  functions: `var<private> split_base: u32;
fn store(row: u32, column: u32, sum: vec4f) {
  put_dweight(split_base, row, column, sum);
}`,
  finish: `if (sums_bias) {
    for (var i = 0u; i < 4u; i++) {
      let row = row_start + thread * 4u + i;
      if (row < ${N}) { dbias[workgroup.z * ${N} + row] = bias_sum[i]; }
    }
  }`,
})}`,
  });
}

export const SUM_SPLITS_ELEMENTS_PER_WORKGROUP = 64;

/** dweight and dbias from their splits, added in order, one element a thread. */
export function sumSplitsShader(): Shader<'size' | 'dweightSplits' | 'dbiasSplits' | 'dweight' | 'dbias'> {
  const add = (source: string, sums: string, element: string, length: string): string => `
    var sum = 0.0;
    for (var split = 0u; split < ${SPLITS}; split++) { sum += ${source}[split * ${length} + ${element}]; }
    ${sums}[${element}] = sum;`;
  return shader({
    label: 'linear dW, sum of splits',
    bindings: {
      ...SIZE,
      dweightSplits: 'read array<f32>',
      dbiasSplits: 'read array<f32>',
      dweight: 'write array<f32>',
      dbias: 'write array<f32>',
    },
    code: `${WORKGROUP_INDEX}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32) {
  let element = workgroup_index(workgroup, count) * 64u + thread;
  let weights = ${N} * ${K};
  if (element < weights) {${add('dweightSplits', 'dweight', 'element', 'weights')}
  } else if (element < weights + ${N}) {
    let bias_element = element - weights;${add('dbiasSplits', 'dbias', 'bias_element', N)}
  }
}`,
  });
}

export const ACTIVATION_GRAD_THREADS = 64;

/** dz = dy · activation'(z), one element or vec4f a thread. */
export function activationGradShader({
  activation,
  vec4,
}: {
  readonly activation: Exclude<Activation, 'none'>;
  readonly vec4: boolean;
}): Shader<'dy' | 'z' | 'dz'> {
  const array = floatArray(vec4);
  return shader({
    label: `${activation} backward`,
    bindings: { dy: `read ${array}`, z: `read ${array}`, dz: `write ${array}` },
    code: `${WORKGROUP_INDEX}
${activationSlopeCode(activation, vec4 ? 'vec4f' : 'f32')}

@compute @workgroup_size(${ACTIVATION_GRAD_THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = workgroup_index(workgroup, count) * ${ACTIVATION_GRAD_THREADS}u + thread;
  if (i < arrayLength(&dz)) { dz[i] = dy[i] * activation_slope(z[i]); }
}`,
    cut: elementwiseCut(['dy', 'z', 'dz'], ACTIVATION_GRAD_THREADS, vec4),
  });
}
