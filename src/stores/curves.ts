/**
 * The curves of the run on the page. Their points live outside the state and change in place; `version` counts up so that who draws
 * them knows when to look, and how often is up to who draws. Axes only ever grow, so a curve never jumps.
 */
import { createStore } from 'zustand/vanilla';
import type { Evaluation, StepPoint } from '../protocol/trainer.ts';
import { createLossCurve, lossCeiling, qualityFloor, thin, MAX_POINTS, type LossCurve, type LossPoint } from './buckets.ts';

export interface CurvesState {
  /** Counts every change of the points. */
  readonly version: number;
  readonly totalSteps: number;
  readonly lossTop: number;
  readonly qualityBottom: number;
  start(totalSteps: number, classes: number): void;
  addSteps(points: readonly StepPoint[]): void;
  addEvaluation(evaluation: Evaluation): void;
  clear(): void;
}

let curve: LossCurve = createLossCurve(1);
let evaluations: readonly Evaluation[] = [];
/** What the charts get of them; the same array until there is another evaluation. */
let shown: readonly Evaluation[] = [];

/** A snapshot of the training curve, at most MAX_POINTS. */
export function lossPoints(): LossPoint[] {
  return curve.points.slice();
}

/** The evaluations so far, at most MAX_POINTS of them. */
export function evaluationPoints(): readonly Evaluation[] {
  return shown;
}

export const curvesStore = createStore<CurvesState>()((set) => {
  const begin = (totalSteps: number, lossTop: number): void => {
    curve = createLossCurve(totalSteps);
    evaluations = [];
    shown = [];
    set(({ version }) => ({ version: version + 1, totalSteps, lossTop, qualityBottom: qualityFloor(1) }));
  };
  return {
    version: 0,
    totalSteps: 0,
    lossTop: lossCeiling(Math.log(2)),
    qualityBottom: qualityFloor(1),
    // An untrained head has a loss of about ln(classes).
    start: (totalSteps, classes) => begin(totalSteps, lossCeiling(Math.log(Math.max(2, classes)) * 1.1)),
    addSteps: (points) => {
      for (const { step, loss } of points) curve.push(step, loss);
      const smooth = curve.points.at(-1)?.smooth ?? 0;
      set(({ version, lossTop }) => ({ version: version + 1, lossTop: Math.max(lossTop, lossCeiling(smooth)) }));
    },
    addEvaluation: (evaluation) => {
      evaluations = [...evaluations, evaluation];
      shown = thin(evaluations, MAX_POINTS);
      const { loss, accuracy, macroF1 } = evaluation;
      set(({ version, lossTop, qualityBottom }) => ({
        version: version + 1,
        lossTop: Number.isFinite(loss) ? Math.max(lossTop, lossCeiling(loss)) : lossTop,
        qualityBottom: Math.min(qualityBottom, qualityFloor(Math.min(accuracy, macroF1))),
      }));
    },
    clear: () => begin(0, lossCeiling(Math.log(2))),
  };
});
