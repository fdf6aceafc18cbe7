/** The global norm on the simd backend: squares of fixed runs in f64, then their sum in order. */
import type { SimdBackend } from '../../backend/simd/backend.ts';
import { ELEMENT_BLOCK } from '../../backend/simd/blocks.ts';
import { SQUARES } from '../../backend/simd/kernel-numbers.ts';
import type { KernelFunction } from '../contract.ts';

export const globalNormSimd: KernelFunction<'GlobalNorm', SimdBackend> = (inputs, _attrs, backend) => {
  const runs: number[] = [];
  let numbers = 0;
  for (const tensor of Object.values(inputs)) {
    const address = backend.address(tensor);
    const size = tensor.shape.reduce((product, side) => product * side, 1);
    numbers += size;
    for (let first = 0; first < size; first += ELEMENT_BLOCK) {
      runs.push(address + first * 4, Math.min(ELEMENT_BLOCK, size - first));
    }
  }
  const count = runs.length / 2;
  const list = backend.heap.allocate(runs.length * 4);
  const sums = backend.heap.allocate(count * 8);
  const norm = backend.allocateTensor([1]);
  new Uint32Array(backend.heap.buffer, list.address, runs.length).set(runs);
  backend.jobs.run(SQUARES, count, [list.address, sums.address], {
    label: 'global norm',
    flops: 2 * numbers,
    bytes: 4 * numbers,
  });
  const total = new Float64Array(backend.heap.buffer, sums.address, count).reduce((sum, each) => sum + each, 0);
  backend.view(norm)[0] = Math.sqrt(total);
  backend.heap.free(list);
  backend.heap.free(sums);
  return [norm];
};
