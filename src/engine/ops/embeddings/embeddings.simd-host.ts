/** Embeddings on the simd backend. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../../backend/simd/backend.ts';
import { TABLE_BLOCK, TOKEN_BLOCK } from '../../backend/simd/blocks.ts';
import { EMBEDDINGS, EMBEDDINGS_GRAD } from '../../backend/simd/kernel-numbers.ts';
import type { KernelFunction } from '../contract.ts';
import { sizeOf } from '../define-op.ts';

/** The address of indices [T], all of which must be rows of a table. */
function checkedIndices(backend: SimdBackend, indices: TensorInfo, rows: number): number {
  const values = backend.view(indices);
  for (let token = 0; token < values.length; token++) {
    const index = values[token]!;
    if (!(index >= 0 && index < rows)) {
      throw new RangeError(`embeddings: index ${index} of token ${token} is outside a table of ${rows} rows`);
    }
  }
  return backend.address(indices);
}

export const embeddingsSimd: KernelFunction<'Embeddings', SimdBackend> = (inputs, _attrs, backend) => {
  const [T, H] = [sizeOf(inputs.ids, 0), sizeOf(inputs.word, 1)];
  const out = backend.allocateTensor([T, H]);
  const params = [
    checkedIndices(backend, inputs.ids, sizeOf(inputs.word, 0)),
    checkedIndices(backend, inputs.positions, sizeOf(inputs.position, 0)),
    checkedIndices(backend, inputs.types, sizeOf(inputs.type, 0)),
    backend.address(inputs.word),
    backend.address(inputs.position),
    backend.address(inputs.type),
    backend.address(out),
    T,
    H,
  ];
  const work = { label: `embeddings H${H}`, flops: 2 * T * H, bytes: 16 * T * H };
  backend.jobs.run(EMBEDDINGS, Math.ceil(T / TOKEN_BLOCK), params, work);
  return [out];
};

export const embeddingsGradSimd: KernelFunction<'EmbeddingsGrad', SimdBackend> = (inputs, attrs, backend) => {
  const [T, H] = [sizeOf(inputs.dy, 0), sizeOf(inputs.dy, 1)];
  const { vocabulary, positionCount, typeCount } = attrs;
  const word = backend.allocateTensor([vocabulary, H]);
  const position = backend.allocateTensor([positionCount, H]);
  const type = backend.allocateTensor([typeCount, H]);
  const tiles = [vocabulary, positionCount, typeCount].reduce((sum, rows) => sum + Math.ceil(rows / TABLE_BLOCK), 0);
  const params = [
    backend.address(inputs.dy),
    T,
    H,
    ...[checkedIndices(backend, inputs.ids, vocabulary), backend.address(word), vocabulary],
    ...[checkedIndices(backend, inputs.positions, positionCount), backend.address(position), positionCount],
    ...[checkedIndices(backend, inputs.types, typeCount), backend.address(type), typeCount],
  ];
  const rows = vocabulary + positionCount + typeCount;
  const work = { label: `embeddings backward H${H}`, flops: 3 * T * H, bytes: 4 * H * (3 * T + rows) };
  backend.jobs.run(EMBEDDINGS_GRAD, tiles, params, work);
  return [word, position, type];
};
