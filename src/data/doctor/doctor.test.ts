/** Each finding on a table that has just that trouble, with what must come out; and each remedy, applied and taken back. */
import { describe, expect, it } from 'vitest';
import { openDataset } from '../dataset.ts';
import type { Mend } from '../mends.ts';
import { examineDataset, labelledTexts, profileDataset } from '../profile.ts';
import type { ColumnChoice, DatasetProfile, SplitSettings } from '../types.ts';
import type { Finding, FindingCode } from './finding.ts';
import { findVariants, isOneEditApart, plainLabel } from './label-variants.ts';
import { countLengths, longerThan, longTextFindings } from './lengths.ts';

const SPLIT = { validationShare: 0.2, seed: 42 };
const NOUNS = 'river stone lamp garden window bridge engine letter market winter copper saddle violin harbour candle'.split(' ');
/** A text that no other is like. */
const words = (i: number): string =>
  `${NOUNS[i % 15]} ${NOUNS[(i * 7 + 3) % 15]} ${i} beside ${NOUNS[Math.floor(i / 15) % 15]} ${i * 31}`;

function csv(rows: readonly (readonly string[])[], header = ['text', 'label']): string {
  return [header, ...rows].map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\n');
}
/** Rows of two classes in turn. */
const plain = (count: number): string[][] => Array.from({ length: count }, (_, i) => [words(i), i % 2 ? 'yes' : 'no']);

async function open(content: string) {
  return openDataset('data.csv', new Blob([content]), () => undefined, new AbortController().signal);
}
async function profile(
  content: string,
  mends: readonly Mend[] = [],
  { choice, split = SPLIT }: { choice?: Partial<ColumnChoice>; split?: SplitSettings } = {},
): Promise<DatasetProfile> {
  const dataset = await open(content);
  return (await examineDataset(dataset, { ...dataset.guess, ...choice }, split, { mends })).profile;
}
function find(findings: readonly Finding[], code: FindingCode): Finding {
  const found = findings.find((one) => one.code === code);
  if (!found) throw new Error(`no ${code} among ${findings.map((one) => one.code).join()}`);
  return found;
}
const codes = ({ findings }: DatasetProfile): FindingCode[] => findings.map(({ code }) => code);
const total = ({ classes }: DatasetProfile): Record<string, number> =>
  Object.fromEntries(classes.map(({ label, train, validation, test }) => [label, train + validation + test]));

/** The mend of a finding's remedy, applied: the finding is gone, undone it is back with the same fingerprint. */
async function mended(content: string, code: FindingCode, place = 0, options = {}): Promise<DatasetProfile> {
  const before = await profile(content, [], options);
  const remedies = find(before.findings, code).remedies.filter((remedy) => remedy.kind === 'mend');
  const remedy = remedies[place];
  if (!remedy) throw new Error('no mend');
  const after = await profile(content, [remedy.mend], options);
  expect(codes(after)).not.toContain(code);
  expect(after.mends).toHaveLength(1);
  expect(after.mends[0]?.rows).toBeGreaterThan(0);
  expect(after.fingerprint).not.toBe(before.fingerprint);
  const undone = await profile(content, [], options);
  expect(undone).toEqual(before);
  return after;
}

describe('findings about texts', () => {
  it('none in good data', async () => {
    expect(codes(await profile(csv(plain(100))))).toEqual([]);
  });

  it('exact duplicates, white space around them aside', async () => {
    const content = csv([...plain(60), [words(0), 'no'], [`${words(0)}  `, 'no'], [words(1), 'yes']]);
    const found = find((await profile(content)).findings, 'duplicates');
    expect(found).toMatchObject({ count: 3, rows: [62, 63, 64], severity: 'warning' });
    expect(found.preview.map(({ row }) => row)).toEqual([2, 62, 63, 3, 64]);
    expect(total(await mended(content, 'duplicates'))).toEqual({ no: 30, yes: 30 });
  });

  it('near-duplicates: case, punctuation, a word more in a long text', async () => {
    const long = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen';
    const content = csv([...plain(60), [`${words(0)}!`.toUpperCase(), 'no'], [long, 'yes'], [`${long} seventeen`, 'yes']]);
    expect(find((await profile(content)).findings, 'near-duplicates')).toMatchObject({ count: 2, rows: [62, 64] });
    expect(total(await mended(content, 'near-duplicates'))).toEqual({ no: 30, yes: 31 });
  });

  it('the same text with two labels: the majority, or none of them', async () => {
    const content = csv([...plain(60), ['torn', 'yes'], ['torn', 'yes'], ['torn', 'no'], ['tie', 'yes'], ['tie', 'no']]);
    expect(find((await profile(content)).findings, 'conflicting-labels')).toMatchObject({
      count: 5,
      found: '2 texts with several, in 5 rows',
      rows: [62, 63, 64, 65, 66],
    });
    const settled = await mended(content, 'conflicting-labels', 0);
    expect(total(settled)).toEqual({ no: 30, yes: 33 });
    expect(settled.mends[0]?.words).toBe('Gave 1 row the commonest label of the text, dropped 2 rows without a majority');
    expect(total(await mended(content, 'conflicting-labels', 1))).toEqual({ no: 30, yes: 30 });
  });

  it('leakage over a given split, exact and near; none over a drawn one', async () => {
    const rows = plain(100).map((row, i) => [...row, i < 80 ? 'train' : 'validation']);
    const leaking = [...rows, [words(85), 'yes', 'train'], [words(86).toUpperCase(), 'no', 'train']];
    const content = csv(leaking, ['text', 'label', 'split']);
    const before = await profile(content);
    expect(before).toMatchObject({ choice: { split: 2 }, trainRows: 82, validationRows: 20 });
    expect(find(before.findings, 'leakage')).toMatchObject({ count: 2, rows: [102, 103] });
    expect(await mended(content, 'leakage')).toMatchObject({ trainRows: 80, validationRows: 20 });
    expect(codes(await profile(content, [], { choice: { split: null } }))).not.toContain('leakage');
  });

  it('the label in the text', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => [
      `${words(i)}${i % 3 ? '' : ` (${i % 2 ? 'Sports' : 'politics'})`}`,
      i % 2 ? 'sports' : 'politics',
    ]);
    expect(find((await profile(csv(rows))).findings, 'label-in-text')).toMatchObject({ count: 34, severity: 'warning' });
  });

  it('several languages', async () => {
    const english = (i: number): string =>
      `The weather in the old town was rather pleasant and we walked along the river with friends, number ${i}`;
    const german = (i: number): string =>
      `Das Wetter in der alten Stadt war recht angenehm und wir gingen mit Freunden am Fluss entlang, Nummer ${i}`;
    const rows = Array.from({ length: 90 }, (_, i) => [i % 3 ? english(i) : german(i), i % 2 ? 'yes' : 'no']);
    const found = find((await profile(csv(rows))).findings, 'mixed-languages');
    expect(found.found).toMatch(/English 67 %, German 33 %/);
    expect(codes(await profile(csv(rows.filter((_, i) => i % 3 > 0))))).not.toContain('mixed-languages');
  });

  it('texts longer than max_length', () => {
    const lengths = countLengths(
      [...Array.from({ length: 90 }, (_, i) => 10 + (i % 20)), ...Array.from({ length: 10 }, () => 200)],
      false,
    );
    expect(lengths).toMatchObject({ texts: 100, longest: 200 });
    expect([9, 29, 199, 200].map((length) => longerThan(lengths, length))).toEqual([100, 10, 10, 0]);
    expect(longTextFindings(lengths, 64, 512)[0]).toMatchObject({
      count: 10,
      severity: 'warning',
      remedies: [{ kind: 'setting', name: 'max_length', value: '208' }],
    });
    expect(longTextFindings(lengths, 200, 512)).toEqual([]);
  });
});

describe('findings about labels', () => {
  it('variants in case, space, number and typo', async () => {
    const rows = plain(100).map(([text = '', label = ''], i) => [text, i === 4 ? 'No' : i === 5 ? ' yes' : label]);
    const content = csv([...rows, [words(200), 'yes ']]);
    const found = find((await profile(content)).findings, 'label-variants');
    expect(found).toMatchObject({ count: 3, rows: [6, 7, 102] });
    expect(found.remedies).toHaveLength(2);
    const mends = found.remedies.flatMap((remedy) => (remedy.kind === 'mend' ? [remedy.mend] : []));
    expect(total(await profile(content, mends))).toEqual({ no: 50, yes: 51 });
    expect([plainLabel(' Not_Spam '), plainLabel('1.0'), plainLabel('01')]).toEqual(['not spam', '1', '1']);
    expect(isOneEditApart('positve', 'positive')).toBe(true);
    expect(isOneEditApart('postiive', 'positive')).toBe(true);
    expect(isOneEditApart('positive', 'negative')).toBe(false);
    expect(findVariants(['class1', 'class2', 'positive', 'positve'], [50, 2, 90, 1])).toEqual([[2, 3]]);
  });

  it('NA and None as labels', async () => {
    const content = csv([...plain(60), [words(90), 'None'], [words(91), 'N/A']]);
    expect(find((await profile(content)).findings, 'missing-value-labels')).toMatchObject({ count: 2 });
    expect(total(await mended(content, 'missing-value-labels'))).toEqual({ no: 30, yes: 30 });
  });

  it('classes of one row, small classes, few rows', async () => {
    const content = csv([...plain(20), [words(30), 'rare'], [words(31), 'few'], [words(32), 'few']]);
    const made = await profile(content);
    expect(find(made.findings, 'single-row-class')).toMatchObject({ where: 'Class "rare"', count: 1, rows: [22] });
    expect(find(made.findings, 'small-class')).toMatchObject({ where: 'Class "few"', count: 1 });
    expect(find(made.findings, 'few-rows').count).toBe(23);
    expect(Object.keys(total(await mended(content, 'single-row-class')))).toEqual(['few', 'no', 'yes']);
  });

  it('a class that is not validated', async () => {
    const rows = plain(60).map((row, i) => [...row, i >= 50 && i % 2 ? 'validation' : 'train']);
    expect(find((await profile(csv(rows, ['text', 'label', 'fold']))).findings, 'class-not-validated')).toMatchObject({
      where: 'Class "no"',
      found: '"no" not in validation',
    });
  });

  it('strong imbalance, with class weights or a limit', async () => {
    const content = csv(Array.from({ length: 1000 }, (_, i) => [words(i), i % 20 ? 'ham' : 'spam']));
    const found = find((await profile(content)).findings, 'imbalance');
    expect(found).toMatchObject({
      severity: 'warning',
      remedies: [{ kind: 'setting', name: 'class_weights', value: 'balanced' }, {}],
    });
    const remedy = found.remedies[1];
    const limited = await profile(content, remedy?.kind === 'mend' ? [remedy.mend] : []);
    expect(limited.classes).toMatchObject([
      { train: 100, validation: 190 },
      { train: 40, validation: 10 },
    ]);
  });

  it('cells of the split column that name no part', async () => {
    const rows = plain(60).map((row, i) => [...row, i === 3 ? 'somewhere' : i % 5 ? 'train' : 'test']);
    const made = await profile(csv(rows, ['text', 'label', 'split']), [], { choice: { split: 2 } });
    expect(find(made.findings, 'split-values')).toMatchObject({ count: 1, rows: [5] });
    expect(made).toMatchObject({ testRows: 12 });
  });

  it('blockers: one class, an id column, no usable row', async () => {
    const rows = (label: (i: number) => string): string =>
      csv(
        Array.from({ length: 60 }, (_, i) => [words(i), label(i), i % 2 ? 'a' : 'b']),
        ['text', 'label', 'mood'],
      );
    const choice = { text: 0, label: 1 };
    expect(
      (
        await profile(
          rows(() => 'x'),
          [],
          { choice },
        )
      ).findings[0],
    ).toMatchObject({
      code: 'one-class',
      severity: 'blocker',
      remedies: [{ kind: 'columns', choice: { label: 2 } }],
    });
    expect(
      (
        await profile(
          rows((i) => `id${i}`),
          [],
          { choice },
        )
      ).findings[0]?.code,
    ).toBe('unique-labels');
    expect(
      (
        await profile(
          rows(() => ''),
          [],
          { choice },
        )
      ).findings[0]?.code,
    ).toBe('no-usable-rows');
    const dataset = await open(rows(() => 'x'));
    await expect(profileDataset(dataset, choice, SPLIT)).rejects.toThrow(/expected labels of at least two classes/);
  });
});

describe('mends by hand', () => {
  const content = csv(plain(60));

  it('rename, order, drop rows; each is said', async () => {
    const made = await profile(content, [
      { kind: 'merge-labels', from: ['yes'], into: 'positive' },
      { kind: 'order-classes', labels: ['positive', 'no'] },
      { kind: 'drop-rows', rows: [2, 3, 4] },
    ]);
    expect(made.classes.map(({ label }) => label)).toEqual(['positive', 'no']);
    expect(total(made)).toEqual({ positive: 29, no: 28 });
    expect(made.mends.map((mend) => [mend.words, mend.rows])).toEqual([
      ['Label "positive" in place of "yes", 30 rows', 30],
      ['Put the classes in another order', 0],
      ['Dropped 3 rows by hand', 3],
    ]);
  });

  it('reach the labels that are trained on', async () => {
    const dataset = await open(content);
    const mends: Mend[] = [{ kind: 'order-classes', labels: ['yes', 'no'] }];
    const profiled = await profileDataset(dataset, dataset.guess, SPLIT, { mends });
    const { texts, labels } = labelledTexts(dataset, profiled, 'train');
    texts.forEach((text, i) => expect(labels[i]).toBe(Number(text.split(' ')[2]) % 2 ? 0 : 1));
  });

  it('the fingerprint follows text, label, order, split and seed, and nothing else', async () => {
    const { fingerprint } = await profile(content);
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect((await profile(content)).fingerprint).toBe(fingerprint);
    expect((await profile(content.replaceAll('\n', '\r\n'))).fingerprint).toBe(fingerprint);
    const others = await Promise.all([
      profile(content.replace('river', 'rivers')),
      profile(content.replace('"no"', '"yes"')),
      profile(content, [{ kind: 'order-classes', labels: ['yes', 'no'] }]),
      profile(content, [], { split: { ...SPLIT, seed: 7 } }),
      profile(content, [], { split: { ...SPLIT, testShare: 0.1 } }),
    ]);
    expect(new Set([fingerprint, ...others.map((one) => one.fingerprint)]).size).toBe(6);
  });

  it('a group column keeps its rows together, a test share is kept aside', async () => {
    const rows = plain(200).map((row, i) => [...row, `person ${i % 20}`]);
    const dataset = await open(csv(rows, ['text', 'label', 'who']));
    const split = { ...SPLIT, testShare: 0.2 };
    const profiled = await profileDataset(dataset, { text: 0, label: 1, group: 2 }, split);
    expect(profiled.profile.testRows).toBe(40);
    const parts = new Map<string, Set<number>>();
    profiled.parts.forEach((part, i) => {
      const who = rows[i]?.[2] ?? '';
      parts.set(who, (parts.get(who) ?? new Set()).add(part));
    });
    for (const seen of parts.values()) expect(seen.size).toBe(1);
  });
});
