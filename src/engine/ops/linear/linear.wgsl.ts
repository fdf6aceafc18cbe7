/**
 * Linear's shaders. x [T,K], weight [N,K], bias [N], y, z, dz [T,N]; T comes from the size of what is bound, N and K are baked in.
 * forward: C = x·Wᵀ with bias and activation where a result leaves its registers. input gradient: dz·W. weight gradient: dzᵀ·x over
 * tokens, which may be split among workgroups whose partial results `sum-splits` adds in order; the bias's gradient is summed
 * on the way by the workgroups of the first column.
 */
import { floatArray, shader, WORKGROUP_INDEX, type Shader } from '../../backend/webgpu/shader.ts';
import type { Activation } from '../contract.ts';
import { activateCode, activationSlopeCode } from './activations.wgsl.ts';
import { isVec4, matmulCode, matrixType, putCode, rowsOf, type Operand, type Tile } from './matmul.wgsl.ts';

type Sizes = { readonly N: number; readonly K: number; readonly tile: Tile };

const tileName = ({ m, n, inner }: Tile): string => `${m}x${n}x${inner}`;

/** Whole inner axis. */
const wholeRange = (inner: number): string => `let inner_begin = 0u;\n  let inner_end = ${inner}u;`;

/** y = activation(x·Wᵀ + bias), and z before the activation unless it is 'none'. Workgroups [N/tile.n, T/tile.m, 1]. */
export function linearForwardShader(
  params: Sizes & { readonly activation: Exclude<Activation, 'none'> },
): Shader<'x' | 'weight' | 'bias' | 'y' | 'z'> {
  const { N, K, tile, activation } = params;
  return shader({
    label: `linear ${activation} N${N} K${K} ${tileName(tile)}`,
    bindings: { ...forwardInputs(N, K), y: `write ${matrixType(N)}`, z: `write ${matrixType(N)}` },
    code: `${activateCode(activation, 'vec4f')}
${putCode('y', rowsOf('x', K), N)}
${putCode('z', rowsOf('x', K), N)}
${forwardCode(params, 'put_z(0u, row, column, z);\n  put_y(0u, row, column, activate(z));')}`,
  });
}

/** y = x·Wᵀ + bias. */
export function linearPlainShader(params: Sizes): Shader<'x' | 'weight' | 'bias' | 'y'> {
  const { N, K, tile } = params;
  return shader({
    label: `linear N${N} K${K} ${tileName(tile)}`,
    bindings: { ...forwardInputs(N, K), y: `write ${matrixType(N)}` },
    code: `${putCode('y', rowsOf('x', K), N)}\n${forwardCode(params, 'put_y(0u, row, column, z);')}`,
  });
}

function forwardInputs(N: number, K: number) {
  return { x: `read ${matrixType(K)}`, weight: `read ${matrixType(K)}`, bias: `read ${matrixType(N)}` } as const;
}

function forwardCode({ N, K, tile }: Sizes, put: string): string {
  const bias = isVec4(N)
    ? `select(vec4f(0.0), bias[min(column / 4u, ${N / 4 - 1}u)], column < ${N}u)`
    : `vec4f(${[0, 1, 2, 3].map((i) => `bias[min(column + ${i}u, ${N - 1}u)]`).join(', ')})`;
  return matmulCode({
    a: { name: 'x', innerContiguous: true, rows: rowsOf('x', K), contiguous: K },
    b: { name: 'weight', innerContiguous: true, rows: `${N}u`, contiguous: K },
    tile,
    range: wholeRange(K),
    functions: `fn store(row: u32, column: u32, sum: vec4f) {\n  let z = sum + ${bias};\n  ${put}\n}`,
  });
}

/** dx = dz·W. Workgroups [K/tile.n, T/tile.m, 1]. */
export function linearInputGradShader({ N, K, tile }: Sizes): Shader<'dz' | 'weight' | 'dx'> {
  return shader({
    label: `linear dx N${N} K${K} ${tileName(tile)}`,
    bindings: { dz: `read ${matrixType(N)}`, weight: `read ${matrixType(K)}`, dx: `write ${matrixType(K)}` },
    code: `${putCode('dx', rowsOf('dz', N), K)}
${matmulCode({
  a: { name: 'dz', innerContiguous: true, rows: rowsOf('dz', N), contiguous: N },
  b: { name: 'weight', innerContiguous: false, rows: `${N}u`, contiguous: K },
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
export function linearWeightGradShader({ N, K, tile }: Sizes): Shader<'dz' | 'x' | 'dweight' | 'dbias'> {
  const T = rowsOf('x', K);
  const dz: Operand = { name: 'dz', innerContiguous: false, rows: T, contiguous: N };
  return shader({
    label: `linear dW N${N} K${K} ${tileName(tile)}`,
    bindings: {
      dz: `read ${matrixType(N)}`,
      x: `read ${matrixType(K)}`,
      dweight: `write ${matrixType(K)}`,
      dbias: 'write array<f32>',
    },
    code: `${putCode('dweight', `${N}u`, K)}
${matmulCode({
  a: dz,
  b: { name: 'x', innerContiguous: false, rows: T, contiguous: K },
  tile,
  range: `let slices = (${T} + ${tile.inner - 1}u) / ${tile.inner}u;
  let slices_each = (slices + count.z - 1u) / count.z;
  let inner_begin = workgroup.z * slices_each * ${tile.inner}u;
  let inner_end = min(inner_begin + slices_each * ${tile.inner}u, slices * ${tile.inner}u);
  let sums_bias = workgroup.x == 0u && thread < ${tile.m / 4}u;
  var bias_sum = vec4f(0.0);
  split_base = workgroup.z * ${N * K}u;`,
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
      if (row < ${N}u) { dbias[workgroup.z * ${N}u + row] = bias_sum[i]; }
    }
  }`,
})}`,
  });
}

export const SUM_SPLITS_ELEMENTS_PER_WORKGROUP = 64;

/** dweight and dbias from their splits, added in order, one element a thread. */
export function sumSplitsShader({
  N,
  K,
  splits,
}: {
  N: number;
  K: number;
  splits: number;
}): Shader<'dweightSplits' | 'dbiasSplits' | 'dweight' | 'dbias'> {
  const add = (from: string, to: string, element: string, size: number): string => `
    var sum = 0.0;
    for (var split = 0u; split < ${splits}u; split++) { sum += ${from}[split * ${size}u + ${element}]; }
    ${to}[${element}] = sum;`;
  return shader({
    label: `linear sum ${splits} splits N${N} K${K}`,
    bindings: {
      dweightSplits: 'read array<f32>',
      dbiasSplits: 'read array<f32>',
      dweight: 'write array<f32>',
      dbias: 'write array<f32>',
    },
    code: `${WORKGROUP_INDEX}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32) {
  let element = workgroup_index(workgroup, count) * 64u + thread;
  if (element < ${N * K}u) {${add('dweightSplits', 'dweight', 'element', N * K)}
  } else if (element < ${N * K + N}u) {
    let bias_element = element - ${N * K}u;${add('dbiasSplits', 'dbias', 'bias_element', N)}
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
  activation: Exclude<Activation, 'none'>;
  vec4: boolean;
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
  });
}
