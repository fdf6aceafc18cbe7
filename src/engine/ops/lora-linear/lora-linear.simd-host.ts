/** LoraLinear on the simd backend: products of the tile kernel; the small matrix U is spread out and gathered in JavaScript. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../../backend/simd/backend.ts';
import { TOKEN_BLOCK } from '../../backend/simd/blocks.ts';
import type { Block } from '../../backend/simd/heap.ts';
import type { KernelFunction, LoraAttrs } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import { KINDS, multiply, runActivationGrad } from '../linear/linear.simd-host.ts';
import { gatherUp, loraSizes, spreadUp, type LoraSizes } from './lora-linear.ts';

function floatsAt({ heap }: SimdBackend, address: number, length: number): Float32Array {
  return new Float32Array(heap.buffer, address, length);
}

/** U [N,R] on the heap, which the caller frees. */
function spreadOnHeap(backend: SimdBackend, up: TensorInfo, attrs: LoraAttrs, sizes: LoraSizes): Block {
  const block = backend.heap.allocate(sizes.N * sizes.R * 4);
  const target = floatsAt(backend, block.address, sizes.N * sizes.R).fill(0);
  spreadUp(floatsAt(backend, backend.address(up), sizeOf(up, 0) * sizes.r), target, attrs, sizes);
  return block;
}

export const loraLinearSimd: KernelFunction<'LoraLinear', SimdBackend> = ({ x, weight, bias, low, up }, attrs, backend) => {
  const [T, K] = [sizeOf(x, 0), sizeOf(x, 1)];
  const sizes = loraSizes(low, up, attrs);
  const { N, R } = sizes;
  const y = backend.allocateTensor([T, N]);
  const outputs: TensorInfo[] = attrs.activation === 'none' ? [y] : [y, backend.allocateTensor([T, N])];
  const z = backend.address(outputs[1] ?? y);
  const rows = (tensor: TensorInfo, stride: number) => ({ address: backend.address(tensor), stride, across: false });
  multiply(backend, [T, N, K], rows(x, K), rows(weight, K), z, `linear ${K} to ${N}`, {
    bias: backend.address(bias),
    activation: 0,
    y: 0,
  });
  const spread = spreadOnHeap(backend, up, attrs, sizes);
  const side = { address: spread.address, stride: R, across: false };
  const epilogue = { bias: 0, activation: KINDS[attrs.activation], y: backend.address(y), accumulates: true };
  multiply(backend, [T, N, R], rows(low, R), side, z, `lora up ${R} to ${N}`, epilogue);
  backend.heap.free(spread);
  return outputs;
};

export const loraLinearGradSimd: KernelFunction<'LoraLinearGrad', SimdBackend> = (inputs, attrs, backend) => {
  const { dy, low, up, weight } = inputs;
  const T = sizeOf(dy, 0);
  const sizes = loraSizes(low, up, attrs);
  const { N, R } = sizes;
  const dzBlock = attrs.activation === 'none' ? null : backend.heap.allocate(T * N * 4);
  if (dzBlock) {
    const partials = backend.heap.allocate(Math.ceil(T / TOKEN_BLOCK) * N * 4);
    runActivationGrad(backend, inputs, attrs.activation, dzBlock.address, partials.address);
    backend.heap.free(partials);
  }
  const dz = dzBlock?.address ?? backend.address(dy);
  const byRow = { address: dz, stride: N, across: false };

  const spread = spreadOnHeap(backend, up, attrs, sizes);
  const dlow = backend.allocateTensor([T, R]);
  const spreadSide = { address: spread.address, stride: R, across: true };
  multiply(backend, [T, R, N], byRow, spreadSide, backend.address(dlow), `lora dx ${N} to ${R}`);
  // U is used: its place takes dU.
  const lowSide = { address: backend.address(low), stride: R, across: true };
  multiply(backend, [N, R, T], { ...byRow, across: true }, lowSide, spread.address, `lora dW ${N} x ${R}`);
  const dup = backend.allocateTensor(up.shape);
  const target = floatsAt(backend, backend.address(dup), sizeOf(up, 0) * sizes.r);
  gatherUp(floatsAt(backend, spread.address, N * R), target, attrs, sizes);
  backend.heap.free(spread);

  let dx: TensorInfo | null = null;
  if (weight) {
    const K = sizeOf(weight, 1);
    dx = backend.allocateTensor([T, K]);
    const weightSide = { address: backend.address(weight), stride: K, across: true };
    multiply(backend, [T, K, N], byRow, weightSide, backend.address(dx), `linear dx ${N} to ${K}`);
  }
  if (dzBlock) backend.heap.free(dzBlock);
  return dx ? [dlow, dup, dx] : [dlow, dup];
};
