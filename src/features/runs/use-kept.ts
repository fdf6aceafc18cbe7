/** Curves of kept runs as React sees them. */
import { useEffect, useState } from 'react';
import type { ChartedRun } from '../../components/chart/run-chart-model.ts';
import type { StepSeries } from '../../engine/train/step-series.ts';
import { keptSeries } from '../../stores/kept-run.ts';
import { report } from '../../stores/problems.ts';
import type { RunRecord } from '../../stores/runs.ts';

export type KeptCurves = ReadonlyMap<string, StepSeries>;

/** By run; null until they are read. They are read again when a run has become longer. */
export function useKept(records: readonly RunRecord[]): KeptCurves | null {
  const [kept, setKept] = useState<KeptCurves | null>(null);
  const wanted = records.map(({ id, steps }) => `${id} ${steps}`).join('\n');
  useEffect(() => {
    let isCurrent = true;
    const ids = wanted.split('\n').map((line) => line.split(' ')[0] ?? '');
    Promise.all(ids.map(async (id) => [id, await keptSeries(id)] as const))
      .then((read) => isCurrent && setKept(new Map(read)))
      .catch((error: unknown) => report('runs', error, 'Curves'));
    return () => {
      isCurrent = false;
    };
  }, [wanted]);
  return kept;
}

/** A kept run as the charts want it. */
export function chartedRun(record: RunRecord, steps: StepSeries, dataClasses: readonly string[]): ChartedRun {
  const { evaluations, totalSteps, guessingLoss, classes, best, settings } = record;
  return {
    ...{ steps, evaluations, totalSteps, guessingLoss, classes, dataClasses, best },
    metric: settings.metric_for_best_model,
  };
}

/** Kept curves do not change while they are shown. */
export const UNCHANGING = () => () => undefined;
