/** AddLayerNorm on WebGPU. Its storage bindings are exactly the eight that every adapter has. */
import { alias, dispatch, output, release } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import { COLUMNS_PER_WORKGROUP, columnSumPairShader } from '../column-sum.wgsl.ts';
import type { KernelFunction } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import { dropoutBindings } from '../dropout/dropout.webgpu.ts';
import { addLayerNormGradShader, addLayerNormShader } from './add-layer-norm.wgsl.ts';

/** Backward: rows are shared among at most this many workgroups, and at least this many rows each. */
const MAX_RUNS = 256;
const MIN_ROWS_PER_RUN = 4;

export const addLayerNormWebgpu: KernelFunction<'AddLayerNorm', GpuBackend> = (inputs, { eps, dropout }, backend) => {
  const { x, residual, gamma, beta, rng } = inputs;
  const [T, H] = [sizeOf(x, 0), sizeOf(x, 1)];
  const y = output(backend, [T, H]);
  const mean = output(backend, [T]);
  const rstd = output(backend, [T]);
  const isX = !residual && dropout.rate === 0;
  const s = isX ? alias(backend, x) : output(backend, [T, H]);
  const params = { H, rate: dropout.rate, eps, residual: residual !== undefined };
  const bound = { x, residual, gamma, beta, ...dropoutBindings(rng, dropout), y, s, mean, rstd };
  dispatch(backend, addLayerNormShader, params, bound, T);
  return [y, s, mean, rstd];
};

export const addLayerNormGradWebgpu: KernelFunction<'AddLayerNormGrad', GpuBackend> = (inputs, { dropout, affine }, backend) => {
  const { dy, s, mean, rstd, gamma, rng } = inputs;
  const [T, H] = [sizeOf(dy, 0), sizeOf(dy, 1)];
  const runs = Math.min(MAX_RUNS, Math.ceil(T / MIN_ROWS_PER_RUN));
  const parts = output(backend, [runs, 2, H]);
  const ds = output(backend, [T, H]);
  const drops = dropout.rate > 0;
  const dx = drops ? output(backend, [T, H]) : undefined;
  const bound = { dy, s, mean, rstd, gamma, ...dropoutBindings(rng, dropout), ds, dx, parts };
  dispatch(backend, addLayerNormGradShader, { H, rate: dropout.rate }, bound, [runs, 1, 1]);
  const throughDropout = dx ?? alias(backend, ds);
  if (!affine) {
    release(backend, parts);
    return [ds, throughDropout];
  }
  const dgamma = output(backend, [H]);
  const dbeta = output(backend, [H]);
  const workgroups = Math.ceil((2 * H) / COLUMNS_PER_WORKGROUP);
  dispatch(backend, columnSumPairShader, { columns: H }, { parts, first: dgamma, second: dbeta }, [workgroups, 1, 1]);
  release(backend, parts);
  return [ds, throughDropout, dgamma, dbeta];
};
