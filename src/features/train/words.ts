/** What the cockpit calls things: phases of a run, the best evaluation. */
import { count, figure } from '../../components/format.ts';
import type { BestModelMetric } from '../../engine/train/arguments.ts';
import type { Evaluation } from '../../protocol/trainer.ts';
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

/** `best macro F1 0.913 at step 138`: by the measure that decides. */
export function bestWords(best: Evaluation, metric: BestModelMetric = 'macro_f1'): string {
  const at = `at step ${count(best.step)}`;
  switch (metric) {
    case 'macro_f1':
      return `best macro F1 ${figure(best.macroF1)} ${at}`;
    case 'accuracy':
      return `best accuracy ${figure(best.accuracy)} ${at}`;
    case 'loss':
      return `lowest validation loss ${figure(best.loss)} ${at}`;
  }
}
