/** Attention on WebGPU. */
import { dispatch, output, release } from '../../backend/webgpu/dispatch.ts';
import type { ReplayBackend } from '../../backend/webgpu/replay-backend.ts';
import type { KernelFunction } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import { dropoutBindings } from '../dropout/dropout.webgpu.ts';
import { blockCount, planHead } from './attention-blocks.wgsl.ts';
import { attentionKeyGradShader, attentionQueryGradShader, keyGradBlock, queryGradBlock } from './attention-grad.wgsl.ts';
import { attentionShader, forwardBlock } from './attention.wgsl.ts';

export const attentionWebgpu: KernelFunction<'Attention', ReplayBackend> = (inputs, { heads, dropout }, backend) => {
  const { qkv, offsets, rng } = inputs;
  const [T, H, B] = [sizeOf(qkv, 0), sizeOf(qkv, 1) / 3, sizeOf(offsets, 0) - 1];
  const out = output(backend, [T, H]);
  const lse = output(backend, [T, heads]);
  const bound = { qkv, offsets, ...dropoutBindings(rng, dropout), out, lse };
  const params = { H, heads, rate: dropout.rate, block: forwardBlock(planHead(H, heads), backend.lean) };
  dispatch(backend, attentionShader, params, bound, [blockCount(T, B, params.block.queries), heads, 1]);
  return [out, lse];
};

export const attentionGradWebgpu: KernelFunction<'AttentionGrad', ReplayBackend> = (inputs, { heads, dropout }, backend) => {
  const { dout, qkv, out, lse, offsets, rng } = inputs;
  const [T, H, B] = [sizeOf(qkv, 0), sizeOf(qkv, 1) / 3, sizeOf(offsets, 0) - 1];
  const plan = planHead(H, heads);
  const memory = backend.device.limits.maxComputeWorkgroupStorageSize;
  const delta = output(backend, [T, heads]);
  const dqkv = output(backend, [T, 3 * H]);
  const shared = { dout, qkv, lse, offsets, ...dropoutBindings(rng, dropout), delta, dqkv };
  const forQueries = { H, heads, rate: dropout.rate, block: queryGradBlock(plan, memory, backend.lean) };
  const queryBlocks = blockCount(T, B, forQueries.block.queries);
  dispatch(backend, attentionQueryGradShader, forQueries, { ...shared, out }, [queryBlocks, heads, 1]);
  const forKeys = { H, heads, rate: dropout.rate, block: keyGradBlock(plan, memory) };
  dispatch(backend, attentionKeyGradShader, forKeys, shared, [blockCount(T, B, forKeys.block.keys), heads, 1]);
  release(backend, delta);
  return [dqkv];
};
