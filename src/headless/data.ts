/** The file of texts and labels that a command line names, opened as the page opens it. */
import { resolve } from 'node:path';
import type { UsableDataset } from '../data/types.ts';
import { plural } from '../lib/counts.ts';
import type { TokenizerService } from '../../workers/tokenizer/service.ts';
import { chooseColumns } from './columns.ts';
import type { TrainCommand } from './command-line.ts';
import { openFile } from './disk.ts';

/** Under the columns that were named; those that were not are guessed. Throws a `Problem` for what cannot be trained on. */
export async function openData(tokens: TokenizerService, command: TrainCommand, from: string): Promise<UsableDataset> {
  const { validationShare, testShare, splitSeed: seed } = command;
  const split = { validationShare, testShare, seed };
  const files = [await openFile(resolve(from, command.data))];
  const opened = await tokens.open({ kind: 'files', files }, {}, split, () => undefined);
  const choice = chooseColumns(opened.summary, opened.choice, command.columns);
  const profile = await tokens.choose(choice, split, []);
  return { summary: opened.summary, choice: profile.choice, profile, problem: null };
}

export function announceData({ summary, profile }: UsableDataset, say: (line: string) => void): void {
  const { text, secondText = null, label, separator = null } = profile.choice;
  const column = (index: number): string => `"${summary.columns[index]?.name ?? ''}"`;
  const rows = [
    `${plural(profile.trainRows, 'row')} to train`,
    `${plural(profile.validationRows, 'row')} to validate`,
    ...(profile.testRows > 0 ? [`${plural(profile.testRows, 'row')} to test`] : []),
  ];
  const texts = secondText === null ? `texts in ${column(text)}` : `pairs of texts in ${column(text)} and ${column(secondText)}`;
  const labels = `labels in ${column(label)}${separator === null ? '' : `, several for one row, separated by "${separator}"`}`;
  const classes = plural(profile.classes.length, 'class', 'classes');
  say(`Data: ${[summary.name, texts, labels, ...rows, classes].join(', ')}`);
  for (const { where, found, fix } of profile.findings) say(`  ${where}: ${found}. ${fix}`);
}
