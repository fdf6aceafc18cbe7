/** `npm run train` from files to files, on a toy model: what it writes opens again, here, with what metrics.json says of it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMIT, startHub, type HubServer } from '../../e2e/hub-server.ts';
import { toyDataset, toyModelFiles, toyPairs, toySeveralLabels, type FileContent } from '../../e2e/toy-model.ts';
import { readSafetensors } from '../formats/safetensors.ts';
import { readTrainCommand } from './command-line.ts';
import { trainHeadless } from './train.ts';

const folder = mkdtempSync(join(tmpdir(), 'tabtune-train-'));
const at = (...path: string[]): string => join(folder, ...path);

const OPTIONS = ['--data', 'toy.csv', '--model', 'toy', '--threads', '2', '--compute', 'cpu'];
const SETTINGS = ['--epochs', '4', '--lr', '0.005', '--batch-size', '8', '--max-length', '32'];

let environment: Record<string, string> = {};

async function run(...words: string[]): Promise<readonly string[]> {
  const lines: string[] = [];
  await trainHeadless(readTrainCommand([...OPTIONS, ...SETTINGS, ...words]), folder, (line) => lines.push(line), environment);
  return lines;
}

const json = (...path: string[]) => JSON.parse(readFileSync(at(...path), 'utf8')) as Record<string, unknown>;
const metrics = (out: string) => json(out, 'metrics.json');

beforeAll(() => {
  mkdirSync(at('toy'));
  const write = (path: string, { buffer }: FileContent): void => writeFileSync(path, buffer);
  for (const file of toyModelFiles()) write(at('toy', file.name), file);
  write(at('toy.csv'), toyDataset(240));
  write(at('pairs.tsv'), toyPairs(200));
  write(at('several.csv'), toySeveralLabels(240));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('headless training', () => {
  test('writes a Hugging Face folder and metrics.json, and says what happens', async () => {
    const lines = await run('--out', 'first');
    expect(readdirSync(at('first')).sort()).toEqual([
      'README.md',
      'config.json',
      'metrics.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    const written = metrics('first');
    expect(written).toMatchObject({
      steps: 96,
      outcome: 'finished',
      rows: { train: 192, validation: 48 },
      settings: { learning_rate: 0.005, num_train_epochs: 4, seed: 42, adam_beta2: 0.999 },
    });
    expect(written.accuracy).toBeGreaterThan(0.9);
    const history = written.log_history as Record<string, number>[];
    expect(history.filter(({ loss }) => loss !== undefined).map(({ step }) => step)).toEqual(
      Array.from({ length: 96 }, (_, i) => i + 1),
    );
    expect(history.filter((entry) => 'eval_accuracy' in entry).at(-1)).toMatchObject({
      step: 96,
      eval_accuracy: written.accuracy,
    });
    expect(lines.join('\n')).toMatch(
      /192 rows to train.*\n[^]*epoch 4\.00 {2}step 96 {2}loss .* accuracy .*\n.*Finished after 96 steps/,
    );
  });

  test('what it wrote trains on: the same classes, the classifier kept', async () => {
    const lines = await run('--out', 'second', '--model', 'first', '--max-steps', '1', '--lr', '1e-8');
    expect(lines).toContain('The classifier of the model has the same classes and is trained on.');
    expect(metrics('second').accuracy).toBe(metrics('first').accuracy);
  });

  test('the same seed gives the same weights to the last bit, another seed others', async () => {
    await run('--out', 'again');
    await run('--out', 'other', '--seed', '7');
    const weights = (out: string): string => readFileSync(at(out, 'model.safetensors')).toString('base64');
    expect(weights('again')).toBe(weights('first'));
    expect(weights('other')).not.toBe(weights('first'));
  });

  test('arguments from a JSON file with the names of transformers 4; the command line wins', async () => {
    writeFileSync(at('recipe.json'), JSON.stringify({ evaluation_strategy: 'no', warmup_ratio: 0.25, seed: 1, max_steps: 50 }));
    await run('--out', 'recipe', '--config', 'recipe.json', '--max-steps', '3');
    expect(metrics('recipe')).toMatchObject({ steps: 3, settings: { eval_strategy: 'no', warmup_ratio: 0.25, seed: 1 } });
  });

  test.each([
    [['--data', 'none.csv'], 'none.csv: expected a file that can be read'],
    [['--model', './none'], 'none: expected the folder or zip of a model'],
    [['--revision', 'v1'], '--revision: expected a model of the hub beside it, found the path toy'],
    [['--text-pair', 'other'], 'expected a column "other", found the columns text, label'],
    [['--label', 'kind'], 'expected a column "kind", found the columns text, label'],
    [['--config', 'toy.csv'], 'toy.csv: expected training arguments as a JSON object'],
    [['--lr', '7'], 'Setting learning_rate: expected a number above 0 and below 1, found 7'],
  ])('%j is refused in words, and nothing is written', async (words, message) => {
    await expect(run('--out', 'refused', ...words)).rejects.toThrow(message);
    expect(readdirSync(folder)).not.toContain('refused');
  });
});

describe('pairs and several labels', () => {
  test('the second text of a pair is found, named or left out, and counts', async () => {
    await run('--out', 'pairs', '--data', 'pairs.tsv', '--epochs', '1');
    expect(metrics('pairs').data).toMatchObject({ text: 'sentence1', text_pair: 'sentence2', label: 'quality' });
    const lines = await run('--out', 'single', '--data', 'pairs.tsv', '--text-pair', 'none', '--epochs', '1');
    expect(lines[0]).toMatch(/texts in "sentence1", labels in "quality"/);
    expect(metrics('single').data).toMatchObject({ text: 'sentence1', text_pair: null });
    expect(metrics('single').loss).not.toBe(metrics('pairs').loss);
    const swapped = ['--text', 'sentence2', '--text-pair', 'sentence1'];
    expect((await run('--out', 'swapped', '--data', 'pairs.tsv', '--epochs', '1', ...swapped))[0]).toMatch(
      /pairs of texts in "sentence2" and "sentence1"/,
    );
  });

  test("several labels a row: torch's problem type, metrics of label indicators, test rows", async () => {
    const words = [
      '--data',
      'several.csv',
      '--label',
      'labels',
      '--label-separator',
      ';',
      '--test-share',
      '0.1',
      '--epochs',
      '8',
      '--lr',
      '0.002',
    ];
    // A toy from random weights may rest at one label for long: not at this pace.
    const lines = await run('--out', 'several', ...words);
    expect(lines[0]).toMatch(/several for one row, separated by ";".* rows to test, 2 classes/);
    expect(json('several', 'config.json')).toMatchObject({
      problem_type: 'multi_label_classification',
      id2label: { 0: 'bad', 1: 'good' },
    });
    const { accuracy, evaluation, test: measured, rows } = metrics('several');
    expect(accuracy).toBeGreaterThan(0.9);
    expect(evaluation).toMatchObject({ metrics: { severalLabels: { hammingLoss: expect.any(Number) as number } } });
    expect(measured).toMatchObject({ accuracy: expect.any(Number) as number });
    expect(rows).toMatchObject({ test: 24 });
    expect(lines).toContainEqual(expect.stringMatching(/^Test rows: accuracy/));
    const again = await run('--out', 'several-on', ...words, '--model', 'several', '--max-steps', '1', '--lr', '1e-8');
    expect(again).toContain('The classifier of the model has the same classes and is trained on.');
    expect(metrics('several-on').accuracy).toBe(accuracy);
  });
});

describe('a model of the hub', () => {
  const ID = 'toys/tiny-bert';
  let hub: HubServer;
  beforeAll(async () => {
    hub = await startHub({ models: { [ID]: toyModelFiles((shapes) => shapes.map(([name, shape]) => [`bert.${name}`, shape])) } });
    environment = { HF_ENDPOINT: hub.url, HF_TOKEN: 'hf_secret', XDG_CACHE_HOME: at('caches') };
  });
  afterAll(() => hub.close());
  const short = ['--model', ID, '--max-steps', '2'];

  test('comes with revision and token, trains, and goes out under the names that came in', async () => {
    const lines = await run('--out', 'hub', ...short, '--revision', 'v1.2');
    expect(lines.join('\n')).toMatch(
      /There is no folder toys\/tiny-bert here: asking 127\.0\.0\.1:\d+[^]*Model: toys\/tiny-bert at 0123456, bert/,
    );
    expect(hub.requests[0]?.path).toBe(`/api/models/${ID}/revision/v1.2?blobs=true`);
    for (const { host, authorization } of hub.requests) expect(authorization).toBe(host === 'hub' ? 'Bearer hf_secret' : null);
    expect(metrics('hub').model).toMatchObject({ name: ID, commit: COMMIT, model_type: 'bert' });
    expect(readFileSync(at('hub', 'README.md'), 'utf8')).toMatch(/^base_model: .*toys\/tiny-bert/m);
    const names = (...path: string[]) => readSafetensors(readFileSync(at(...path)), 'weights').names;
    const came = names('caches', 'tabtune', 'models', `toys--tiny-bert@${COMMIT}`, 'model.safetensors');
    expect([...names('hub', 'model.safetensors')].sort()).toEqual([...came, 'classifier.bias', 'classifier.weight'].sort());
  });

  test('is not downloaded twice, and is there without the hub', async () => {
    hub.requests.length = 0;
    await run('--out', 'hub-again', ...short);
    expect(hub.requests.map(({ path }) => path)).toEqual([`/api/models/${ID}/revision/main?blobs=true`]);
    expect(readFileSync(at('hub-again', 'model.safetensors'))).toEqual(readFileSync(at('hub', 'model.safetensors')));
  });

  test('in a folder of its own; what is not there and what is no address is told in words', async () => {
    await run('--out', 'hub-own', ...short, '--cache', 'own-cache');
    expect(readdirSync(at('own-cache'))).toEqual([`toys--tiny-bert@${COMMIT}`]);
    environment = { ...environment, HF_TOKEN: '' };
    await expect(run('--out', 'refused', '--model', 'toys/none')).rejects.toThrow(/^toys\/none: .*a private one \(401\)/);
    await expect(run('--out', 'refused', '--model', ID, '--revision', 'v 1')).rejects.toThrow(/^Revision: expected a branch/);
    environment = { ...environment, HF_ENDPOINT: 'hub.example' };
    await expect(run('--out', 'refused', '--model', ID)).rejects.toThrow(/^HF_ENDPOINT: expected an address/);
    expect(readdirSync(folder)).not.toContain('refused');
  });
});
