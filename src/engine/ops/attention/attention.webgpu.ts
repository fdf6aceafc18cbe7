/** Attention on WebGPU. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { dispatch, output, release } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import type { KernelFunction } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import { dropoutBindings } from '../dropout/dropout.webgpu.ts';
import { blockCount } from './attention-blocks.wgsl.ts';
import { attentionKeyGradShader, attentionQueryGradShader } from './attention-grad.wgsl.ts';
import {
  attentionThreads,
  forwardBlock,
  keyGradBlock,
  memoryBudget,
  planHead,
  queryGradBlock,
  type PositionsPlan,
} from './attention-plan.ts';
import { attentionRelativeGradShader } from './attention-relative.wgsl.ts';
import { attentionShader } from './attention.wgsl.ts';

export const attentionWebgpu: KernelFunction<'Attention', GpuBackend> = (inputs, { heads, dropout, reach, terms }, backend) => {
  const { qkv, offsets, rng, relative, places } = inputs;
  const [T, H, B] = [sizeOf(qkv, 0), sizeOf(qkv, 1) / 3, sizeOf(offsets, 0) - 1];
  const { sizes, plan, budget } = planFor(backend, H, heads);
  const out = output(backend, [T, H]);
  const lse = output(backend, [T, heads]);
  const bound = { qkv, offsets, ...dropoutBindings(rng, dropout), relative, places, out, lse };
  const params = {
    ...sizes,
    rate: dropout.rate,
    positions: planPositions(places, reach, terms),
    block: forwardBlock(plan, budget),
  };
  dispatch(backend, attentionShader, params, bound, [blockCount(T, B, params.block.queries), heads, 1]);
  return [out, lse];
};

export const attentionGradWebgpu: KernelFunction<'AttentionGrad', GpuBackend> = (
  inputs,
  { heads, dropout, reach, terms },
  backend,
) => {
  const { dout, qkv, out, lse, offsets, rng, relative, places } = inputs;
  const [T, H, B] = [sizeOf(qkv, 0), sizeOf(qkv, 1) / 3, sizeOf(offsets, 0) - 1];
  const { sizes, plan, budget } = planFor(backend, H, heads);
  const delta = output(backend, [T, heads]);
  const dqkv = output(backend, [T, 3 * H]);
  const shared = { dout, qkv, lse, offsets, ...dropoutBindings(rng, dropout), relative, places, delta, dqkv };
  const common = { ...sizes, rate: dropout.rate, positions: planPositions(places, reach, terms) };
  const forQueries = { ...common, block: queryGradBlock(plan, budget) };
  const queryBlocks = blockCount(T, B, forQueries.block.queries);
  dispatch(backend, attentionQueryGradShader, forQueries, { ...shared, out }, [queryBlocks, heads, 1]);
  const forKeys = { ...common, block: keyGradBlock(plan, budget) };
  dispatch(backend, attentionKeyGradShader, forKeys, shared, [blockCount(T, B, forKeys.block.keys), heads, 1]);
  if (!relative) {
    release(backend, delta);
    return [dqkv];
  }
  const drelative = output(backend, relative.shape);
  dispatch(backend, attentionRelativeGradShader, common, { ...shared, drelative }, [sizeOf(relative, 0), heads, 1]);
  release(backend, delta);
  return [dqkv, drelative];
};

/** Places come in vec4i, because that is how a uniform is laid out. */
function planPositions(places: TensorInfo | undefined, reach = 0, terms = places ? 3 : 1): PositionsPlan {
  return { units: places ? sizeOf(places, 0) / 4 : 0, reach, terms };
}

function planFor({ device, lean }: GpuBackend, H: number, heads: number) {
  const sizes = { H, heads, threads: attentionThreads(H / heads, lean) };
  return { sizes, plan: planHead(sizes), budget: memoryBudget(device.limits.maxComputeWorkgroupStorageSize, lean) };
}
