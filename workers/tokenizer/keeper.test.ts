/** The open dataset on a disk in memory: what comes back is the very same data, by its fingerprint. */
import { expect, it } from 'vitest';
import { memoryFiles } from '../../src/lib/testing/memory-files.ts';
import { createTokenizerService } from './service.ts';

const quiet = (): void => undefined;
const split = { validationShare: 0.25, testShare: 0.1, seed: 7 };
const csv = `text,label,topic\n${Array.from({ length: 90 }, (_, i) => `thing ${i} of ${i * 7},${i % 2 ? 'yes' : 'no'},t${i % 3}`).join('\n')}`;

function visit(store = memoryFiles(), mostBytes = 1e6) {
  const noSample = (): Promise<Blob> => Promise.reject(new Error('no sample'));
  return createTokenizerService(noSample, { store, mostBytes, exclusively: (work) => work() });
}

it('comes back by its fingerprint in another visit: the same rows, columns, mends, split and reading', async () => {
  const store = memoryFiles();
  const first = visit(store);
  const files = [new File([csv.replaceAll(',', ';')], 'a.csv')];
  await first.open({ kind: 'files', files }, { delimiter: ';' }, split, quiet);
  await first.keep([]);
  const mends = [{ kind: 'merge-labels', from: ['t1'], into: 't2' }, { kind: 'drop-duplicates' }] as const;
  const profile = await first.choose({ text: 0, label: 2 }, { ...split, seed: 8 }, mends);
  const kept = await first.keep([]);
  expect(kept).toMatchObject({ name: 'a.csv', bytes: csv.length });
  expect(kept.fingerprints).toHaveLength(2);

  const second = visit(store);
  const use = await second.findKept(profile.fingerprint);
  expect(use).toMatchObject({
    fingerprint: profile.fingerprint,
    reading: { delimiter: ';' },
    split: { ...split, seed: 8 },
    mends,
  });
  const opened = await second.open(use!.source, use!.reading, use!.split, quiet, use);
  expect(opened.profile).toEqual(profile);
  expect(opened.summary).toMatchObject({ name: 'a.csv', bytes: csv.length });
  // Used again, the same copy: nothing is written twice.
  expect((await second.keep([])).key).toBe(kept.key);
  expect(await second.listKept()).toHaveLength(1);
  expect((await second.findKept(null))?.fingerprint).toBe(profile.fingerprint);
  await second.removeKept(kept.key);
  expect(await second.findKept(profile.fingerprint)).toBeNull();
  await expect(second.keep([])).rejects.toThrow('a copy of it that was kept');
});

it('keeps a dataset whose columns are not settled', async () => {
  const store = memoryFiles();
  const first = visit(store);
  await first.open({ kind: 'paste', text: `text,label\n${'a,x\n'.repeat(60)}` }, {}, split, quiet);
  await first.keep([]);
  const use = await visit(store).findKept(null);
  expect(use).toMatchObject({ fingerprint: null, source: { kind: 'kept', origin: 'paste', form: 'files' } });
});

it('does not take what it cannot read for a use', async () => {
  const store = memoryFiles();
  const first = visit(store);
  await first.open({ kind: 'paste', text: csv }, {}, split, quiet);
  const { key, fingerprints } = await first.keep([]);
  const writer = await store.append(key, 'uses.json', 0, 'uses');
  const use = { reading: {}, choice: { text: 0, label: 1 }, split, mends: [{ kind: 'from-the-future' }] };
  writer.write(new TextEncoder().encode(JSON.stringify([{ fingerprint: fingerprints[0], settings: use, at: 1 }])));
  writer.close();
  expect(await first.findKept(fingerprints[0]!)).toBeNull();
});

it('keeps the rows of the sample of a file that is too large, and says of another that it is not kept', async () => {
  const store = memoryFiles();
  const first = visit(store, 1000);
  const files = [new File([csv], 'large.csv')];
  await first.open({ kind: 'files', files }, {}, split, quiet);
  await expect(first.keep([])).rejects.toThrow(/after a reload the file has to be opened again/);
  expect(await store.folders()).toEqual([]);
  const { summary, profile } = await first.open({ kind: 'files', files }, { sampleRows: 70 }, split, quiet);
  expect(summary.sampledFrom).toBe(90);
  await first.keep([]);
  const second = visit(store, 1000);
  const use = await second.findKept(profile!.fingerprint);
  expect(use?.source).toMatchObject({ name: 'large.csv', form: 'rows' });
  expect(await second.open(use!.source, use!.reading, use!.split, quiet, use)).toMatchObject({ summary, profile });
});
