/** Linear on the simd backend: three matrix products over one tile kernel, and dz with the bias's gradient. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../../backend/simd/backend.ts';
import { SUM_COLUMNS, TOKEN_BLOCK } from '../../backend/simd/blocks.ts';
import { ACTIVATION_GRAD, PRODUCT, SUM_BLOCKS } from '../../backend/simd/kernel-numbers.ts';
import type { Activation, KernelFunction } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import { GELU, GELU_NEW, MISH, QUICK_GELU, RELU, SILU, TANH } from './activation-kinds.ts';
import { linearGradSizes } from './linear.ts';
import { planProduct } from './product-plan.ts';

export const KINDS: { readonly [Name in Activation]: number } = {
  none: 0,
  gelu: GELU,
  gelu_new: GELU_NEW,
  relu: RELU,
  tanh: TANH,
  silu: SILU,
  quick_gelu: QUICK_GELU,
  mish: MISH,
};

/** One side of a product: `across` when neighbours in memory are neighbours in M or N, else they are neighbours in K. */
export interface Side {
  readonly address: number;
  /** Floats from one line to the next. */
  readonly stride: number;
  readonly across: boolean;
}

interface Epilogue {
  readonly bias: number;
  readonly activation: number;
  readonly y: number;
  /** C is added to what it holds, without a bias. */
  readonly accumulates?: boolean;
}

/** C[M,N] = A·B at address c, dense; with bias and activation. */
export function multiply(
  { jobs }: SimdBackend,
  [M, N, K]: readonly [number, number, number],
  a: Side,
  b: Side,
  c: number,
  label: string,
  { bias, activation, y, accumulates = false }: Epilogue = { bias: 0, activation: 0, y: 0 },
): void {
  const { rows, columns, depthBlock, tiles } = planProduct(M, N, K, jobs.threads);
  const left = [a.address, a.stride * 4, Number(a.across)];
  const right = [b.address, b.stride * 4, Number(b.across)];
  const sizes = [N * 4, M, N, K, rows, columns, depthBlock];
  const results = Number(accumulates) + (activation === 0 ? 1 : 2);
  jobs.run(PRODUCT, tiles, [...left, ...right, c, ...sizes, bias, activation, y, Number(accumulates)], {
    label,
    flops: 2 * M * N * K,
    bytes: 4 * (M * K + K * N + results * M * N),
  });
}

/** target[columns] = the sum of `blocks` rows of partial sums, `stride` floats apart, in order. */
export function sumBlocks(
  { jobs }: SimdBackend,
  partials: number,
  target: number,
  blocks: number,
  columns: number,
  stride: number,
): void {
  jobs.run(SUM_BLOCKS, Math.ceil(columns / SUM_COLUMNS), [partials, target, blocks, columns, stride], {
    label: 'sums of blocks',
    flops: blocks * columns,
    bytes: 4 * (blocks + 1) * columns,
  });
}

export const linearSimd: KernelFunction<'Linear', SimdBackend> = ({ x, weight, bias }, { activation }, backend) => {
  const [T, K, N] = [sizeOf(x, 0), sizeOf(x, 1), sizeOf(weight, 0)];
  const y = backend.allocateTensor([T, N]);
  const outputs: TensorInfo[] = activation === 'none' ? [y] : [y, backend.allocateTensor([T, N])];
  const a = { address: backend.address(x), stride: K, across: false };
  const b = { address: backend.address(weight), stride: K, across: false };
  const epilogue = { bias: backend.address(bias), activation: KINDS[activation], y: backend.address(y) };
  const label = `linear${activation === 'none' ? '' : ` + ${activation}`} ${K} to ${N}`;
  multiply(backend, [T, N, K], a, b, backend.address(outputs[1] ?? y), label, epilogue);
  return outputs;
};

/** dz = dy ∘ activation'(z) [T,N] at `dz`, and its column sums over blocks of tokens [blocks,N] at `partials`; 'none' only sums. */
export function runActivationGrad(
  backend: SimdBackend,
  { dy, z }: { readonly dy: TensorInfo; readonly z?: TensorInfo },
  activation: Activation,
  dz: number,
  partials: number,
): void {
  const [T, N] = [sizeOf(dy, 0), sizeOf(dy, 1)];
  const zAt = activation !== 'none' && z ? backend.address(z) : 0;
  const params = [backend.address(dy), zAt, dz, KINDS[activation], T, N, partials];
  const label = activation === 'none' ? 'bias backward' : `${activation} backward`;
  const work = { label, flops: T * N, bytes: (zAt ? 12 : 4) * T * N };
  backend.jobs.run(ACTIVATION_GRAD, Math.ceil(T / TOKEN_BLOCK), params, work);
}

export const linearGradSimd: KernelFunction<'LinearGrad', SimdBackend> = (inputs, { activation, needs }, backend) => {
  const { dy, x, weight } = inputs;
  const { T, K, N } = linearGradSizes(inputs, needs);
  const dbias = needs.weight ? backend.allocateTensor([N]) : null;
  const space = activation === 'none' ? null : backend.heap.allocate(T * N * 4);
  const dz = space ? space.address : backend.address(dy);
  if (space || dbias) {
    const blocks = Math.ceil(T / TOKEN_BLOCK);
    const partials = backend.heap.allocate(blocks * N * 4);
    runActivationGrad(backend, inputs, activation, dz, partials.address);
    if (dbias) sumBlocks(backend, partials.address, backend.address(dbias), blocks, N, N);
    backend.heap.free(partials);
  }
  const gradients: TensorInfo[] = [];
  if (weight && needs.input) {
    const dx = backend.allocateTensor([T, K]);
    const weightSide = { address: backend.address(weight), stride: K, across: true };
    const dzSide = { address: dz, stride: N, across: false };
    multiply(backend, [T, K, N], dzSide, weightSide, backend.address(dx), `linear dx ${N} to ${K}`);
    gradients.push(dx);
  }
  if (x && dbias) {
    const dweight = backend.allocateTensor([N, K]);
    const xSide = { address: backend.address(x), stride: K, across: true };
    const dzSide = { address: dz, stride: N, across: true };
    multiply(backend, [N, K, T], dzSide, xSide, backend.address(dweight), `linear dW ${N} x ${K}`);
    gradients.push(dweight, dbias);
  }
  if (space) backend.heap.free(space);
  return gradients;
};
