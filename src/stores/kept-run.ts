/** The curves and rows of a run that was kept, read from the database when they are shown. */
import type { EvaluatedRows } from '../engine/train/evaluated-rows.ts';
import { createStepSeries, type StepSeries } from '../engine/train/step-series.ts';
import { runRecords } from './runs.ts';

export async function keptSeries(id: string): Promise<StepSeries> {
  const series = createStepSeries();
  for (const part of await runRecords.curves(id)) series.add(part);
  return series;
}

export function keptRows(id: string): Promise<EvaluatedRows | null> {
  return runRecords.rows(id);
}
