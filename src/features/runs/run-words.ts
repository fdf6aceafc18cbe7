/** What the runs view calls things. */
import type { ArgumentName } from '../../engine/train/arguments.ts';
import type { RunRecord } from '../../stores/runs.ts';
import { draftOf } from '../../stores/settings.ts';

export const OUTCOMES: Readonly<Record<RunRecord['outcome'], string>> = {
  running: 'Running',
  finished: 'Finished',
  stopped: 'Stopped',
  failed: 'Failed',
  interrupted: 'Interrupted',
};

/** What a run was told; an em dash where it is older than the setting. */
export function settingOf({ settings }: RunRecord, name: ArgumentName): string {
  return name in settings ? draftOf(settings[name]) : '—';
}

const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export function dateOf(milliseconds: number): string {
  return DATE.format(milliseconds);
}

/** Colours of runs that are compared: the places of Okabe and Ito's palette that are furthest apart. */
export function runColor(place: number): string {
  return `var(--class-${[1, 0, 2, 3, 4, 8][place % 6] ?? 0})`;
}
