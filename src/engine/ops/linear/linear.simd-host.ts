/** Linear on the simd backend: three matrix products over one tile kernel, and dz with the bias's gradient. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../../backend/simd/backend.ts';
import { SUM_COLUMNS, TOKEN_BLOCK } from '../../backend/simd/blocks.ts';
import { ACTIVATION_GRAD, PRODUCT, SUM_BLOCKS } from '../../backend/simd/kernel-numbers.ts';
import type { Activation, KernelFunction } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import { GELU, GELU_NEW, MISH, QUICK_GELU, RELU, SILU, TANH } from './activation-kinds.ts';
import { planProduct } from './product-plan.ts';

const KINDS: { readonly [Name in Activation]: number } = {
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
interface Side {
  readonly address: number;
  /** Floats from one line to the next. */
  readonly stride: number;
  readonly across: boolean;
}

interface Epilogue {
  readonly bias: number;
  readonly activation: number;
  readonly y: number;
}

/** C[M,N] = A·B at address c, dense; then bias and activation. */
function multiply(
  { jobs }: SimdBackend,
  [M, N, K]: readonly [number, number, number],
  a: Side,
  b: Side,
  c: number,
  { bias, activation, y }: Epilogue = { bias: 0, activation: 0, y: 0 },
): void {
  const { rows, columns, depthBlock, tiles } = planProduct(M, N, K, jobs.threads);
  const left = [a.address, a.stride * 4, Number(a.across)];
  const right = [b.address, b.stride * 4, Number(b.across)];
  jobs.run(PRODUCT, tiles, [...left, ...right, c, N * 4, M, N, K, rows, columns, depthBlock, bias, activation, y]);
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
  jobs.run(SUM_BLOCKS, Math.ceil(columns / SUM_COLUMNS), [partials, target, blocks, columns, stride]);
}

export const linearSimd: KernelFunction<'Linear', SimdBackend> = ({ x, weight, bias }, { activation }, backend) => {
  const [T, K, N] = [sizeOf(x, 0), sizeOf(x, 1), sizeOf(weight, 0)];
  const y = backend.allocateTensor([T, N]);
  const outputs: TensorInfo[] = activation === 'none' ? [y] : [y, backend.allocateTensor([T, N])];
  const a = { address: backend.address(x), stride: K, across: false };
  const b = { address: backend.address(weight), stride: K, across: false };
  const epilogue = { bias: backend.address(bias), activation: KINDS[activation], y: backend.address(y) };
  multiply(backend, [T, N, K], a, b, backend.address(outputs[1] ?? y), epilogue);
  return outputs;
};

export const linearGradSimd: KernelFunction<'LinearGrad', SimdBackend> = ({ dy, x, weight, z }, { activation }, backend) => {
  const [T, K, N] = [sizeOf(x, 0), sizeOf(x, 1), sizeOf(weight, 0)];
  const dx = backend.allocateTensor([T, K]);
  const dweight = backend.allocateTensor([N, K]);
  const dbias = backend.allocateTensor([N]);

  const blocks = Math.ceil(T / TOKEN_BLOCK);
  const partials = backend.heap.allocate(blocks * N * 4);
  const space = activation === 'none' ? null : backend.heap.allocate(T * N * 4);
  const dyAt = backend.address(dy);
  const dz = space ? space.address : dyAt;
  const zAt = space && z ? backend.address(z) : 0;
  backend.jobs.run(ACTIVATION_GRAD, blocks, [dyAt, zAt, dz, KINDS[activation], T, N, partials.address]);
  sumBlocks(backend, partials.address, backend.address(dbias), blocks, N, N);

  const weightSide = { address: backend.address(weight), stride: K, across: true };
  const xSide = { address: backend.address(x), stride: K, across: true };
  multiply(backend, [T, K, N], { address: dz, stride: N, across: false }, weightSide, backend.address(dx));
  multiply(backend, [N, K, T], { address: dz, stride: N, across: true }, xSide, backend.address(dweight));
  backend.heap.free(partials);
  if (space) backend.heap.free(space);
  return [dx, dweight, dbias];
};
