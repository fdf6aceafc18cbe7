/** What the runs view calls things. */
import type { RunRecord } from '../../stores/runs.ts';

export const OUTCOMES: Readonly<Record<RunRecord['outcome'], string>> = {
  running: 'Running',
  finished: 'Finished',
  stopped: 'Stopped',
  failed: 'Failed',
  interrupted: 'Interrupted',
};

const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export function dateOf(milliseconds: number): string {
  return DATE.format(milliseconds);
}

/** Colours of runs that are compared: the places of Okabe and Ito's palette that are furthest apart. */
export function runColor(place: number): string {
  return `var(--class-${[1, 0, 2, 3, 4, 8][place % 6] ?? 0})`;
}
