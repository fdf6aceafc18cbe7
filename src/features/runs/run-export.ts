/** A run as files: all that is known of it as JSON, its curves as CSV. */
import { csvOf } from '../../components/chart/chart-files.ts';
import { stepRows } from '../../components/chart/run-chart-model.ts';
import { keptSeries } from '../../stores/kept-run.ts';
import { fileNameOf } from '../../stores/run-actions.ts';
import type { RunRecord } from '../../stores/runs.ts';
import { saveWhenMade } from '../../stores/save-file.ts';

/** What only this page needs. */
const OWN = new Set<string>(['deletedAt', 'modelBytes', 'modelProblem']);

async function jsonOf(record: RunRecord): Promise<Blob> {
  const steps = await keptSeries(record.id);
  const curves = Array.from({ length: steps.length }, (_, i) => steps.at(i));
  const known = Object.fromEntries(Object.entries(record).filter(([name]) => !OWN.has(name)));
  return new Blob([`${JSON.stringify({ format: 'tabtune-run', version: 1, ...known, curves }, null, 1)}\n`], {
    type: 'application/json',
  });
}

export function saveRun(record: RunRecord, format: 'json' | 'csv'): void {
  const work =
    format === 'json'
      ? jsonOf(record)
      : keptSeries(record.id).then((steps) => csvOf(stepRows({ steps, evaluations: record.evaluations })));
  saveWhenMade('runs', `${fileNameOf(record)}.${format}`, work);
}
