/** For every finding of the doctor a small file that provokes it. The record is complete by its type: a new code asks for a file. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { FindingCode } from '../src/data/doctor/finding.ts';
import { toyDataset, type FileContent } from './toy-model.ts';

const [HEADER = '', ...TOY] = toyDataset(160).buffer.toString('utf8').split('\n');

function file(name: string, content: string | Buffer): FileContent {
  return { name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) };
}

/** Toy rows with `extra` behind them. */
const withRows = (...extra: readonly string[]): FileContent => file('toy.csv', [HEADER, ...TOY, ...extra].join('\n'));
const table = (header: string, rows: number, row: (i: number) => string): FileContent =>
  file('toy.csv', [header, ...Array.from({ length: rows }, (_, i) => row(i))].join('\n'));
const textOf = (i: number): string => TOY[i % TOY.length]?.split(',')[0] ?? '';
const times = (count: number, row: (i: number) => string): string[] => Array.from({ length: count }, (_, i) => row(i));

function namedLabels(): FileContent {
  const info = { info: { features: { label: { names: ['negative', 'positive'], _type: 'ClassLabel' } } } };
  const columnData = [
    { name: 'text', data: times(80, (i) => `${textOf(i)} ${i}`), type: 'STRING' as const },
    { name: 'label', data: Array.from({ length: 80 }, (_, i) => i % 2), type: 'INT32' as const },
  ];
  const kvMetadata = [{ key: 'huggingface', value: JSON.stringify(info) }];
  return file('named.parquet', Buffer.from(parquetWriteBuffer({ columnData, kvMetadata })));
}

const BROKEN = Buffer.concat([
  Buffer.from(`${[HEADER, ...TOY].join('\n')}\ncaf`),
  Buffer.from([0xff, 0xfe]),
  Buffer.from(' au lait — déjà,positive\n'),
  Buffer.from('übel übel,negative\n'.repeat(40)),
]);
const GERMAN = 'Das Wetter in der alten Stadt war recht angenehm und wir gingen mit Freunden am Fluss entlang';
const ENGLISH = 'The weather in the old town was rather pleasant and we walked along the river with our friends';

/** Those that need a file of millions of rows are made where they are needed. */
export const PROVOKED: Readonly<Record<Exclude<FindingCode, 'sampled'>, FileContent>> = {
  'ragged-rows': withRows('a row that does not fit', 'one,too,many'),
  'invalid-bytes': file('toy.csv', BROKEN),
  'unclosed-quote': withRows('"a quote that is never closed,positive'),
  'no-header': file('toy.csv', TOY.join('\n')),
  'broken-rows': file(
    'toy.jsonl',
    [...times(80, (i) => JSON.stringify({ text: `${textOf(i)} ${i}`, label: i % 2 ? 'no' : 'yes' })), '{"text": "half'].join(
      '\n',
    ),
  ),
  'named-labels': namedLabels(),
  'empty-text': withRows(',positive', '  ,negative'),
  'empty-label': withRows('a text without a label,'),
  'split-values': table('text,label,split', 160, (i) => `${TOY[i] ?? ''},${i === 7 ? 'maybe' : i % 4 ? 'train' : 'test'}`),
  duplicates: withRows(TOY[0] ?? '', TOY[1] ?? '', TOY[1] ?? ''),
  'near-duplicates': withRows(
    ...[0, 2].map((i) => `"${TOY[i]?.replace(',', '!!",') ?? ''}`),
    `${GERMAN} heute,positive`,
    `${GERMAN},positive`,
  ),
  'conflicting-labels': withRows(
    'a text about which two people disagree,positive',
    'a text about which two people disagree,negative',
  ),
  leakage: table('text,label,split', 160, (i) => `${i === 20 ? (TOY[1] ?? '') : (TOY[i] ?? '')},${i % 4 ? 'train' : 'test'}`),
  'label-variants': withRows('it was typed in another way,Positive', 'and here with a typo,negatve'),
  'missing-value-labels': withRows('nobody has judged this one,None', 'nor this one here,None', 'and not this,N/A'),
  'label-in-text': table(
    'text,label',
    120,
    (i) => `${textOf(i)} ${i % 2 ? 'refund' : 'billing'} ${i},${i % 2 ? 'refund' : 'billing'}`,
  ),
  'mixed-languages': withRows(
    ...times(30, (i) => `${GERMAN} ${i * 37},negative`),
    ...times(40, (i) => `${ENGLISH} ${i * 41},positive`),
  ),
  'long-texts': withRows(
    ...times(24, (i) => `a very long text ${'that goes on and on and never ends '.repeat(24)} ${i},positive`),
  ),
  'few-rows': table('text,label', 30, (i) => TOY[i] ?? ''),
  imbalance: table('text,label', 200, (i) => `${textOf(i)} ${i},${i % 20 ? 'common' : 'rare'}`),
  'small-class': withRows(...times(3, (i) => `one of three rows of a class ${i},rare`)),
  'single-row-class': withRows('the only row of its class,rare'),
  'class-not-validated': table(
    'text,label,split',
    160,
    (i) => `${textOf(i)} ${i},${i % 4 ? ['a', 'b', 'c'][i % 3] : 'ab'[i % 2]},${i % 4 ? 'train' : 'validation'}`,
  ),
  'no-usable-rows': table('text,label', 60, (i) => `${textOf(i)},`),
  'one-class': table('text,label', 60, (i) => `${textOf(i)} ${i},same`),
  'unique-labels': table('text,label', 60, (i) => `${textOf(i)},label ${i}`),
  'too-many-classes': table('text,label', 900, (i) => `${textOf(i)} ${i},label ${i % 300}`),
};
