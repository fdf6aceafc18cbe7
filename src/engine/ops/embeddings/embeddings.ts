/**
 * The sum of BERT's three embeddings: out[t] = word[ids[t]] + position[positions[t]] + type[types[t]].
 * ids, positions, types int32 [T]; word [V,H], position [P,H], type [Y,H] -> [T,H]. Kept for backward: nothing but the indices.
 * Each table's gradient is dense: the rows of dy added in token order, so it is deterministic; tokens of the rounding pad
 * bring dy = 0.
 * Source: Devlin et al. 2018, `BertEmbeddings` without its LayerNorm.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelFunction } from '../contract.ts';
import { floats, ints, makeFloats, type Reals } from '../cpu-values.ts';
import { defineOp, expectShape, sizeOf } from '../define-op.ts';
import { runKernel } from '../run-kernel.ts';

type Inputs = { word: Tensor; position: Tensor; type: Tensor };
type Indices = { ids: Tensor; positions: Tensor; types: Tensor };
type Sizes = { vocabulary: number; positionCount: number; typeCount: number };

const record = defineOp<Inputs, Indices & { sizes: Sizes }, Record<string, never>>({
  forward: (tables, { ids, positions, types }) => ({
    output: runKernel('Embeddings', { ids, positions, types, ...tables }, {})[0],
    kept: {},
  }),
  backward: (dy, _kept, { ids, positions, types, sizes }) => {
    const [word, position, type] = runKernel('EmbeddingsGrad', { dy, ids, positions, types }, sizes);
    return { word, position, type };
  },
});

/** ids, positions, types int32 [T] within the tables word [V,H], position [P,H], type [Y,H] -> [T,H]. */
export function embeddings(indices: Indices, tables: Inputs): Tensor {
  expectShape('embeddings', 'ids', indices.ids, [-1]);
  expectShape('embeddings', 'positions', indices.positions, indices.ids.shape);
  expectShape('embeddings', 'types', indices.types, indices.ids.shape);
  expectShape('embeddings', 'word', tables.word, [-1, -1]);
  expectShape('embeddings', 'position', tables.position, [-1, sizeOf(tables.word, 1)]);
  expectShape('embeddings', 'type', tables.type, [-1, sizeOf(tables.word, 1)]);
  const sizes = {
    vocabulary: sizeOf(tables.word, 0),
    positionCount: sizeOf(tables.position, 0),
    typeCount: sizeOf(tables.type, 0),
  };
  return record(tables, { ...indices, sizes });
}

/** Adds table[indices[t]] to row t of out [T,H]. Throws for an index outside the table. */
export function gatherAdd(out: Float64Array, indices: Int32Array, table: Reals, H: number): void {
  indices.forEach((index, t) => {
    if (index < 0 || (index + 1) * H > table.length) {
      throw new RangeError(`embeddings: index ${index} of token ${t} is outside a table of ${table.length / H} rows`);
    }
    for (let h = 0; h < H; h++) out[t * H + h]! += table[index * H + h]!;
  });
}

/** The gradient [rows,H] of a gathered table: row t of dy [T,H] added to indices[t], in token order. */
export function scatterAdd(dy: Reals, indices: Int32Array, rows: number, H: number): Float64Array {
  const sum = new Float64Array(rows * H);
  indices.forEach((index, t) => {
    for (let h = 0; h < H; h++) sum[index * H + h]! += dy[t * H + h]!;
  });
  return sum;
}

export const embeddingsCpu: KernelFunction<'Embeddings', MathBackendCPU> = (inputs, _attrs, backend) => {
  const T = sizeOf(inputs.ids, 0);
  const H = sizeOf(inputs.word, 1);
  const out = new Float64Array(T * H);
  gatherAdd(out, ints(backend, inputs.ids), floats(backend, inputs.word), H);
  gatherAdd(out, ints(backend, inputs.positions), floats(backend, inputs.position), H);
  gatherAdd(out, ints(backend, inputs.types), floats(backend, inputs.type), H);
  return [makeFloats(backend, [T, H], out)];
};

export const embeddingsGradCpu: KernelFunction<'EmbeddingsGrad', MathBackendCPU> = (inputs, attrs, backend) => {
  const H = sizeOf(inputs.dy, 1);
  const dy = floats(backend, inputs.dy);
  const { vocabulary, positionCount, typeCount } = attrs;
  return [
    makeFloats(backend, [vocabulary, H], scatterAdd(dy, ints(backend, inputs.ids), vocabulary, H)),
    makeFloats(backend, [positionCount, H], scatterAdd(dy, ints(backend, inputs.positions), positionCount, H)),
    makeFloats(backend, [typeCount, H], scatterAdd(dy, ints(backend, inputs.types), typeCount, H)),
  ];
};
