import { existsSync, readFileSync } from 'node:fs';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { Problem } from '../lib/problem.ts';
import { openDataset } from './dataset.ts';
import { profileDataset } from './profile.ts';
import type { Finding, FindingCode } from './doctor/finding.ts';
import { openBytes as open } from './testing/open-bytes.ts';
import type { DatasetProfile } from './types.ts';
import { LARGEST_WHOLE } from './whole-size.ts';

const split = { validationShare: 0.2, seed: 42 };
async function profile(content: string): Promise<DatasetProfile> {
  const dataset = await open(content);
  return (await profileDataset(dataset, dataset.guess, split)).profile;
}
function findingOf(findings: readonly Finding[], code: FindingCode): Finding {
  const found = findings.find((one) => one.code === code);
  if (!found) throw new Error(`no finding ${code} among ${findings.map((one) => one.code).join()}`);
  return found;
}
/** A table of `rows` texts with labels a and b, then `extra` lines. */
function csv(rows: number, ...extra: string[]): string {
  const lines = Array.from({ length: rows }, (_, i) => `a sentence number ${i},${i % 2 ? 'a' : 'b'}`);
  return `text,label\n${[...lines, ...extra].join('\n')}\n`;
}

describe('openDataset and profileDataset', () => {
  it('read a table into a summary and a profile', async () => {
    const dataset = await open(csv(100));
    expect(dataset.summary).toMatchObject({ name: 'data.csv', rows: 100, rejectedRows: 0, sampledFrom: null, encoding: 'UTF-8' });
    expect(dataset.summary.reading).toEqual({
      format: 'CSV',
      encoding: 'utf-8',
      delimiter: ',',
      hasHeader: true,
      parts: [],
      part: null,
    });
    expect(dataset.summary.firstRows).toHaveLength(10);
    expect(dataset.summary.firstRows[1]).toEqual({ row: 3, cells: ['a sentence number 1', 'a'] });
    expect(dataset.summary.columns).toEqual([
      { index: 0, name: 'text', meanLength: expect.closeTo(19.9) as number, distinct: 100, empty: 0, flags: null },
      { index: 1, name: 'label', meanLength: 1, distinct: 2, empty: 0, flags: null },
    ]);
    const { profile: made } = await profileDataset(dataset, dataset.guess, split);
    expect(made).toMatchObject({
      choice: { text: 0, label: 1 },
      split,
      trainRows: 80,
      validationRows: 20,
      testRows: 0,
      findings: [],
    });
    expect(made.classes).toEqual([
      { label: 'a', train: 40, validation: 10, test: 0 },
      { label: 'b', train: 40, validation: 10, test: 0 },
    ]);
    expect(made.preview).toHaveLength(10);
    expect(made.preview[0]).toMatchObject({ row: 2, text: 'a sentence number 0', label: 'b' });
  });

  it('keep strings as they stand: NA, 01, spaces, true', async () => {
    const rows = ['NA,01', 'None, 1', ' x ,01', '1e5, 1', 'true,01', 'null, 1'];
    const made = await profile(`text,label\n${rows.join('\n')}\n`);
    expect(made.classes.map(({ label }) => label)).toEqual([' 1', '01']);
    expect(made.preview.map(({ text }) => text)).toEqual(['NA', 'None', ' x ', '1e5', 'true', 'null']);
  });

  it('put numeric labels in the order of numbers', async () => {
    const made = await profile(`text,stars\n${[10, 9, 1, 10, 9, 1].map((label, i) => `text ${i},${label}`).join('\n')}`);
    expect(made.classes.map(({ label }) => label)).toEqual(['1', '9', '10']);
  });

  it('count rows as a spreadsheet does: blank lines, lines within quotes, rows left out', async () => {
    const made = await profile('\ntext,label\nfirst,a\n\n"second\nover lines",b\nbad\nthird,a\nfourth,b\n');
    expect(made.preview.map(({ row }) => row)).toEqual([3, 5, 7, 8]);
    expect(findingOf(made.findings, 'ragged-rows')).toMatchObject({ where: 'Row 6', count: 1 });
  });

  it('report progress in bytes up to the whole', async () => {
    const calls: number[] = [];
    const blob = new Blob([csv(200_000)]);
    const heard = (done: number, total: number): unknown => calls.push(done / total);
    await openDataset('data.csv', [{ name: 'data.csv', file: blob }], {}, heard, new AbortController().signal);
    expect(calls.length).toBeGreaterThan(4);
    expect(calls).toEqual([...calls].sort((a, b) => a - b));
    expect(calls.at(-1)).toBeCloseTo(1);
  });

  it('stop when told', async () => {
    const stopper = new AbortController();
    const file = new Blob([csv(200_000)]);
    const opening = openDataset('data.csv', [{ name: 'data.csv', file }], {}, () => stopper.abort(), stopper.signal);
    await expect(opening).rejects.toThrow(/abort/i);
  });

  it('take quotes for text in the rest of a file when the sample did not show it', async () => {
    const quiet60k = Array.from({ length: 20_000 }, (_, i) => `plain words ${i}\t${i % 2}`);
    const quotes = Array.from({ length: 20_000 }, (_, i) => `" opened ${i} and more\t${i % 2}`);
    const dataset = await open(`sentence\tlabel\n${[...quiet60k, ...quotes].join('\n')}\n`, 'train.tsv');
    expect(dataset.summary.rows).toBe(40_000);
    expect(dataset.table.columns[0]?.at(-1)).toBe('" opened 19999 and more');
    expect(dataset.notices).toEqual([]);
  });
});

describe('problems with a file', () => {
  const huge: Blob = Object.assign(new Blob([]), {
    slice: (start: number): Blob => {
      if (start > 0) throw new Error('a file over the limit was read');
      return new Blob(['text,label\n']);
    },
  });
  Object.defineProperty(huge, 'size', { value: 300 * 2 ** 20 });

  const problems: [string, string | Blob, RegExp][] = [
    ['an empty file', '', /expected a table.*found an empty file/],
    ['blank lines only', '\n \n\n', /only blank lines/],
    ['a header only', 'text,label\n', /rows below the header.*only a header/],
    ['broken JSON', '{"text": "good", "label": }', /expected JSON/],
    ['JSON without rows', '[]', /rows of a text and a label, found none/],
    ['a web page', '<!DOCTYPE html><html><body>a, b</body></html>', /web page/],
    ['no row that fits', 'a,b,c\n1,2\n3\n1,2,3,4\n', /rows of 3 fields.*2 with fewer, 1 with more/],
  ];
  it.each(problems)('%s', async (_, content, words) => {
    await expect(open(content)).rejects.toBeInstanceOf(Problem);
    await expect(open(content)).rejects.toThrow(words);
  });

  it('300 MB, before a byte of its rows is read, with a sample as the way out', async () => {
    const opening = openDataset('x', [{ name: 'x', file: huge }], {}, () => undefined, new AbortController().signal);
    await expect(opening).rejects.toMatchObject({ offer: { kind: 'sample', rows: 100_000 } });
    await expect(opening).rejects.toThrow(`at most ${LARGEST_WHOLE / 2 ** 20} MB, found 300 MB. Take a sample`);
  });
});

describe('problems with the columns', () => {
  const rows = (label: (i: number) => string, count = 60): string =>
    `text,label,mood\n${Array.from({ length: count }, (_, i) => `some words ${i},${label(i)},${i % 2 ? 'sad' : 'glad'}`).join('\n')}\n`;
  const problems: [string, string, RegExp][] = [
    [
      'one class',
      rows(() => 'same'),
      /Column "label": expected labels of at least two classes, found one class, "same", in 60 rows.*"mood"/,
    ],
    [
      'labels that are all unique',
      rows((i) => `id-${i}`),
      /60 different labels in 60 rows, every label only once.*"mood" \(2 classes\)/,
    ],
    ['labels that are nearly unique', rows((i) => `id-${Math.min(i, 57)}`), /58 different labels in 60 rows/],
    ['more than 200 classes', rows((i) => `c${i % 201}`, 900), /at most 200 classes, found 201 different labels in 900 rows/],
    ['no usable row', rows(() => ''), /rows with a text and a label, found none in 60 rows/],
  ];
  it.each(problems)('%s', async (_, content, words) => {
    const dataset = await open(content);
    const choosing = profileDataset(dataset, { text: 0, label: 1 }, split);
    await expect(choosing).rejects.toBeInstanceOf(Problem);
    await expect(choosing).rejects.toThrow(words);
    expect(dataset.guess).toEqual({ text: 0, label: 2 });
  });

  it('without any column that could be the label the problem of the likeliest one is told', async () => {
    const content = `index,sentence\n${Array.from({ length: 60 }, (_, i) => `${i},words ${i}`).join('\n')}\n`;
    await expect(profile(content)).rejects.toThrow(/Column "index".*every label only once.*add one to the file/);
  });

  it('the same column twice, a column that is not there, a bad split', async () => {
    const dataset = await open(csv(60));
    await expect(profileDataset(dataset, { text: 1, label: 1 }, split)).rejects.toThrow(/"label" for both/);
    await expect(profileDataset(dataset, { text: 0, label: 7 }, split)).rejects.toThrow(/some of the 2 columns/);
    for (const validationShare of [0, 1, -0.5, Number.NaN]) {
      await expect(profileDataset(dataset, dataset.guess, { validationShare, seed: 1 })).rejects.toThrow(/validation share/);
    }
  });
});

describe('findings', () => {
  it('rows with too few and too many fields', async () => {
    const { findings, trainRows, validationRows } = await profile(
      csv(60, 'too few', 'a,b,c', 'x', 'spare commas,a,,', 'one, two, three,a'),
    );
    expect(trainRows + validationRows).toBe(61);
    const [few, many] = findings.filter(({ code }) => code === 'ragged-rows');
    expect(few).toMatchObject({ where: 'Rows 62 and 64', found: 'fewer in 2 rows, left out', count: 2 });
    expect(many).toMatchObject({ where: 'Rows 63 and 66', found: 'more in 2 rows, left out', count: 2 });
  });

  it('empty texts and labels', async () => {
    const extra = [...Array.from({ length: 7 }, () => ',a'), 'a text,', 'another,  '];
    const { findings } = await profile(csv(60, ...extra));
    expect(findingOf(findings, 'empty-text')).toMatchObject({ where: 'Rows 62, 63, 64, 65, 66 and 2 more', count: 7 });
    expect(findingOf(findings, 'empty-label')).toMatchObject({ where: 'Rows 69 and 70', count: 2 });
  });

  it('an unclosed quote, with the rows around it taken', async () => {
    const { findings, trainRows, validationRows } = await profile(csv(60, '"open,a', 'x,b', '"open and\nshort', 'y,a'));
    expect(trainRows + validationRows).toBe(63);
    expect(findingOf(findings, 'unclosed-quote')).toMatchObject({ where: 'Rows 62 and 64', count: 2 });
  });

  it('few rows, small classes; a class of one row stays in train', async () => {
    const { findings, classes } = await profile(csv(20, 'rare,c'));
    expect(findingOf(findings, 'few-rows').count).toBe(21);
    expect(findingOf(findings, 'single-row-class')).toMatchObject({ where: 'Class "c"', count: 1 });
    expect(classes[2]).toEqual({ label: 'c', train: 1, validation: 0, test: 0 });
    const { findings: none } = await profile(csv(60));
    expect(none).toEqual([]);
  });

  it('bytes that are not UTF-8', async () => {
    const bytes = Uint8Array.from(`text,label\ncaf\xe9,a\nth\xe9,b\nx,a\ny,b\n`, (character) => character.charCodeAt(0));
    const dataset = await open(new Blob([bytes]));
    expect(dataset.summary.encoding).toBe('Windows-1252');
    expect(dataset.table.columns[0]?.slice(0, 2)).toEqual(['café', 'thé']);
    expect(dataset.notices[0]).toMatchObject({ code: 'invalid-bytes' });
    expect(dataset.notices[0]).toMatchObject({ where: 'data.csv', count: 2 });
  });

  it('a first row that is data', async () => {
    const dataset = await open(
      `ham\tgo there\n${Array.from({ length: 30 }, (_, i) => `${i % 3 ? 'ham' : 'spam'}\tmessage ${i}`).join('\n')}`,
    );
    expect(dataset.summary).toMatchObject({ rows: 31, columns: [{ name: 'column 1' }, { name: 'column 2' }] });
    expect(dataset.notices[0]).toMatchObject({ code: 'no-header', where: 'Row 1' });
    expect((await profileDataset(dataset, dataset.guess, split)).profile.preview[0]).toMatchObject({
      row: 1,
      text: 'go there',
      label: 'ham',
    });
  });
});

const shared = new URL('../../../shared/data/', import.meta.url);
describe.skipIf(!existsSync(shared))('files of the world (needs ../shared)', () => {
  const expected: [string, number, string, string, Record<string, number>][] = [
    ['imdb/imdb_train_6000.csv', 6000, 'review', 'sentiment', { negative: 3000, positive: 3000 }],
    ['imdb/imdb_test_2000.csv', 2000, 'review', 'sentiment', { negative: 1000, positive: 1000 }],
    ['sst2/train.tsv', 67_349, 'sentence', 'label', { 0: 29_780, 1: 37_569 }],
    ['sst2/dev.tsv', 872, 'sentence', 'label', { 0: 428, 1: 444 }],
    ['mrpc/train.tsv', 3667, '#1 String', 'Quality', { 0: 1194, 1: 2473 }],
    ['mrpc/dev.tsv', 408, '#1 String', 'Quality', { 0: 129, 1: 279 }],
    ['mrpc/msr_paraphrase_test.txt', 1725, '#1 String', 'Quality', { 0: 578, 1: 1147 }],
    ['sms_spam/sms.tsv', 5574, 'column 2', 'column 1', { ham: 4827, spam: 747 }],
    ['uci_sentiment_sentences/imdb_labelled.txt', 1000, 'column 1', 'column 2', { 0: 500, 1: 500 }],
    ['npm_sentiment_fixtures/yelp.json', 1001, 'text', 'class', { 0: 500, 1: 500 }],
  ];
  it.each(expected)('%s: %i rows', async (path, rows, text, label, counts) => {
    const dataset = await open(new Blob([readFileSync(new URL(path, shared))]), path);
    const { profile: made } = await profileDataset(dataset, dataset.guess, split);
    expect(dataset.summary.rows).toBe(rows);
    expect(dataset.table.names[made.choice.text]).toBe(text);
    expect(dataset.table.names[made.choice.label]).toBe(label);
    expect(Object.fromEntries(made.classes.map((one) => [one.label, one.train + one.validation]))).toEqual(counts);
    expect(
      made.findings.filter(({ code }) => code === 'ragged-rows' || code === 'unclosed-quote' || code === 'invalid-bytes'),
    ).toEqual([]);
  });

  it('quotes that are text are kept to the letter', async () => {
    const content = readFileSync(new URL('mrpc/train.tsv', shared), 'utf8');
    const dataset = await open(content);
    const lines = content.replace('\uFEFF', '').trimEnd().split(/\r?\n/).slice(1);
    expect(dataset.table.columns[3]).toEqual(lines.map((line) => line.split('\t')[3]));
  });

  it('quotes that wrap are read as papaparse reads them', async () => {
    const content = readFileSync(new URL('imdb/imdb_test_2000.csv', shared), 'utf8');
    const rows = Papa.parse<string[]>(content.trimEnd()).data.slice(1);
    expect((await open(content)).table.columns[0]).toEqual(rows.map(([text]) => text));
  });

  it.each(['sst2/test.tsv', 'mrpc/test.tsv', 'sst2/README_original.txt'])(
    '%s has no labels in a table and says so',
    async (path) => {
      const opening = open(new Blob([readFileSync(new URL(path, shared))]), path).then((dataset) =>
        profileDataset(dataset, dataset.guess, split),
      );
      await expect(opening).rejects.toBeInstanceOf(Problem);
    },
  );
});
