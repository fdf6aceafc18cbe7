import { describe, expect, it } from 'vitest';
import { Problem } from '../lib/problem.ts';
import { openDataset, type Dataset } from './dataset.ts';
import { labelledTexts, profileDataset } from './profile.ts';
import { splitLabels } from './several-labels.ts';
import type { LabelSeparator } from './types.ts';

const SPLIT = { validationShare: 0.25, seed: 7 };

function open(rows: readonly (readonly [string, string])[]): Promise<Dataset> {
  const csv = ['text\tlabels', ...rows.map((row) => row.join('\t'))].join('\n');
  return openDataset('tickets.tsv', new Blob([csv]), () => undefined, new AbortController().signal);
}

/** 120 rows of two frequent labels, a rare one, both together, and none. */
const TICKETS = Array.from({ length: 120 }, (_, i): [string, string] => {
  const labels =
    i % 12 === 0 ? 'refund; legal' : i % 6 === 1 ? '' : ['billing', 'billing;refund', ' refund ;billing; billing'][i % 3]!;
  return [`text ${i}`, labels];
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
  it('are one class a text until it is asked for', async () => {
    const dataset = await open(TICKETS);
    expect(profileDataset(dataset, dataset.guess, SPLIT).selection.targets.kind).toBe('single');
  });

  it('become flags; a row without a label stays, and it is said', async () => {
    const dataset = await open(TICKETS);
    const { profile, selection } = profileDataset(dataset, { text: 0, label: 1, separator: ';' }, SPLIT);
    expect(selection.classes).toEqual(['billing', 'legal', 'refund']);
    expect(selection.targets.kind).toBe('multi');
    expect([...selection.targets.labels.subarray(0, 9)]).toEqual([0, 1, 1, 0, 0, 0, 1, 0, 1]);
    expect(profile).toMatchObject({ trainRows: 90, validationRows: 30, choice: { separator: ';' } });
    const notice = profile.notices.find(({ code }) => code === 'no-class');
    expect(notice).toMatchObject({ count: 20, found: 'none in 20 rows, kept as texts of no class' });
    const totals = profile.classes.map(({ train, validation }) => train + validation);
    expect(totals).toEqual([90, 10, 70]);
  });

  it('are split by the rarest label: each keeps its share on both sides', async () => {
    const dataset = await open(TICKETS);
    const profiled = profileDataset(dataset, { text: 0, label: 1, separator: ';' }, SPLIT);
    for (const { train, validation } of profiled.profile.classes) {
      expect(Math.abs(validation / (train + validation) - 0.25)).toBeLessThan(0.06);
    }
    const parts = (['train', 'validation'] as const).map((part) => labelledTexts(dataset, profiled, part));
    for (const { texts, targets } of parts) {
      expect(targets.labels).toHaveLength(3 * texts.length);
      texts.forEach((text, i) => {
        const labels = splitLabels(TICKETS[Number(text.slice(5))]![1], ';');
        const flags = ['billing', 'legal', 'refund'].map((label) => Number(labels.includes(label)));
        expect([...targets.labels.subarray(3 * i, 3 * i + 3)]).toEqual(flags);
      });
    }
  });

  it.each<[LabelSeparator, string]>([
    ['|', 'at least two different labels'],
    [',', 'labels that come again'],
  ])('that make no classes by %j are a problem that names the way out', async (separator, expected) => {
    const dataset = await open(TICKETS.slice(0, 60).map(([text], i) => [text, separator === '|' ? 'same' : `${text}, no ${i}`]));
    expect(() => profileDataset(dataset, { text: 0, label: 1, separator }, SPLIT)).toThrow(Problem);
    expect(() => profileDataset(dataset, { text: 0, label: 1, separator }, SPLIT)).toThrow(expected);
    expect(() => profileDataset(dataset, { text: 0, label: 1, separator }, SPLIT)).toThrow(/under Labels/);
  });
});
