import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Problem } from '../lib/problem.ts';
import { createRandom } from '../lib/random.ts';
import { readSafetensors, writeSafetensors, type NamedTensor } from './safetensors.ts';

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** A file from the format's definition, by hand: any header, any data. */
function file(header: unknown, data: Uint8Array = new Uint8Array(), headerLength?: bigint): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, headerLength ?? BigInt(json.length), true);
  return join([length, json, data]);
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

function randomTensor(name: string, shape: readonly number[], seed: number): NamedTensor {
  const random = createRandom(seed);
  const count = shape.reduce((product, side) => product * side, 1);
  return { name, shape, data: Float32Array.from({ length: count }, () => random.normal()) };
}

const F32_PAIR = {
  a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
  b: { dtype: 'F32', shape: [1], data_offsets: [8, 12] },
};

describe('reading', () => {
  test('F32, F16 and BF16 at an odd place in the file', () => {
    const data = new Uint8Array(10);
    const view = new DataView(data.buffer);
    view.setFloat32(0, 1.5, true);
    view.setUint16(4, 0xbc00, true);
    view.setUint16(6, 0x0001, true);
    view.setUint16(8, 0x4049, true);
    const header = JSON.stringify({
      f: { dtype: 'F32', shape: [], data_offsets: [0, 4] },
      h: { dtype: 'F16', shape: [1, 2], data_offsets: [4, 8] },
      b: { dtype: 'BF16', shape: [1], data_offsets: [8, 10] },
    });
    const weights = readSafetensors(file(header + ' '.repeat((header.length + 1) % 2), data));
    expect(weights.names).toEqual(['f', 'h', 'b']);
    expect(weights.tensor('f')).toEqual({ shape: [], data: Float32Array.of(1.5) });
    expect(weights.tensor('h')).toEqual({ shape: [1, 2], data: Float32Array.of(-1, 2 ** -24) });
    expect(weights.tensor('b')).toEqual({ shape: [1], data: Float32Array.of(3.140625) });
  });

  test('a tensor is a fresh copy', () => {
    const weights = readSafetensors(join(writeSafetensors([randomTensor('a', [4], 1)])));
    const first = weights.tensor('a').data.slice();
    weights.tensor('a').data.fill(0);
    expect(weights.tensor('a').data).toEqual(first);
  });

  test('names that JavaScript objects treat specially', () => {
    const names = ['__proto__', 'constructor', 'toString', '7'];
    const tensors = names.map((name, i) => randomTensor(name, [i + 1], i));
    const weights = readSafetensors(join(writeSafetensors(tensors)));
    expect([...weights.names].sort()).toEqual([...names].sort());
    for (const { name, data } of tensors) expect(weights.tensor(name).data).toEqual(data);
    expect(problemOf(() => weights.tensor('hasOwnProperty')).expected).toBe('a tensor "hasOwnProperty"');
  });

  test('integers are listed, and refused as floats', () => {
    const weights = readSafetensors(file({ ids: { dtype: 'I64', shape: [1, 2], data_offsets: [0, 16] } }, new Uint8Array(16)));
    expect(weights.names).toEqual(['ids']);
    expect(weights.shape('ids')).toEqual([1, 2]);
    expect(problemOf(() => weights.tensor('ids'))).toMatchObject({ where: 'model.safetensors, tensor "ids"', found: 'I64' });
  });
});

describe('refusing', () => {
  const cases: [string, Uint8Array<ArrayBuffer>, Partial<Problem>][] = [
    ['an empty file', new Uint8Array(0), { found: 'a file of 0 bytes' }],
    ['a header longer than the file', file(F32_PAIR, new Uint8Array(12), 5000n), { expected: 'a header of 5,000 bytes' }],
    [
      'an absurd header length',
      file('{}', new Uint8Array(), 2n ** 60n),
      { found: 'a header length of 1,152,921,504,606,846,976' },
    ],
    ['broken JSON', file('{"a": '), { where: 'model.safetensors, header', expected: 'JSON that names the tensors' }],
    ['a list for a header', file('[]'), { where: 'model.safetensors, header', found: 'other JSON' }],
    ['an entry that is no object', file({ a: 3 }), { where: 'model.safetensors, tensor "a"' }],
    [
      'negative sides',
      file({ a: { dtype: 'F32', shape: [-1, -1], data_offsets: [0, 4] } }, new Uint8Array(4)),
      { where: 'model.safetensors, tensor "a"' },
    ],
    [
      'fractional offsets',
      file({ a: { dtype: 'F32', shape: [1], data_offsets: [0.5, 4.5] } }, new Uint8Array(5)),
      { found: '[0.5,4.5]' },
    ],
    ['an unknown dtype', file({ a: { dtype: 'Q4', shape: [2], data_offsets: [0, 1] } }, new Uint8Array(1)), { found: '"Q4"' }],
    [
      'bytes that do not fit the shape',
      file({ a: { dtype: 'F16', shape: [3, 2], data_offsets: [0, 16] } }, new Uint8Array(16)),
      { expected: '12 bytes for F16 of shape [3, 2]', found: '16 bytes' },
    ],
    [
      'overlapping tensors',
      file({ ...F32_PAIR, b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } }, new Uint8Array(8)),
      { where: 'model.safetensors, tensor "b"', found: expect.stringContaining('overlaps') as string },
    ],
    [
      'a gap between tensors',
      file({ ...F32_PAIR, b: { dtype: 'F32', shape: [1], data_offsets: [12, 16] } }, new Uint8Array(16)),
      { where: 'model.safetensors, tensor "b"', found: expect.stringContaining('gap') as string },
    ],
    [
      'a tensor beyond the end',
      file({ a: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }, new Uint8Array(8)),
      { where: 'model.safetensors' },
    ],
    ['bytes after the last tensor', file(F32_PAIR, new Uint8Array(20)), { where: 'model.safetensors' }],
  ];

  test.each(cases)('%s', (_, bytes, expected) => {
    const problem = problemOf(() => readSafetensors(bytes));
    expect(problem).toMatchObject(expected);
    expect(problem.fix.length).toBeGreaterThan(20);
  });

  test('a truncated file, with the bytes that are missing', () => {
    const whole = join(writeSafetensors([randomTensor('a', [10, 10], 1)]));
    const problem = problemOf(() => readSafetensors(whole.slice(0, whole.length - 100)));
    expect(problem.expected).toBe(`${whole.length} bytes, as its header says`);
    expect(problem.found).toBe(`only ${whole.length - 100} bytes`);
  });

  test('every cut of a small file is a Problem, nothing else', () => {
    const whole = join(writeSafetensors([randomTensor('a', [2, 3], 1), randomTensor('b', [4], 2)]));
    for (let length = 0; length < whole.length; length++) problemOf(() => readSafetensors(whole.slice(0, length)));
    expect(readSafetensors(whole).names).toEqual(['a', 'b']);
  });
});

describe('writing', () => {
  test('a round trip keeps order, shapes and every bit; values begin at a multiple of 8', () => {
    const odd = new Uint32Array([0x7fc00001, 0x80000000, 0x00000001, 0xff800000]);
    const tensors = [
      randomTensor('z', [3, 5], 1),
      { name: 'a', shape: [4], data: new Float32Array(odd.buffer) },
      randomTensor('empty', [0, 7], 2),
    ];
    const parts = writeSafetensors(tensors);
    expect(parts[0]!.length % 8).toBe(0);
    const bytes = join(parts);
    const weights = readSafetensors(bytes);
    expect(weights.names).toEqual(['z', 'a', 'empty']);
    for (const { name, shape, data } of tensors) {
      const back = weights.tensor(name);
      expect(back.shape).toEqual(shape);
      expect(new Uint8Array(back.data.buffer)).toEqual(new Uint8Array(data.buffer));
    }
    const header = new TextDecoder().decode(bytes.subarray(8, parts[0]!.length));
    expect(JSON.parse(header)).toMatchObject({
      __metadata__: { format: 'pt' },
      z: { dtype: 'F32', shape: [3, 5], data_offsets: [0, 60] },
    });
  });

  test('a part of a larger buffer is written alone, without a copy', () => {
    const heap = Float32Array.of(9, 1, 2, 9);
    const parts = writeSafetensors([{ name: 'a', shape: [2], data: heap.subarray(1, 3) }]);
    expect(parts[1]!.buffer).toBe(heap.buffer);
    expect(readSafetensors(join(parts)).tensor('a').data).toEqual(Float32Array.of(1, 2));
  });

  test('a shape that does not fit, or a name twice, is our own mistake', () => {
    expect(() => writeSafetensors([{ name: 'a', shape: [3], data: new Float32Array(2) }])).toThrow(/needs 3 values/);
    expect(() => writeSafetensors([randomTensor('a', [1], 1), randomTensor('a', [1], 1)])).toThrow(/twice/);
  });
});

describe('real files', () => {
  const REAL: [string, number, string, number[]][] = [
    ['public/models/starter/model.safetensors', 55, 'embeddings.word_embeddings.weight', [16_000, 384]],
    ['../shared/models/all-MiniLM-L6-v2/model.safetensors', 103, 'embeddings.word_embeddings.weight', [30_522, 384]],
    ['../shared/reference/toy/bert/model.safetensors', 41, 'bert.embeddings.LayerNorm.bias', [24]],
  ];

  test.for(REAL)('%s has %i tensors, all finite', ([path, count, name, shape], { skip }) => {
    if (!existsSync(path)) skip(`${path} is not here`);
    const weights = readSafetensors(new Uint8Array(readFileSync(path)), path);
    expect(weights.names.length).toBe(count);
    expect(weights.tensor(name).shape).toEqual(shape);
    for (const tensor of weights.names) {
      // A trained LayerNorm weight and a 0.02 initialisation both stay far below this; a wrongly decoded F16 would not.
      const sane = weights.tensor(tensor).data.every((value) => Math.abs(value) < 30);
      expect(sane, tensor).toBe(true);
    }
  });
});
