/** What a run tells, gathered for its checkpoints, and the checkpoints as they are asked for. */
import type { Evaluation, StepPoint } from '../../src/engine/train/arguments.ts';
import type { RunState } from '../../src/engine/train/run-state.ts';
import { createStepSeries } from '../../src/engine/train/step-series.ts';
import type { TrainEvent } from '../../src/protocol/trainer.ts';
import type { RunHistory, RunKeeper, SavedState } from './run-keeper.ts';

export interface RunSaving {
  steps(points: readonly StepPoint[]): void;
  evaluation(evaluation: Evaluation): void;
  save(state: RunState): Promise<void>;
}

interface SavingOptions {
  readonly about: RunHistory['about'];
  /** Throws where the hardware has failed: what was read since may be wrong. */
  readonly check: () => void;
  readonly onEvent: (event: TrainEvent) => void;
}

export function createRunSaving(
  keeper: RunKeeper,
  from: Pick<SavedState, 'points' | 'evaluations'> | null,
  { about, check, onEvent }: SavingOptions,
): RunSaving {
  const series = createStepSeries();
  series.push(from?.points ?? []);
  const evaluations = [...(from?.evaluations ?? [])];
  return {
    steps: (points) => series.push(points),
    evaluation: (evaluation) => void evaluations.push(evaluation),
    async save(state) {
      check();
      const points = { length: series.length, at: (index: number) => series.at(index) };
      const outcome = await keeper.save(state, { points, evaluations, about }, check);
      onEvent({ type: 'saved', step: state.facts.step, ...outcome });
    },
  };
}
