import { add, gather, type Tensor1D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectAllClose } from '../../testing/all-close.ts';
import { checkOp, runForward, runOp, type OpCase } from '../../testing/check-op.ts';
import { checkGradients } from '../../testing/gradient-check.ts';
import { integers, normals } from '../../testing/inputs.ts';
import { describeBackends } from '../../testing/node/backends.ts';
import { start as startCpu } from '../../testing/node/cpu.ts';
import { TOLERANCES } from '../../testing/tolerances.ts';
import { embeddings, gatherAdd, scatterAdd } from './embeddings.ts';

type EmbeddingsCase = OpCase<'word' | 'position' | 'type', 'ids' | 'positions' | 'types'>;

function embeddingsCase(T: number, H: number, vocabulary: number, types = 2): EmbeddingsCase {
  return {
    inputs: {
      word: { shape: [vocabulary, H], values: normals(1, vocabulary * H) },
      position: { shape: [130, H], values: normals(2, 130 * H) },
      type: { shape: [types, H], values: normals(3, types * H) },
    },
    constants: {
      ids: { shape: [T], values: integers(4, T, vocabulary) },
      positions: { shape: [T], values: Int32Array.from({ length: T }, (_, t) => t % 17) },
      types: { shape: [T], values: integers(6, T, types) },
    },
    run: ({ word, position, type }, { ids, positions, types: typeIds }) =>
      embeddings({ ids, positions, types: typeIds }, { word, position, type }),
  };
}

describe('embeddings reference', () => {
  beforeAll(startCpu);

  test('stock tfjs agrees', async () => {
    const ours = embeddingsCase(65, 5, 11);
    const theirs: EmbeddingsCase = {
      ...ours,
      run: ({ word, position, type }, { ids, positions, types }) =>
        add(add(gather(word, ids as Tensor1D), gather(position, positions as Tensor1D)), gather(type, types as Tensor1D)),
    };
    expectAllClose('output', await runForward('cpu', ours), await runForward('cpu', theirs), TOLERANCES.stock);
  });

  test('gradient by differences', () => {
    const [T, H] = [7, 3];
    const indices = { word: integers(4, T, 5), position: integers(5, T, 4), type: integers(6, T, 2) };
    const tables = { word: normals(1, 5 * H), position: normals(2, 4 * H), type: normals(3, 2 * H) };
    const names = ['word', 'position', 'type'] as const;
    const forward = (): Float64Array => {
      const out = new Float64Array(T * H);
      for (const name of names) gatherAdd(out, indices[name], tables[name], H);
      return out;
    };
    const dy = normals(7, T * H);
    const gradientOf = (name: (typeof names)[number]) => scatterAdd(dy, indices[name], tables[name].length / H, H);
    checkGradients(tables, forward, dy, { word: gradientOf('word'), position: gradientOf('position'), type: gradientOf('type') });
  });

  test('an id outside the vocabulary is refused', async () => {
    const opCase = embeddingsCase(3, 5, 11);
    const constants = { ...opCase.constants, ids: { shape: [3], values: Int32Array.of(0, 11, 2) } };
    await expect(runOp('cpu', { ...opCase, constants })).rejects.toThrow('index 11 of token 1 is outside a table of 11 rows');
  });
});

describeBackends('embeddings', (backend) => {
  test.each([
    [1, 5, 7],
    [3, 24, 101],
    [17, 65, 3],
    [65, 24, 1000],
    [127, 384, 500],
  ])('%i tokens, hidden %i, vocabulary %i', async (T, H, vocabulary) => {
    await checkOp(backend, embeddingsCase(T, H, vocabulary));
  });

  test('all tokens the same, one type', async () => {
    await checkOp(backend, embeddingsCase(127, 24, 1, 1));
  });

  test('the gradient is the same bits again', async () => {
    const [first, second] = [await runOp(backend, embeddingsCase(127, 24, 5)), await runOp(backend, embeddingsCase(127, 24, 5))];
    for (const name of ['word', 'position', 'type']) {
      expectAllClose(name, first.gradients[name]!, second.gradients[name]!, TOLERANCES.exact);
    }
  });
});
