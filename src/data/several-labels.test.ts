import { describe, expect, it } from 'vitest';
import type { Dataset } from './dataset.ts';
import { labelledTexts, profileDataset } from './profile.ts';
import { splitLabels } from './several-labels.ts';
import { openBytes } from './testing/open-bytes.ts';
import type { LabelSeparator } from './types.ts';

const SPLIT = { validationShare: 0.25, seed: 7 };

function open(rows: readonly (readonly [string, string])[]): Promise<Dataset> {
  const csv = ['text\tlabels', ...rows.map((row) => row.join('\t'))].join('\n');
  return openBytes(csv, 'tickets.tsv');
}

/** 120 rows of two frequent labels, a rare one, both together, and none. */
const TICKETS = Array.from({ length: 120 }, (_, i): [string, string] => {
  const labels =
    i % 12 === 0 ? 'refund; legal' : i % 6 === 1 ? '' : ['billing', 'billing;refund', ' refund ;billing; billing'][i % 3]!;
  return [`${(i * 7919).toString(36)} ${(i * 104729).toString(36)} ${(i * 1299709).toString(36)}`, labels];
});

describe('splitLabels', () => {
  it.each<[string, LabelSeparator, readonly string[]]>([
    ['a;b', ';', ['a', 'b']],
    [' a | b|a|', '|', ['a', 'b']],
    ['a, b c,', ',', ['a', 'b c']],
    ['a;b', ',', ['a;b']],
    ['  ', ';', []],
  ])('%j by %j', (cell, separator, labels) => {
    expect(splitLabels(cell, separator)).toEqual(labels);
  });
});

describe('several labels a text', () => {
  const CHOICE = { text: 0, label: 1, separator: ';' } as const;

  it('are one class a text until it is asked for', async () => {
    const dataset = await open(TICKETS);
    const { selection } = await profileDataset(dataset, { text: 0, label: 1 }, SPLIT);
    expect(selection.separator).toBeNull();
    expect(selection.classes).toContain('billing;refund');
  });

  it('become flags; a row without a label stays', async () => {
    const dataset = await open(TICKETS);
    const profiled = await profileDataset(dataset, CHOICE, SPLIT);
    const { profile, selection } = profiled;
    expect(selection.rows).toHaveLength(120);
    expect(profile.classes.map(({ label }) => label)).toEqual(['billing', 'legal', 'refund']);
    expect(profile).toMatchObject({ trainRows: 90, validationRows: 30, choice: { separator: ';' } });
    expect(profile.classes.map(({ train, validation }) => train + validation)).toEqual([90, 10, 70]);
  });

  it('are split by the rarest label: each keeps its share on both sides', async () => {
    const dataset = await open(TICKETS);
    const profiled = await profileDataset(dataset, CHOICE, SPLIT);
    for (const { train, validation } of profiled.profile.classes) {
      expect(Math.abs(validation / (train + validation) - 0.25)).toBeLessThan(0.06);
    }
    for (const part of ['train', 'validation'] as const) {
      const { texts, targets } = labelledTexts(dataset, profiled, part);
      expect(targets.labels).toHaveLength(3 * texts.length);
      texts.forEach((text, i) => {
        const labels = splitLabels(TICKETS.find(([each]) => each === text)![1], ';');
        const flags = ['billing', 'legal', 'refund'].map((label) => Number(labels.includes(label)));
        expect([...targets.labels.subarray(3 * i, 3 * i + 3)]).toEqual(flags);
      });
    }
  });

  it('keep their rows through mends', async () => {
    const dataset = await open([...TICKETS, ...TICKETS.slice(0, 6)]);
    const profiled = await profileDataset(dataset, CHOICE, SPLIT, { mends: [{ kind: 'drop-duplicates' }] });
    expect(profiled.selection.rows).toHaveLength(120);
    expect(profiled.profile.classes.map(({ train, validation }) => train + validation)).toEqual([90, 10, 70]);
  });

  it.each<[LabelSeparator, string]>([
    ['|', 'labels of at least two classes'],
    [',', 'labels that come again'],
  ])('that make no classes by %j are a blocker', async (separator, expected) => {
    const dataset = await open(TICKETS.slice(0, 60).map(([text], i) => [text, separator === '|' ? 'same' : `${text}, no ${i}`]));
    await expect(profileDataset(dataset, { text: 0, label: 1, separator }, SPLIT)).rejects.toThrow(expected);
  });
});

describe('a column of 0 and 1 for each label', () => {
  const flagged = (cell: (i: number, column: number) => string, header = 'comment,toxic,insult,threat'): Promise<Dataset> => {
    const rows = Array.from({ length: 120 }, (_, i) => [
      `${(i * 7919).toString(36)} words ${i}`,
      ...[0, 1, 2].map((c) => cell(i, c)),
    ]);
    return openBytes([header, ...rows.map((row) => row.join(','))].join('\n'), 'toxic.csv');
  };
  const bit = (i: number, c: number): boolean => i % [2, 3, 10][c]! === 0;

  it.each<[string, (i: number, c: number) => string]>([
    ['0/1', (i, c) => (bit(i, c) ? '1' : '0')],
    ['true/false', (i, c) => (bit(i, c) ? 'True' : 'False')],
    ['yes/no', (i, c) => (bit(i, c) ? ' yes' : 'No')],
    ['marks, the others empty', (i, c) => (bit(i, c) ? '1.0' : '')],
  ])('are guessed from %s, and their names are the labels', async (_kind, cell) => {
    const dataset = await flagged(cell);
    expect(dataset.guess).toEqual({ text: 0, label: 1, labels: [1, 2, 3] });
    const profiled = await profileDataset(dataset, dataset.guess, SPLIT);
    expect(profiled.profile.classes.map(({ label, train, validation }) => [label, train + validation])).toEqual([
      ['insult', 40],
      ['threat', 12],
      ['toxic', 60],
    ]);
    expect(profiled.selection.rows).toHaveLength(120);
    const { texts, targets } = labelledTexts(dataset, profiled, 'train');
    expect(targets.kind).toBe('multi');
    texts.forEach((text, t) => {
      const i = Number(text.split(' ').at(-1));
      expect([...targets.labels.subarray(t * 3, t * 3 + 3)]).toEqual([bit(i, 1), bit(i, 2), bit(i, 0)].map(Number));
    });
    expect(profiled.profile.separator).toBe(';');
    expect(profiled.profile.preview.slice(0, 4).map(({ label }) => label)).toEqual([
      'insult;threat;toxic',
      '',
      'toxic',
      'insult',
    ]);
  });

  it('a column that is called the label is taken for it all the same, and so is one of other words', async () => {
    const { guess } = await flagged((i, c) => (bit(i, c) ? '1' : '0'), 'comment,label,has_link,is_long');
    expect(guess).toEqual({ text: 0, label: 1 });
    const three = await flagged(
      (i, c) => (c === 0 ? ['news', 'sport', 'art'][i % 3]! : bit(i, c) ? '1' : '0'),
      'comment,area,insult,threat',
    );
    expect(three.guess.labels).toEqual([2, 3]);
    expect(three.summary.columns.map(({ flags }) => flags)).toEqual([null, null, '0/1', '0/1']);
  });

  it('a row with an empty cell is left out, where others say no', async () => {
    const dataset = await flagged((i, c) => (i === 5 && c === 1 ? '' : bit(i, c) ? '1' : '0'));
    const { profile, selection } = await profileDataset(dataset, { text: 0, label: 1, labels: [1, 2, 3] }, SPLIT);
    expect(selection.rows).toHaveLength(119);
    expect(profile.findings.find(({ code }) => code === 'empty-label')).toMatchObject({ count: 1, rows: [7] });
  });

  it('refuses columns of other words, those of the text, and names that cannot be told apart', async () => {
    const dataset = await flagged((i, c) => (c === 2 && i === 4 ? '0.7' : bit(i, c) ? '1' : '0'), 'comment,toxic,toxic,threat');
    const choose = (labels: readonly number[]) => profileDataset(dataset, { text: 0, label: labels[0]!, labels }, SPLIT);
    await expect(choose([1, 3])).rejects.toThrow(/"threat".*only 0 and 1.*"0.7" in row 6/);
    await expect(choose([0, 1])).rejects.toThrow(/one column of text/);
    await expect(choose([1, 2])).rejects.toThrow(/names that tell them apart/);
    await expect(choose([1, 9])).rejects.toThrow(/column 10/);
  });
});
