/** What the cockpit calls the phases of a run. */
import type { RunProgress, RunStatus } from '../../stores/run.ts';

const PHASES: Readonly<Record<RunProgress['phase'], string>> = {
  prepare: 'Preparing',
  download: 'Loading the model',
  compile: 'Getting the hardware ready',
  tokenize: 'Reading the texts',
  train: 'Training',
  evaluate: 'Evaluating',
  save: 'Saving',
};

const STATUSES: Readonly<Partial<Record<RunStatus, string>>> = { pausing: 'Pausing', paused: 'Paused', stopping: 'Stopping' };

export function phaseName(status: RunStatus, phase: RunProgress['phase']): string {
  return STATUSES[status] ?? PHASES[phase];
}
