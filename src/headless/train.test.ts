/** `npm run train` from files to files, on a toy model: what it writes opens again, here, with what metrics.json says of it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toyDataset, toyModelFiles, type FileContent } from '../../e2e/toy-model.ts';
import { readTrainCommand } from './command-line.ts';
import { trainHeadless } from './train.ts';

const folder = mkdtempSync(join(tmpdir(), 'tabtune-train-'));
const at = (...path: string[]): string => join(folder, ...path);

const OPTIONS = ['--data', 'toy.csv', '--model', 'toy', '--threads', '2', '--compute', 'cpu'];
const SETTINGS = ['--epochs', '4', '--lr', '0.005', '--batch-size', '8', '--max-length', '32'];

async function run(...words: string[]): Promise<readonly string[]> {
  const lines: string[] = [];
  await trainHeadless(readTrainCommand([...OPTIONS, ...SETTINGS, ...words]), folder, (line) => lines.push(line));
  return lines;
}

const metrics = (out: string) => JSON.parse(readFileSync(at(out, 'metrics.json'), 'utf8')) as Record<string, unknown>;

beforeAll(() => {
  mkdirSync(at('toy'));
  const write = (path: string, { buffer }: FileContent): void => writeFileSync(path, buffer);
  for (const file of toyModelFiles()) write(at('toy', file.name), file);
  write(at('toy.csv'), toyDataset(240));
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
    [['--model', 'none'], 'none: expected the folder or zip of a model'],
    [['--label', 'kind'], 'expected a column "kind", found the columns text, label'],
    [['--config', 'toy.csv'], 'toy.csv: expected training arguments as a JSON object'],
    [['--lr', '7'], 'Setting learning_rate: expected a number above 0 and below 1, found 7'],
  ])('%j is refused in words, and nothing is written', async (words, message) => {
    await expect(run('--out', 'refused', ...words)).rejects.toThrow(message);
    expect(readdirSync(folder)).not.toContain('refused');
  });
});
