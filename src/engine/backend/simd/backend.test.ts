import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { linear } from '../../ops/linear/linear.ts';
import { normals } from '../../testing/inputs.ts';
import { startSimd } from '../../testing/node/simd.ts';
import type { SimdBackend } from './backend.ts';

describe('simd backend', () => {
  let backend: SimdBackend;
  beforeAll(async () => {
    backend = await startSimd();
  });
  beforeEach(() => tf.setBackend('simd'));

  test('an upload is a copy', async () => {
    const values = Float32Array.of(1, 2, 3);
    const x = tf.tensor(values);
    values[0] = 9;
    expect([...(await x.data())]).toEqual([1, 2, 3]);
    x.dispose();
  });

  test('what is read is a copy in a plain ArrayBuffer', async () => {
    const x = tf.tensor(Float32Array.of(1, 2, 3));
    const read = await x.data<'float32'>();
    expect(read.buffer).toBeInstanceOf(ArrayBuffer);
    read[0] = 9;
    expect([...x.dataSync()]).toEqual([1, 2, 3]);
    x.dispose();
  });

  test('borrowed kernels read the heap and their results reach ours', async () => {
    const result = tf.tidy(() => {
      const x = tf.mul(tf.tensor2d([1, 2, 3, 4], [2, 2]), 2);
      return linear(x, tf.transpose(tf.tensor2d([1, 0, 1, 1], [2, 2])), tf.tensor1d([10, 20]));
    });
    expect([...(await result.data())]).toEqual([16, 24, 24, 28]);
    result.dispose();
  });

  test('a slice outlives the tensor it was cut from', async () => {
    const x = tf.tensor1d(Float32Array.from({ length: 64 }, (_, i) => i));
    const part = tf.slice(x, [8], [4]);
    x.dispose();
    tf.tensor1d(new Float32Array(64).fill(-1)).dispose();
    expect([...(await part.data())]).toEqual([8, 9, 10, 11]);
    part.dispose();
  });

  test('Add of equal shapes is ours, with broadcasting the borrowed one', async () => {
    const sums = tf.tidy(() => {
      const a = tf.tensor2d(
        Float32Array.from({ length: 15 }, (_, i) => i),
        [3, 5],
      );
      return [tf.add(a, a), tf.add(a, tf.scalar(1)), tf.add(tf.tensor1d([1, 2], 'int32'), tf.tensor1d([3, 4], 'int32'))];
    });
    const [equal, broadcast, whole] = await Promise.all(sums.map((each) => each.data()));
    expect([...equal!]).toEqual(Array.from({ length: 15 }, (_, i) => 2 * i));
    expect([...broadcast!]).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    expect([...whole!]).toEqual([4, 6]);
    tf.dispose(sums);
  });

  test('other dtypes and empty tensors', async () => {
    const made = [tf.tensor([true, false]), tf.tensor(['a', 'b']), tf.complex([1], [2]), tf.zeros([0, 3])];
    const [booleans, strings, complex, empty] = await Promise.all(made.map((each) => each.data()));
    expect([...booleans!]).toEqual([1, 0]);
    expect([...(strings as unknown as string[])]).toEqual(['a', 'b']);
    expect([...complex!]).toEqual([1, 2]);
    expect(empty).toHaveLength(0);
    tf.dispose(made);
  });

  test('memory goes back when the last of those that share it goes', () => {
    const before = { ids: backend.numDataIds(), bytes: backend.memory().heapBytesUsed };
    const x = tf.zeros([1000]);
    const same = tf.reshape(x, [10, 100]);
    x.dispose();
    expect(backend.memory().heapBytesUsed).toBe(before.bytes + 4032);
    same.dispose();
    expect({ ids: backend.numDataIds(), bytes: backend.memory().heapBytesUsed }).toEqual(before);
  });

  test('a tensor moves to another backend and back', async () => {
    const x = tf.tensor(Float32Array.from(normals(1, 100)));
    const before = await x.data();
    await tf.setBackend('cpu');
    const doubled = tf.add(x, x);
    await tf.setBackend('simd');
    const halved = tf.mul(doubled, 0.5);
    expect([...(await halved.data())]).toEqual([...before]);
    tf.dispose([x, doubled, halved]);
  });
});
