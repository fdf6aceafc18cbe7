import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readFixture } from '../engine/testing/node/safetensors.ts';
import { Problem } from '../lib/problem.ts';
import { memorySource, type ByteSource } from './byte-source.ts';
import { openTorchFile } from './torch-file.ts';

const FOLDER = 'reference/fixtures/torch';
const bytesOf = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(`${FOLDER}/${name}`));
const open = (bytes: Uint8Array<ArrayBuffer>) => openTorchFile(memorySource(bytes), 'pytorch_model.bin');

async function problemOf(bytes: Uint8Array<ArrayBuffer>): Promise<Problem> {
  try {
    const file = await open(bytes);
    for (const name of file.names) file.tensor(name);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('no problem was thrown');
}

/** The first place of a text in the bytes. */
function placeOf(bytes: Uint8Array, text: string): number {
  const at = Buffer.from(bytes).indexOf(text);
  if (at < 0) throw new Error(`${text} is not in the file`);
  return at;
}

/** A legacy file around one pickle, by hand from the format's definition. */
function legacy(pickle: readonly number[]): Uint8Array<ArrayBuffer> {
  const magic = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
  const protocol = [0x80, 2, 0x4d, 0xe9, 0x03, 0x2e];
  const system = [0x80, 2, 0x7d, 0x58, 13, 0, 0, 0, ...Buffer.from('little_endian'), 0x88, 0x73, 0x2e];
  return Uint8Array.from([...magic, ...protocol, ...system, ...pickle]);
}

describe("torch's own files", () => {
  test.each(['zip.bin', 'legacy.bin'])('%s: every tensor as torch reads it, to the last bit', async (name) => {
    const expected = readFixture(`${FOLDER}/expected.safetensors`);
    const file = await open(bytesOf(name));
    expect([...file.names].sort()).toEqual([...expected.names, 'float64', 'ids'].sort());
    for (const tensor of expected.names) {
      const { shape, data } = expected.tensor(tensor);
      expect(file.shape(tensor), tensor).toEqual(shape);
      expect(file.tensor(tensor), tensor).toEqual({ shape, data: Float32Array.from(data) });
    }
    expect(file.shape('ids')).toEqual([1, 4]);
    expect(() => file.tensor('ids')).toThrow(/found I64/);
    expect(() => file.tensor('float64')).toThrow(/found F64/);
    expect(() => file.tensor('absent')).toThrow(/a tensor "absent"/);
  });

  test('a tensor of a shared storage is a fresh copy', async () => {
    const file = await open(bytesOf('zip.bin'));
    file.tensor('tied').data.fill(0);
    expect(file.tensor('base').data.some((value) => value !== 0)).toBe(true);
  });

  test.each([2, 3, 4, 5])('pickle protocol %i', async (protocol) => {
    const file = await open(bytesOf(`protocol-${protocol}.bin`));
    expect(file.names).toEqual(['a']);
    expect(file.tensor('a').data).toEqual(Float32Array.of(0, 1, 2));
  });

  test('is read by ranges, never as a whole', async () => {
    const bytes = bytesOf('zip.bin');
    const reads: number[] = [];
    const source: ByteSource = {
      size: bytes.length,
      read: (begin, end) => {
        reads.push(end - begin);
        return bytes.slice(begin, end);
      },
    };
    const file = await openTorchFile(source, 'pytorch_model.bin');
    reads.length = 0;
    file.tensor('sliced');
    // base is [6, 5]; rows 2..4 of columns 1 and 3 reach from value 11 to 23.
    expect(reads).toEqual([13 * 4]);
  });
});

describe('refused by name, and never run', () => {
  const cases: [string, Uint8Array<ArrayBuffer>, Partial<Problem>][] = [
    ['a call of os.system', bytesOf('malicious.bin'), { found: expect.stringMatching(/"(posix|nt|os)\.system"/) as string }],
    ['the same in the old format', bytesOf('malicious-legacy.bin'), { found: expect.stringMatching(/system"/) as string }],
    ['a whole module', bytesOf('module.bin'), { found: '"torch.nn.modules.linear.Linear"' }],
    ['a training checkpoint', bytesOf('checkpoint.bin'), { found: 'a dict without tensors (epoch, state_dict)' }],
    [
      'eval behind STACK_GLOBAL',
      legacy([0x80, 4, 0x8c, 8, ...Buffer.from('builtins'), 0x8c, 4, ...Buffer.from('eval'), 0x93]),
      { found: '"builtins.eval"' },
    ],
    ['__proto__ as a name', legacy([0x80, 2, 0x63, ...Buffer.from('__proto__\ntoString\n')]), { found: '"__proto__.toString"' }],
    ['INST, an opcode that makes objects', legacy([0x80, 2, 0x28, 0x69]), { found: 'the pickle opcode 0x69' }],
    ['an extension registry code', legacy([0x80, 2, 0x82, 1]), { found: 'the pickle opcode 0x82' }],
    ['protocol 0', legacy([0x80, 0]), { found: 'protocol 0' }],
    ['a mark that nobody set', legacy([0x80, 2, 0x74]), { expected: 'a sound pickle' }],
    ['a memo that was never written', legacy([0x80, 2, 0x68, 7]), { expected: 'a sound pickle' }],
    ['a text of 4 GB', legacy([0x80, 2, 0x58, 255, 255, 255, 255]), { expected: 'a complete pickle' }],
    ['an integer of 200 bytes', legacy([0x80, 2, 0x8a, 200]), { expected: 'integers of at most 128 bits' }],
    ['an empty file', new Uint8Array(0), { found: 'an empty file' }],
    ['a Git LFS pointer', Uint8Array.from(Buffer.from('version https://git-lfs.github.com/spec/v1')), { found: 'other bytes' }],
  ];
  test.each(cases)('%s', async (_, bytes, expected) => {
    const problem = await problemOf(bytes);
    expect(problem).toMatchObject(expected);
    expect(problem.where).toMatch(/^pytorch_model\.bin/);
    expect(problem.fix.length).toBeGreaterThan(20);
  });

  test('big-endian values', async () => {
    const zip = bytesOf('zip.bin');
    zip.set(Buffer.from('big   '), placeOf(zip, 'little'));
    expect((await problemOf(zip)).expected).toBe('little-endian values');
    const old = bytesOf('legacy.bin');
    // NEWTRUE after the key, its BINPUT between them.
    old[placeOf(old, 'little_endian') + 'little_endian'.length + 2] = 0x89;
    expect((await problemOf(old)).expected).toBe('little-endian values');
  });

  test('a shape beyond its storage, and one that repeats a value without end', async () => {
    // In the pickle of zip.bin: base has the size (6, 5) and the strides (5, 1), as BININT1s.
    const size = Buffer.from([0x4b, 6, 0x4b, 5, 0x86]);
    const beyond = bytesOf('zip.bin');
    beyond[Buffer.from(beyond).indexOf(size) + 1] = 7;
    expect(await problemOf(beyond)).toMatchObject({ expected: 'values inside its storage of 30' });
    const bomb = bytesOf('zip.bin');
    const at = Buffer.from(bomb).indexOf(size);
    const strides = Buffer.from(bomb).indexOf(Buffer.from([0x4b, 5, 0x4b, 1, 0x86]), at);
    bomb[at + 1] = 255;
    bomb[strides + 1] = 0;
    expect(await problemOf(bomb)).toMatchObject({ expected: 'values inside its storage of 30' });
  });

  test('a negative size', async () => {
    const pickle = [0x80, 2, 0x63, ...Buffer.from('torch._utils\n_rebuild_tensor_v2\n'), 0x28];
    const storage = [0x28, 0x58, 7, 0, 0, 0, ...Buffer.from('storage'), 0x63, ...Buffer.from('torch\nFloatStorage\n')];
    const id = [0x58, 1, 0, 0, 0, 0x30, 0x58, 3, 0, 0, 0, ...Buffer.from('cpu'), 0x4b, 1, 0x74, 0x51];
    const shape = [0x4b, 0, 0x4a, 255, 255, 255, 255, 0x85, 0x4b, 1, 0x85, 0x89, 0x4e, 0x74, 0x52, 0x2e];
    expect(await problemOf(legacy([...pickle, ...storage, ...id, ...shape]))).toMatchObject({
      expected: 'tensors with a storage, an offset, a size and strides of 0 or more',
    });
  });

  test.each(['zip.bin', 'legacy.bin'])('every cut of %s is a Problem, nothing else', async (name) => {
    const whole = bytesOf(name);
    for (let length = 0; length < whole.length; length += 7) await problemOf(whole.slice(0, length));
  });

  test.each(['zip.bin', 'legacy.bin'])('no changed byte of %s gets anything but values or a Problem', async (name) => {
    const whole = bytesOf(name);
    for (let at = 0; at < whole.length; at += 11) {
      const changed = whole.slice();
      changed[at] = (changed[at]! + 97) % 256;
      try {
        const file = await open(changed);
        for (const tensor of file.names) file.tensor(tensor);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
      }
    }
  });
});
