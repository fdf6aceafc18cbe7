/**
 * The curves of the run on the page. Their points live outside the state and change in place; `version` counts up so that who draws
 * them knows when to look, and how often is up to who draws.
 */
import { createStore } from 'zustand/vanilla';
import { createStepSeries, type StepSeries } from '../engine/train/step-series.ts';
import type { Evaluation, StepPoint } from '../protocol/trainer.ts';

export interface CurvesState {
  /** Counts every change of the points. */
  readonly version: number;
  readonly totalSteps: number;
  /** Where an untrained head begins. */
  readonly guessingLoss: number;
  start(totalSteps: number, guessingLoss: number): void;
  addSteps(points: readonly StepPoint[]): void;
  addEvaluation(evaluation: Evaluation): void;
  clear(): void;
}

let series: StepSeries = createStepSeries();
let evaluations: readonly Evaluation[] = [];

/** The steps so far. */
export function stepSeries(): StepSeries {
  return series;
}

/** The evaluations so far; the same array until there is another one. */
export function evaluationPoints(): readonly Evaluation[] {
  return evaluations;
}

export const curvesStore = createStore<CurvesState>()((set) => {
  const begin = (totalSteps: number, guessingLoss: number): void => {
    series = createStepSeries();
    evaluations = [];
    set(({ version }) => ({ version: version + 1, totalSteps, guessingLoss }));
  };
  const changed = (): void => set(({ version }) => ({ version: version + 1 }));
  return {
    version: 0,
    totalSteps: 0,
    guessingLoss: Math.LN2,
    start: begin,
    addSteps: (points) => {
      series.push(points);
      changed();
    },
    addEvaluation: (evaluation) => {
      evaluations = [...evaluations, evaluation];
      changed();
    },
    clear: () => begin(0, Math.LN2),
  };
});
