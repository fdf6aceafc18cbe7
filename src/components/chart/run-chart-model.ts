/** What the charts of one run show, whether it is on or was kept: computed for a window of it. Draws nothing. */
import type { BestModelMetric } from '../../engine/train/arguments.ts';
import type { Bucket, StepSeries, StepValue } from '../../engine/train/step-series.ts';
import type { Evaluation } from '../../protocol/trainer.ts';
import { classColor, classPlace } from '../class-color.ts';
import { count, figure } from '../format.ts';
import { axisCeiling, logRange, MAX_POINTS, qualityFloor, smoothingFactor, thin } from './buckets.ts';
import type { ChartLine, ChartModel, Point, View } from './chart-model.ts';

export const CHARTS = {
  loss: 'Loss',
  quality: 'Quality',
  classF1: 'F1 of each class',
  learningRate: 'Learning rate',
  gradNorm: 'Gradient norm',
  rowsPerSecond: 'Rows a second',
  tokensPerSecond: 'Tokens a second',
} as const satisfies Readonly<Record<string, string>>;

export type ChartKind = keyof typeof CHARTS;

/** A run as its charts want it. */
export interface ChartedRun {
  readonly steps: StepSeries;
  readonly evaluations: readonly Evaluation[];
  readonly totalSteps: number;
  /** An untrained head has this loss. */
  readonly guessingLoss: number;
  readonly classes: readonly string[];
  /** The classes of the data on the page, which decide the colours. */
  readonly dataClasses: readonly string[];
  readonly best: Evaluation | null;
  readonly metric: BestModelMetric;
}

export const canSmooth = (kind: ChartKind): boolean => kind !== 'quality' && kind !== 'classF1' && kind !== 'learningRate';
export const canBeLog = (kind: ChartKind): boolean => kind !== 'quality' && kind !== 'classF1';

/** A value of the chart as its readings write it. */
export function written(kind: ChartKind, value: number | null | undefined): string {
  if (kind === 'learningRate' && typeof value === 'number') return value.toExponential(2);
  return kind === 'rowsPerSecond' || kind === 'tokensPerSecond' ? (value == null ? '—' : count(value)) : figure(value);
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

/** Beyond this many evaluations their dots would touch. */
const MOST_DOTS = 60;

export interface Window {
  readonly from: number;
  readonly to: number;
}

/** A value of every step, in buckets, with what it is before smoothing. */
export function stepLine(
  name: string,
  color: string,
  steps: StepSeries,
  value: StepValue,
  { from, to, smoothing }: Window & { readonly smoothing: number },
): ChartLine {
  const buckets = steps.buckets(value, { from, to, most: MAX_POINTS, smoothing });
  const points = (pick: (bucket: Bucket) => number): Point[] => buckets.map((bucket) => ({ x: bucket.step, y: pick(bucket) }));
  return {
    name,
    color,
    points: points(({ smooth }) => smooth),
    raw: smoothing > 0 ? points((each) => each.value) : null,
    dots: false,
  };
}

/** A value of every evaluation in the window. */
export function evaluationLine(
  name: string,
  color: string,
  evaluations: readonly Evaluation[],
  value: (evaluation: Evaluation) => number,
  { from, to }: Window,
): ChartLine {
  const shown = thin(
    evaluations.filter(({ step }) => step >= from && step <= to),
    MAX_POINTS,
  );
  const points = shown.map((evaluation) => ({ x: evaluation.step, y: value(evaluation) }));
  return { name, color, points, raw: null, dots: shown.length <= MOST_DOTS };
}

function linesOf(run: ChartedRun, kind: ChartKind, { smoothing }: View, window: Window): readonly ChartLine[] {
  const ofSteps = (name: string, value: StepValue): ChartLine => {
    const suited = canSmooth(kind) ? (smoothing ?? smoothingFactor(run.totalSteps)) : 0;
    return stepLine(name, 'var(--curve-1)', run.steps, value, { ...window, smoothing: suited });
  };
  const line = (name: string, color: string, value: (evaluation: Evaluation) => number): ChartLine =>
    evaluationLine(name, color, run.evaluations, value, window);
  switch (kind) {
    case 'loss':
      return [ofSteps('training', 'loss'), line('validation', 'var(--curve-2)', ({ loss }) => loss)];
    case 'quality':
      return [
        line('macro F1', 'var(--curve-3)', ({ macroF1 }) => macroF1),
        line('accuracy', 'var(--curve-1)', ({ accuracy }) => accuracy),
      ];
    case 'classF1':
      return run.classes.map((label, i) =>
        line(label, classColor(classPlace(label, run.dataClasses, i)), ({ perClassF1 }) => perClassF1[i] ?? NaN),
      );
    case 'learningRate':
    case 'gradNorm':
    case 'rowsPerSecond':
    case 'tokensPerSecond':
      return [ofSteps(CHARTS[kind].toLowerCase(), kind)];
  }
}

/** Axis of values: shares end at 1, others begin at 0 and hold at least `least`, or are whole decades. */
export function rangeOf(
  lines: readonly ChartLine[],
  { shares, log, least }: { readonly shares: boolean; readonly log: boolean; readonly least: number },
): readonly [low: number, high: number] {
  const values = lines.flatMap(({ points }) => points.map(({ y }) => y)).filter(Number.isFinite);
  if (shares) return [qualityFloor(values.length > 0 ? Math.min(...values) : 1), 1];
  const positive = values.filter((value) => value > 0);
  if (log && positive.length > 0) return logRange(Math.min(...positive), Math.max(...positive));
  return [0, axisCeiling(Math.max(least, ...values))];
}

function bestOf({ best, metric }: ChartedRun, kind: ChartKind): ChartModel['best'] {
  if (!best) return null;
  const at = (y: number): ChartModel['best'] => ({ x: best.step, y, words: bestWords(best, metric) });
  if (kind === 'loss' && metric === 'loss') return at(best.loss);
  return kind === 'quality' && metric !== 'loss' ? at(metric === 'accuracy' ? best.accuracy : best.macroF1) : null;
}

function wordsOf(kind: ChartKind, lines: readonly ChartLine[], totalSteps: number): string {
  const step = Math.max(0, ...lines.map(({ points }) => points.at(-1)?.x ?? 0));
  if (step === 0) return `${CHARTS[kind]}: nothing yet.`;
  const values = lines.map(({ name, points }) => `${name} ${written(kind, points.at(-1)?.y)}`).join(', ');
  return `${CHARTS[kind]} after ${step} of ${totalSteps} steps: ${values}.`;
}

export function runChartModel(run: ChartedRun, kind: ChartKind, view: View): ChartModel {
  const totalSteps = Math.max(1, run.totalSteps);
  const [from, to] = view.zoom ?? [0, totalSteps];
  const lines = linesOf(run, kind, view, { from, to });
  // From the first step on as high as an untrained head stands, so that the axis does not jump when it is reached.
  const least = kind === 'loss' && !view.zoom ? run.guessingLoss * 1.1 : 0;
  const [low, high] = rangeOf(lines, { shares: !canBeLog(kind), log: view.log, least });
  const done = run.steps.length;
  return {
    ...{ title: CHARTS[kind], lines, from, to, totalSteps, low, high },
    log: view.log && low > 0,
    now: done > 0 && done < totalSteps && done >= from && done <= to ? done : null,
    best: bestOf(run, kind),
    words: wordsOf(kind, lines, totalSteps),
    write: (value) => written(kind, value),
  };
}

type Rows = readonly (readonly (string | number)[])[];

/** Every step of a run with the validation loss where it was evaluated. */
export function stepRows({ steps, evaluations }: Pick<ChartedRun, 'steps' | 'evaluations'>): Rows {
  const names = ['step', 'epoch', 'loss', 'learningRate', 'gradNorm', 'rows', 'tokens', 'seconds'] as const;
  const points = Array.from({ length: steps.length }, (_, i) => steps.at(i));
  const validation = new Map(evaluations.map(({ step, loss }) => [step, loss]));
  return [
    ['step', 'epoch', 'loss', 'learning_rate', 'grad_norm', 'rows', 'tokens', 'seconds', 'eval_loss'],
    ...points.map((point) => [...names.map((name) => point[name]), validation.get(point.step) ?? '']),
  ];
}

/** Every value of a chart, none left out: for a file. */
export function runChartRows(run: ChartedRun, kind: ChartKind): Rows {
  const { evaluations, classes } = run;
  if (kind === 'quality')
    return [['step', 'accuracy', 'macro_f1'], ...evaluations.map((each) => [each.step, each.accuracy, each.macroF1])];
  if (kind === 'classF1')
    return [['step', ...classes.map((label) => `f1 ${label}`)], ...evaluations.map((each) => [each.step, ...each.perClassF1])];
  return stepRows(run);
}
