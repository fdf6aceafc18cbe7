/** Dropout + residual + LayerNorm on the simd backend. */
import type { SimdBackend } from '../../backend/simd/backend.ts';
import { TOKEN_BLOCK } from '../../backend/simd/blocks.ts';
import { floatBits } from '../../backend/simd/jobs.ts';
import { ADD_LAYER_NORM, ADD_LAYER_NORM_GRAD } from '../../backend/simd/kernel-numbers.ts';
import type { KernelFunction, Kernels } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import { dropoutParams } from '../dropout/dropout.simd-host.ts';
import { sumBlocks } from '../linear/linear.simd-host.ts';

/** Scratch: one token's dropout factors, and what is drawn ahead of them. */
function factorBytes(H: number): number {
  return (H + 64) * 4;
}

export const addLayerNormSimd: KernelFunction<'AddLayerNorm', SimdBackend> = (inputs, { eps, dropout }, backend) => {
  const { x, residual, gamma, beta, rng } = inputs;
  const [T, H] = [sizeOf(x, 0), sizeOf(x, 1)];
  const xAt = backend.address(x);
  const y = backend.allocateTensor([T, H]);
  const s = residual || dropout.rate > 0 ? backend.allocateTensor([T, H]) : backend.shareTensor(x);
  const mean = backend.allocateTensor([T]);
  const rstd = backend.allocateTensor([T]);
  backend.jobs.reserveScratch(factorBytes(H));
  const params = [
    xAt,
    residual ? backend.address(residual) : 0,
    backend.address(gamma),
    backend.address(beta),
    ...dropoutParams(backend, rng, dropout),
    T,
    H,
    floatBits(eps),
    backend.address(y),
    backend.address(s),
    backend.address(mean),
    backend.address(rstd),
  ];
  const operands = 2 + Number(residual !== undefined) + Number(s.dataId !== x.dataId);
  const work = { label: `add layer norm H${H}`, flops: 0, bytes: 4 * T * H * operands };
  backend.jobs.run(ADD_LAYER_NORM, Math.ceil(T / TOKEN_BLOCK), params, work);
  return [y, s, mean, rstd];
};

export const addLayerNormGradSimd: KernelFunction<'AddLayerNormGrad', SimdBackend> = (inputs, { dropout, affine }, backend) => {
  const { dy, s, mean, rstd, gamma, rng } = inputs;
  const [T, H] = [sizeOf(s, 0), sizeOf(s, 1)];
  const ds = backend.allocateTensor([T, H]);
  const dx = dropout.rate > 0 ? backend.allocateTensor([T, H]) : backend.shareTensor(ds);
  const blocks = Math.ceil(T / TOKEN_BLOCK);
  const partials = backend.heap.allocate(blocks * 2 * H * 4);
  backend.jobs.reserveScratch(factorBytes(H));
  const params = [
    backend.address(dy),
    backend.address(s),
    backend.address(mean),
    backend.address(rstd),
    ...dropoutParams(backend, rng, dropout),
    backend.address(gamma),
    T,
    H,
    backend.address(ds),
    backend.address(dx),
    partials.address,
  ];
  const operands = 3 + Number(dropout.rate > 0);
  const work = { label: `add layer norm backward H${H}`, flops: 0, bytes: 4 * T * H * operands };
  backend.jobs.run(ADD_LAYER_NORM_GRAD, blocks, params, work);
  const sums = (start: number) => {
    const sum = backend.allocateTensor([H]);
    sumBlocks(backend, partials.address + start * 4, backend.address(sum), blocks, H, 2 * H);
    return sum;
  };
  const gradients = [ds, dx] as const;
  const all: Kernels['AddLayerNormGrad']['outputs'] = affine ? [...gradients, sums(0), sums(H)] : [...gradients];
  backend.heap.free(partials);
  return all;
};
