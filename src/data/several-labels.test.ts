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
