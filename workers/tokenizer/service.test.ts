import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DataSource } from '../../src/data/types.ts';
import { Problem } from '../../src/lib/problem.ts';
import type { TokenRows } from '../../src/text/types.ts';
import { createTokenizerService, type TokenizerService } from './service.ts';

const split = { validationShare: 0.25, seed: 7 };
const quiet = (): void => undefined;
const starter = (name: string): string => readFileSync(new URL(`../../public/models/starter/${name}`, import.meta.url), 'utf8');
const files = { tokenizerJson: starter('tokenizer.json'), tokenizerConfigJson: starter('tokenizer_config.json') };

function csv(rows: number, label = 'label'): string {
  return `text,${label},other\n${Array.from({ length: rows }, (_, i) => `a good sentence number ${i},${i % 2 ? 'pos' : 'neg'},id${i}`).join('\n')}\n`;
}
function paste(text: string): DataSource {
  return { kind: 'paste', text };
}
function service(sample: () => Promise<Blob> = () => Promise.reject(new Error('no sample'))): TokenizerService {
  return createTokenizerService(sample);
}
function rowsOf({ ids, offsets }: TokenRows): number[][] {
  return Array.from({ length: offsets.length - 1 }, (_, i) => Array.from(ids.subarray(offsets[i], offsets[i + 1])));
}

describe('the tokenizer service', () => {
  it('opens a file, a pasted table and the sample', async () => {
    const it = service(() => Promise.resolve(new Blob([csv(80)])));
    const file = new File([csv(60)], 'mine.csv');
    expect((await it.open({ kind: 'file', file }, split, quiet)).summary).toMatchObject({ name: 'mine.csv', rows: 60 });
    expect((await it.open(paste(csv(64)), split, quiet)).summary).toMatchObject({ name: 'Pasted text', rows: 64 });
    const { summary, profile } = await it.open({ kind: 'sample' }, split, quiet);
    expect(summary).toMatchObject({ name: 'sample.csv', rows: 80 });
    expect(profile).toMatchObject({ choice: { text: 0, secondText: null, label: 1 }, trainRows: 60, validationRows: 20 });
  });

  it('keeps the open dataset when another cannot be opened', async () => {
    const it = service();
    await it.open(paste(csv(60)), split, quiet);
    await it.loadTokenizer(files);
    for (const bad of ['', 'text,label\n', 'text\nx\n', 'text,label\na,x\nb,x\n', '\0\x01\x02']) {
      await expect(it.open(paste(bad), split, quiet)).rejects.toBeInstanceOf(Problem);
    }
    await expect(it.open({ kind: 'sample' }, split, quiet)).rejects.toThrow('no sample');
    const { train, dataset } = await it.tokenizeDataset(16, quiet);
    expect(train.labels).toHaveLength(45);
    expect(dataset).toMatchObject({
      name: 'Pasted text',
      textColumn: 'text',
      secondTextColumn: null,
      labelColumn: 'label',
      mends: [],
    });
  });

  it('keeps the choice when another cannot be taken', async () => {
    const it = service();
    await it.open(paste(csv(60)), split, quiet);
    await it.loadTokenizer(files);
    await expect(it.choose({ text: 0, label: 2 }, split, [])).rejects.toThrow(/every label only once/);
    await expect(it.choose({ text: 0, label: 1 }, { validationShare: 2, seed: 1 }, [])).rejects.toBeInstanceOf(Problem);
    expect((await it.tokenizeDataset(16, quiet)).train.labels).toHaveLength(45);
    const { trainRows } = await it.choose({ text: 0, label: 1 }, { validationShare: 0.5, seed: 1 }, []);
    expect(trainRows).toBe(30);
    const tokenized = await it.tokenizeDataset(16, quiet);
    expect([tokenized.train.labels.length, tokenized.validation.labels.length]).toEqual([30, 30]);
  });

  it('says what is missing when it is asked too early', async () => {
    const it = service();
    await expect(it.choose({ text: 0, label: 1 }, split, [])).rejects.toThrow(/expected an open dataset/);
    await expect(it.tokenizeDataset(16, quiet)).rejects.toThrow(/expected the tokenizer of a loaded model/);
    await expect(it.encode(['x'], 16)).rejects.toBeInstanceOf(Problem);
    await it.loadTokenizer(files);
    await expect(it.tokenizeDataset(16, quiet)).rejects.toThrow(/expected an open dataset/);
  });

  it('tokenizes every row with its label, and says how many were cut', async () => {
    const it = service();
    const { profile } = await it.open(paste(csv(60)), split, quiet);
    await it.loadTokenizer(files);
    const calls: [number, number][] = [];
    const { classes, train, validation, truncatedRows } = await it.tokenizeDataset(5, (done, total) => calls.push([done, total]));
    expect(classes).toEqual(['neg', 'pos']);
    expect(truncatedRows).toBe(60);
    expect(calls.at(-1)).toEqual([60, 60]);
    const expected = rowsOf(await it.encode(['a good sentence'], 5))[0];
    for (const part of [train, validation]) {
      expect(part.labels).toHaveLength(part.offsets.length - 1);
      for (const row of rowsOf(part)) expect(row).toEqual(expected);
    }
    profile.classes.forEach(({ train: count }, c) => expect(train.labels.filter((label) => label === c)).toHaveLength(count));
  });

  it('tokenizes pairs under a second text column', async () => {
    const it = service();
    const { profile } = await it.open(paste(csv(60).replace('text,', 'sentence1,').replace('other', 'sentence2')), split, quiet);
    expect(profile.choice).toEqual({ text: 0, secondText: null, label: 1 });
    await it.loadTokenizer(files);
    await expect(it.choose({ text: 0, secondText: 0, label: 1 }, split, [])).rejects.toThrow(/The second text column: expected/);
    const chosen = await it.choose({ text: 0, secondText: 2, label: 1 }, split, []);
    expect(chosen.preview[0]).toMatchObject({ text: 'a good sentence number 0', secondText: 'id0' });
    const { train, dataset } = await it.tokenizeDataset(32, quiet);
    expect(dataset.secondTextColumn).toBe('sentence2');
    const { typeOneFrom } = train;
    expect(typeOneFrom).toHaveLength(45);
    const [row] = rowsOf(await it.encode(['a good sentence number 0'], 32, ['id0']));
    expect(rowsOf(train)).toContainEqual(row);
  });

  it('keeps the tokenizer when another is broken', async () => {
    const it = service();
    await it.loadTokenizer(files);
    const before = await it.encode(['the same'], 16);
    await expect(it.loadTokenizer({ tokenizerJson: '{}', tokenizerConfigJson: null })).rejects.toBeInstanceOf(Problem);
    expect(await it.encode(['the same'], 16)).toEqual(before);
  });

  it('lets the file that was dropped last win', async () => {
    const it = service();
    const first = it.open(paste(csv(60_000)), split, quiet);
    const second = it.open(paste(csv(70)), split, quiet);
    await expect(first).rejects.toThrow(/abort/i);
    expect((await second).summary.rows).toBe(70);
    expect((await it.choose({ text: 0, label: 1 }, split, [])).trainRows).toBe(52);
  });

  it('answers a prediction while it tokenizes, and holds on to the dataset it began with', async () => {
    const it = service();
    await it.open(paste(csv(40_000)), split, quiet);
    await it.loadTokenizer(files);
    let tokenized = false;
    const running = it.tokenizeDataset(32, quiet).then((result) => {
      tokenized = true;
      return result;
    });
    await new Promise((resolve) => setTimeout(resolve, 0));
    await it.encode(['a good sentence'], 32);
    expect(tokenized).toBe(false);
    await it.open(paste(csv(60)), split, quiet);
    expect((await running).train.labels).toHaveLength(30_000);
  });
});
