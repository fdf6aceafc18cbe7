import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examineFile } from './doctor.ts';
import { reportInWords } from './doctor-words.ts';

const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
const rows = Array.from({ length: 60 }, (_, i) => `id${i},thing ${i} of ${i * 7},${i % 3 ? 'yes' : 'no'},${i % 2 ? 'a' : 'b'}`);
const table = file('table.csv', ['key,text,answer,mood', ...rows, 'bad', 'id99,,yes,a'].join('\n'));

describe('npm run doctor', () => {
  it('reports columns with roles, rows, classes and findings', async () => {
    const report = await examineFile(table);
    expect(report).toMatchObject({ encoding: 'UTF-8', delimiter: ',', rows: 61, rejected: 1, classes: { no: 20, yes: 40 } });
    expect(report.columns.map(({ name, role }) => [name, role])).toEqual([
      ['key', 'id'],
      ['text', 'text'],
      ['answer', 'label'],
      ['mood', 'ignored'],
    ]);
    expect(report.findings.map(({ code }) => code).sort()).toEqual(['empty-text', 'ragged-rows']);
    expect(reportInWords(report)).toMatch(/61 rows, 1 row rejected · UTF-8 · comma[\s\S]*Rows without a text \(warning\)/);
    expect((await examineFile(table, { label: 'mood' })).classes).toEqual({ a: 30, b: 30 });
    await expect(examineFile(table, { label: 'colour' })).rejects.toThrow(/expected a column "colour"/);
  });

  it('prints one object with --json; words on stderr and code 1 for what cannot be read', () => {
    const doctor = (...words: string[]) => spawnSync('node', ['scripts/doctor.mjs', ...words], { encoding: 'utf8' });
    const good = doctor(table, '--json');
    expect(good.status).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({ rows: 61 });
    const bad = doctor(join(folder, 'nosuch.csv'));
    expect(bad.status).toBe(1);
    expect(bad.stderr).toMatch(/expected a file that can be read/);
    const empty = doctor(file('empty.csv', ''), '--json');
    expect([empty.status, empty.stdout]).toEqual([1, '']);
    expect(empty.stderr).toMatch(/empty file/);
  });
});

const shared = new URL('../../../shared/data/', import.meta.url).pathname;
const python = [process.env.PYTHON ?? '.venv/bin/python', '/usr/bin/python3'].find((path) => hasPandas(path));
function hasPandas(path: string): boolean {
  return existsSync(path) && spawnSync(path, ['-c', 'import pandas']).status === 0;
}
const COUNT = `
import json, sys, pandas as pd
path, sep, quoting, text, label = sys.argv[1:]
t = pd.read_csv(path, sep=sep, quoting=int(quoting), dtype=str, keep_default_na=False)
k = pd.DataFrame({'t': t[text].str.strip(), 'l': t[label]})
per = k.groupby('t').l.nunique()
print(json.dumps({'rows': len(t), 'classes': t[label].value_counts().to_dict(), 'duplicates': int(k.duplicated().sum()),
  'conflicting-labels': int(k.t.isin(per[per > 1].index).sum())}))`;

describe.skipIf(!existsSync(shared) || !python)('counts as pandas does (needs ../shared and pandas)', () => {
  const files: [string, string, string, string, string][] = [
    ['imdb/imdb_train_6000.csv', ',', '0', 'review', 'sentiment'],
    ['sst2/train.tsv', '\t', '3', 'sentence', 'label'],
    ['mrpc/train.tsv', '\t', '3', '#1 String', 'Quality'],
  ];
  it.each(files)('%s', async (path, ...how) => {
    const counted = JSON.parse(execFileSync(python ?? '', ['-c', COUNT, `${shared}${path}`, ...how], { encoding: 'utf8' })) as {
      readonly rows: number;
      readonly classes: Record<string, number>;
    };
    const report = await examineFile(`${shared}${path}`);
    const found = (code: string): number => report.findings.find((one) => one.code === code)?.count ?? 0;
    expect({
      rows: report.rows,
      classes: report.classes,
      duplicates: found('duplicates'),
      'conflicting-labels': found('conflicting-labels'),
    }).toEqual(counted);
  });
});
