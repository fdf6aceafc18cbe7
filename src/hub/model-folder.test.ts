import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readFixture } from '../engine/testing/node/safetensors.ts';
import { writeSafetensors } from '../formats/safetensors.ts';
import { writeZip } from '../formats/zip.ts';
import { Problem } from '../lib/problem.ts';
import { openModelFolder, type ModelFolder } from './model-folder.ts';

type Content = string | Uint8Array<ArrayBuffer>;
type Files = Record<string, Content>;

const WEIGHTS = new Uint8Array(
  writeSafetensors([{ name: 'pooler.dense.bias', shape: [3], data: Float32Array.of(1, 2, 3) }]).flatMap((part) => [...part]),
);
const GOOD: Files = {
  'config.json': '{"model_type": "bert", "hidden_size": 3}',
  'tokenizer.json': '{"model": {"type": "WordPiece"}}',
  'tokenizer_config.json': '{"do_lower_case": true}',
  'model.safetensors': WEIGHTS,
  'vocab.txt': '[PAD]\n[UNK]\n',
};

const bytesOf = (path: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(path));

function without(files: Files, ...names: string[]): Files {
  return Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));
}

/** Files as a browser gives them: a folder's path is in webkitRelativePath, the name is the last part. */
function diskFiles(files: Files, folder = ''): File[] {
  return Object.entries(files).map(([path, content]) => {
    const file = new File([content], path.slice(path.lastIndexOf('/') + 1));
    Object.defineProperty(file, 'webkitRelativePath', { value: folder === '' ? '' : folder + path });
    return file;
  });
}

async function zipFile(files: Files, name: string): Promise<File> {
  const inputs = Object.entries(files).map(([path, content]) => ({
    path,
    parts: [typeof content === 'string' ? new TextEncoder().encode(content) : content],
    compress: true,
  }));
  return new File([await writeZip(inputs, new Date(2026, 0, 1))], name);
}

async function problemOf(files: readonly File[]): Promise<Problem> {
  try {
    await openModelFolder(files);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('no problem was thrown');
}

describe('opens', () => {
  function expectGood(folder: ModelFolder, name: string): void {
    expect(folder.name).toBe(name);
    expect(folder.config).toEqual({ model_type: 'bert', hidden_size: 3 });
    expect(folder.tokenizer).toEqual({
      tokenizerJson: GOOD['tokenizer.json'],
      tokenizerConfigJson: GOOD['tokenizer_config.json'],
    });
    expect(folder.weights.names).toEqual(['pooler.dense.bias']);
    expect(folder.weights.tensor('pooler.dense.bias')).toEqual({ shape: [3], data: Float32Array.of(1, 2, 3) });
    expect(folder.bytes).toBe(WEIGHTS.length);
    expect(folder.otherFiles.map((file) => file.name)).toEqual(['vocab.txt']);
  }

  test('loose files', async () => expectGood(await openModelFolder(diskFiles(GOOD)), 'Model folder'));
  test('a folder', async () => expectGood(await openModelFolder(diskFiles(GOOD, 'my-bert/')), 'my-bert'));
  test('a zip', async () => expectGood(await openModelFolder([await zipFile(GOOD, 'my-bert.zip')]), 'my-bert'));
  test('a zip without the ending', async () => expectGood(await openModelFolder([await zipFile(GOOD, 'download')]), 'download'));

  test('a zip with one folder at the top, and what macOS adds', async () => {
    const files: Files = { '__MACOSX/top/._config.json': 'x', 'top/.DS_Store': 'x' };
    for (const [path, content] of Object.entries(GOOD)) files[`top/${path}`] = content;
    expectGood(await openModelFolder([await zipFile(files, 'x.zip')]), 'top');
  });

  test('a repository with further folders in it', async () => {
    const more = {
      '1_Pooling/config.json': '{"pooling": true}',
      'onnx/config.json': '{}',
      'onnx/model.onnx': 'x',
      'README.md': '#',
    };
    expectGood(await openModelFolder(diskFiles({ ...GOOD, ...more }, 'my-bert/')), 'my-bert');
  });

  test('without tokenizer_config.json', async () => {
    const folder = await openModelFolder(diskFiles(without(GOOD, 'tokenizer_config.json')));
    expect(folder.tokenizer.tokenizerConfigJson).toBeNull();
  });

  test.each(['vocab.txt', 'vocab.json', 'spm.model', 'sentencepiece.bpe.model'])(
    '%s in place of tokenizer.json',
    async (name) => {
      const folder = await openModelFolder(diskFiles({ ...without(GOOD, 'tokenizer.json', 'vocab.txt'), [name]: 'x' }));
      expect(folder.tokenizer.tokenizerJson).toBeNull();
      expect(folder.otherFiles.map((file) => file.name)).toEqual([name]);
    },
  );
  test.each(['shards-safetensors', 'shards-bin'])('%s, as huggingface_hub writes them', async (shards) => {
    const at = 'reference/fixtures/torch';
    const pieces = Object.fromEntries(readdirSync(`${at}/${shards}`).map((name) => [name, bytesOf(`${at}/${shards}/${name}`)]));
    const expected = readFixture(`${at}/shards-expected.safetensors`);
    const folder = await openModelFolder(diskFiles({ ...without(GOOD, 'model.safetensors'), ...pieces }));
    expect(folder.weights.names).toEqual(expected.names);
    for (const name of expected.names) {
      const { shape, data } = expected.tensor(name);
      expect(folder.weights.tensor(name)).toEqual({ shape, data: Float32Array.from(data) });
    }
    const weights = Object.entries(pieces).filter(([name]) => !name.endsWith('.json'));
    expect(folder.bytes).toBe(weights.reduce((sum, [, bytes]) => sum + bytes.length, 0));
  });

  test('pytorch_model.bin where there is no model.safetensors, also in a zip', async () => {
    const files = {
      ...without(GOOD, 'model.safetensors'),
      'pytorch_model.bin': bytesOf('reference/fixtures/torch/protocol-2.bin'),
    };
    for (const chosen of [diskFiles(files), [await zipFile(files, 'x.zip')]]) {
      const folder = await openModelFolder(chosen);
      expect(folder.weights.tensor('a').data).toEqual(Float32Array.of(0, 1, 2));
    }
    const both = await openModelFolder(diskFiles({ ...files, ...GOOD }));
    expect(both.weights.names).toEqual(['pooler.dense.bias']);
  });

  test('a real model of shared/', async ({ skip }) => {
    const path = '../shared/models/all-MiniLM-L6-v2';
    if (!existsSync(path)) skip(`${path} is not here`);
    const names = [
      'config.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'model.safetensors',
      'vocab.txt',
      'special_tokens_map.json',
    ];
    const files = names.map((name) => new File([new Uint8Array(readFileSync(`${path}/${name}`))], name));
    const folder = await openModelFolder(files);
    expect(folder.config).toMatchObject({ model_type: 'bert', num_hidden_layers: 6 });
    expect(folder.weights.names.length).toBe(103);
    expect(folder.otherFiles.map((file) => file.name)).toEqual(['special_tokens_map.json', 'vocab.txt']);
  });
});

describe('refuses', () => {
  const cases: [string, Files, Partial<Problem>][] = [
    [
      'no config.json',
      without(GOOD, 'config.json'),
      { found: 'no config.json among tokenizer.json, tokenizer_config.json, model.safetensors, vocab.txt' },
    ],
    ['broken JSON', { ...GOOD, 'config.json': '{"model_type": ' }, { where: 'Model folder, config.json', expected: 'JSON' }],
    ['JSON that is no object', { ...GOOD, 'config.json': '[1]' }, { where: 'Model folder, config.json', found: 'a JSON list' }],
    ['a config that is not text', { ...GOOD, 'config.json': Uint8Array.of(0xff, 0xfe, 0x00) }, { expected: 'text in UTF-8' }],
    [
      'a huge config',
      { ...GOOD, 'config.json': ' '.repeat(5 * 2 ** 20) },
      { where: 'Model folder, config.json', found: '5,242,880 bytes' },
    ],
    [
      'no tokenizer.json',
      without(GOOD, 'tokenizer.json', 'vocab.txt'),
      { where: 'Model folder, tokenizer.json', found: 'only config.json, tokenizer_config.json, model.safetensors' },
    ],
    ['a broken tokenizer.json', { ...GOOD, 'tokenizer.json': '{' }, { where: 'Model folder, tokenizer.json' }],
    [
      'a broken tokenizer_config.json',
      { ...GOOD, 'tokenizer_config.json': '{' },
      { where: 'Model folder, tokenizer_config.json' },
    ],
    [
      'no weights',
      without(GOOD, 'model.safetensors'),
      { where: 'Model folder, model.safetensors', found: 'only config.json, tokenizer.json, tokenizer_config.json, vocab.txt' },
    ],
    [
      'truncated weights',
      { ...GOOD, 'model.safetensors': WEIGHTS.slice(0, -4) },
      { where: 'Model folder, model.safetensors', found: `only ${WEIGHTS.length - 4} bytes` },
    ],
    [
      'a Git LFS pointer as weights',
      { ...GOOD, 'model.safetensors': 'version https://git-lfs.github.com/spec/v1\noid sha256:0' },
      { where: 'Model folder, model.safetensors' },
    ],
  ];
  test.each(cases)('%s', async (_, files, expected) => {
    const problem = await problemOf(diskFiles(files));
    expect(problem).toMatchObject(expected);
    expect(problem.fix.length).toBeGreaterThan(20);
  });

  test.each([
    ['pytorch_model-00001-of-00002.bin', /pieces of weights without their index/, /index\.json/],
    ['model-00001-of-00002.safetensors', /pieces of weights without their index/, /index\.json/],
    ['adapter_model.safetensors', /LoRA adapter/, /merge_and_unload/],
    ['tf_model.h5', /TensorFlow/, /save_pretrained/],
    ['model.onnx', /ONNX/, /exported from/],
  ])('%s in place of the weights, and says what to do', async (name, found, fix) => {
    const problem = await problemOf(diskFiles({ ...without(GOOD, 'model.safetensors'), [name]: 'x' }));
    expect(problem.found).toMatch(found);
    expect(problem.fix).toMatch(fix);
  });

  test('a shard that is missing, by name', async () => {
    const at = 'reference/fixtures/torch/shards-bin';
    const pieces = Object.fromEntries(readdirSync(at).map((name) => [name, bytesOf(`${at}/${name}`)]));
    const files = { ...without(GOOD, 'model.safetensors'), ...without(pieces, 'pytorch_model-00002-of-00003.bin') };
    expect(await problemOf(diskFiles(files))).toMatchObject({
      where: 'Model folder, pytorch_model.bin.index.json',
      expected: 'its 3 files of weights',
      found: 'no pytorch_model-00002-of-00003.bin',
    });
  });

  test('nothing', async () => {
    expect((await problemOf([])).found).toBe('none');
  });

  test('two models side by side', async () => {
    const both: Files = {};
    for (const [path, content] of Object.entries(GOOD)) for (const folder of 'ab') both[`${folder}/${path}`] = content;
    expect(await problemOf(diskFiles(both, 'models/'))).toMatchObject({
      expected: 'the files of one model',
      found: 'models/a/config.json and models/b/config.json',
    });
    expect((await problemOf([...diskFiles(GOOD), ...diskFiles(GOOD)])).found).toBe('two files config.json');
    expect((await problemOf([...diskFiles(GOOD), ...diskFiles({ 'model.safetensors': WEIGHTS })])).found).toBe(
      'two files model.safetensors',
    );
  });

  test('a text file with the ending .zip', async () => {
    expect(await problemOf([new File(['hello'], 'model.zip')])).toMatchObject({ where: 'model.zip', expected: 'a complete zip' });
  });

  test('a file that is gone', async () => {
    const [config, ...others] = diskFiles(GOOD);
    Object.defineProperty(config, 'arrayBuffer', { value: () => Promise.reject(new DOMException('gone', 'NotReadableError')) });
    expect(await problemOf([config!, ...others])).toMatchObject({ where: 'config.json', found: 'that it can no longer be read' });
  });
});
