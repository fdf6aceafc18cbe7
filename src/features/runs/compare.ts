/** What stands beside each other when runs are compared: the settings that differ, the measures, and curves over each other. */
import { axisCeiling } from '../../components/chart/buckets.ts';
import type { ChartLine, ChartModel, View } from '../../components/chart/chart-model.ts';
import { evaluationLine, rangeOf, stepLine } from '../../components/chart/run-chart-model.ts';
import { smoothingFactor } from '../../components/chart/buckets.ts';
import { clock, count, figure } from '../../components/format.ts';
import type { StepSeries } from '../../engine/train/step-series.ts';
import type { Evaluation } from '../../protocol/trainer.ts';
import type { RunRecord } from '../../stores/runs.ts';
import { SETTINGS } from '../../stores/setting-layout.ts';
import { settingOf } from './run-words.ts';

export interface ComparedRun {
  readonly record: RunRecord;
  readonly color: string;
}

export interface DifferenceRow {
  readonly name: string;
  /** Of each run, in their order. */
  readonly values: readonly string[];
}

/** The settings, data, model and machine that are not the same in all. */
export function differing(records: readonly RunRecord[]): readonly DifferenceRow[] {
  const rows: DifferenceRow[] = [
    ...SETTINGS.map((name) => ({ name, values: records.map((record) => settingOf(record, name)) })),
    { name: 'data', values: records.map(({ data }) => `${data.name} (${data.fingerprint.slice(0, 8)})`) },
    { name: 'model', values: records.map(({ model }) => model.name) },
    { name: 'computed on', values: records.map(({ compute }) => compute.title) },
  ];
  return rows.filter(({ values }) => new Set(values).size > 1);
}

export interface MeasureRow {
  readonly name: string;
  readonly values: readonly string[];
  /** Places of the best values; none where all are the same, or better has no meaning. */
  readonly best: readonly number[];
}

type Better = 'more' | 'less' | null;

function measureRow(
  name: string,
  values: readonly (number | null | undefined)[],
  better: Better,
  write: (value: number | null | undefined) => string = figure,
): MeasureRow {
  const numbers = values.map((value) => (typeof value === 'number' && Number.isFinite(value) ? value : null));
  const there = numbers.filter((value) => value !== null);
  const target = better === 'more' ? Math.max(...there) : Math.min(...there);
  const apart = new Set(numbers).size > 1;
  const best = better && apart ? numbers.flatMap((value, i) => (value === target ? [i] : [])) : [];
  return { name, values: values.map(write), best };
}

export function measureRows(records: readonly RunRecord[]): readonly MeasureRow[] {
  const of = (value: (evaluation: Evaluation) => number | null | undefined) =>
    records.map(({ evaluation }) => (evaluation ? value(evaluation) : null));
  const rows = [
    measureRow(
      'Macro F1',
      of(({ macroF1 }) => macroF1),
      'more',
    ),
    measureRow(
      'Accuracy',
      of(({ accuracy }) => accuracy),
      'more',
    ),
    measureRow(
      'Validation loss',
      of(({ loss }) => loss),
      'less',
    ),
    measureRow(
      'Weighted F1',
      of(({ metrics }) => metrics?.weighted.f1),
      'more',
    ),
    measureRow(
      'MCC',
      of(({ metrics }) => metrics?.mcc),
      'more',
    ),
    measureRow(
      'ROC AUC',
      of(({ metrics }) => metrics?.rocAuc),
      'more',
    ),
    measureRow(
      'Calibration error',
      of(({ metrics }) => metrics?.expectedCalibrationError),
      'less',
    ),
    measureRow(
      'Macro F1 on test rows',
      records.map(({ test }) => test?.macroF1),
      'more',
    ),
    measureRow(
      'Steps',
      records.map(({ steps }) => steps),
      null,
      (value) => count(value ?? 0),
    ),
    measureRow(
      'Time',
      records.map(({ seconds }) => seconds),
      'less',
      (value) => clock(value ?? 0),
    ),
  ];
  return rows.filter(({ values }) => values.some((value) => value !== '—'));
}

export const COMPARED_CURVES = {
  loss: 'Training loss',
  validationLoss: 'Validation loss',
  macroF1: 'Macro F1',
} as const satisfies Readonly<Record<string, string>>;

export type ComparedCurve = keyof typeof COMPARED_CURVES;

function lineOf(
  { record, color }: ComparedRun,
  steps: StepSeries | undefined,
  curve: ComparedCurve,
  from: number,
  to: number,
  smoothing: number,
): ChartLine {
  const { name, evaluations } = record;
  switch (curve) {
    case 'loss':
      return steps
        ? stepLine(name, color, steps, 'loss', { from, to, smoothing })
        : { name, color, points: [], raw: null, dots: false };
    case 'validationLoss':
      return evaluationLine(name, color, evaluations, ({ loss }) => loss, { from, to });
    case 'macroF1':
      return evaluationLine(name, color, evaluations, ({ macroF1 }) => macroF1, { from, to });
  }
}

export function comparedChart(
  runs: readonly ComparedRun[],
  curves: ReadonlyMap<string, StepSeries>,
  curve: ComparedCurve,
  { zoom, log, smoothing }: View,
): ChartModel {
  const totalSteps = Math.max(1, ...runs.map(({ record }) => Math.max(record.steps, record.totalSteps)));
  const [from, to] = zoom ?? [0, totalSteps];
  const lines = runs.map((run) =>
    lineOf(run, curves.get(run.record.id), curve, from, to, smoothing ?? smoothingFactor(totalSteps)),
  );
  const [low, high] = rangeOf(lines, { shares: curve === 'macroF1', log, least: 0 });
  const title = COMPARED_CURVES[curve];
  const last = lines.map(({ name, points }) => `${name} ${figure(points.at(-1)?.y)}`).join(', ');
  return {
    ...{ title, lines, from, to, totalSteps, low, high: high > low ? high : axisCeiling(low + 1) },
    ...{ log: log && low > 0, now: null, best: null, write: figure },
    words: `${title} of ${runs.length} runs over ${totalSteps} steps: ${last}.`,
  };
}

/** Every value of a curve: a row for each step at which any run has one. */
export function comparedRows(
  runs: readonly ComparedRun[],
  curves: ReadonlyMap<string, StepSeries>,
  curve: ComparedCurve,
): readonly (readonly (string | number)[])[] {
  const columns = runs.map(({ record }) => {
    const steps = curves.get(record.id);
    if (curve === 'loss')
      return new Map(
        Array.from({ length: steps?.length ?? 0 }, (_, i) => steps?.at(i)).flatMap((point) =>
          point ? [[point.step, point.loss] as const] : [],
        ),
      );
    return new Map(record.evaluations.map(({ step, loss, macroF1 }) => [step, curve === 'macroF1' ? macroF1 : loss] as const));
  });
  const steps = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b);
  return [
    ['step', ...runs.map(({ record }) => record.name)],
    ...steps.map((step) => [step, ...columns.map((column) => column.get(step) ?? '')]),
  ];
}
