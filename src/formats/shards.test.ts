import { expect, test } from 'vitest';
import { Problem } from '../lib/problem.ts';
import { joinShards, readShardIndex } from './shards.ts';
import type { TensorFile } from './tensor-file.ts';

function fileOf(tensors: Readonly<Record<string, number>>): TensorFile {
  const tensor = (name: string) => ({ shape: [1], data: Float32Array.of(tensors[name] ?? NaN) });
  return { names: Object.keys(tensors), shape: () => [1], tensor };
}

function problemOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('no problem was thrown');
}

const WHERE = 'model.safetensors.index.json';
const SHARDS = new Map([
  ['1.safetensors', fileOf({ a: 1, b: 2 })],
  ['2.safetensors', fileOf({ c: 3 })],
]);

test('tensors come from the shard that the index names, in its order', () => {
  const index = readShardIndex({ metadata: {}, weight_map: { c: '2.safetensors', a: '1.safetensors' } }, WHERE);
  const file = joinShards(index, SHARDS, WHERE);
  expect(file.names).toEqual(['c', 'a']);
  expect(file.tensor('c').data).toEqual(Float32Array.of(3));
  expect(file.tensor('a').data).toEqual(Float32Array.of(1));
  expect(problemOf(() => file.tensor('b')).expected).toBe('a tensor "b"');
});

test('a tensor in another shard, or in none, is named', () => {
  const join = (map: Record<string, string>) =>
    problemOf(() => joinShards(readShardIndex({ weight_map: map }, WHERE), SHARDS, WHERE));
  expect(join({ a: '1.safetensors', c: '1.safetensors' })).toMatchObject({
    where: `${WHERE}, tensor "c"`,
    expected: 'it in 1.safetensors',
    found: 'it in 2.safetensors',
  });
  expect(join({ d: '1.safetensors' })).toMatchObject({ where: `${WHERE}, tensor "d"`, found: 'it in none of the files' });
});

test.each([
  ['no map', {}],
  ['a list', { weight_map: [] }],
  ['an empty one', { weight_map: {} }],
  ['a file elsewhere', { weight_map: { a: '../secret.safetensors' } }],
  ['a number for a file', { weight_map: { a: 3 } }],
])('%s is no index', (_, json) => {
  expect(problemOf(() => readShardIndex(json, WHERE))).toMatchObject({
    where: WHERE,
    fix: expect.stringContaining('again') as string,
  });
});
