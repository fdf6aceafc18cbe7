/** What each chart shows: its lines, axes and words, computed from the stores for a window of the run. Draws nothing. */
import { classColor, classPlace } from '../../components/class-color.ts';
import { count, figure } from '../../components/format.ts';
import type { Evaluation } from '../../protocol/trainer.ts';
import { axisCeiling, logRange, MAX_POINTS, qualityFloor, smoothingFactor, thin } from '../../stores/buckets.ts';
import { curvesStore, evaluationPoints, stepSeries } from '../../stores/curves.ts';
import { dataStore } from '../../stores/data.ts';
import { runStore } from '../../stores/run.ts';
import type { Bucket, StepValue } from '../../stores/step-series.ts';
import { bestWords } from './words.ts';

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

export interface View {
  readonly kind: ChartKind;
  /** Steps, both inclusive; null: the whole run. */
  readonly zoom: readonly [from: number, to: number] | null;
  readonly log: boolean;
  /** Of the moving average; null: what suits the run. */
  readonly smoothing: number | null;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface ChartLine {
  readonly name: string;
  readonly color: string;
  readonly points: readonly Point[];
  /** The unsmoothed values, drawn pale below the line. */
  readonly raw: readonly Point[] | null;
  readonly dots: boolean;
}

export interface ChartModel {
  readonly kind: ChartKind;
  readonly lines: readonly ChartLine[];
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  /** Where the run is, null when it is at its end. */
  readonly now: number | null;
  readonly best: (Point & { readonly words: string }) | null;
  /** For who does not see it. */
  readonly words: string;
}

export const canSmooth = (kind: ChartKind): boolean => kind !== 'quality' && kind !== 'classF1' && kind !== 'learningRate';
export const canBeLog = (kind: ChartKind): boolean => kind !== 'quality' && kind !== 'classF1';

/** A value of the chart as its readings write it. */
export function written(kind: ChartKind, value: number | null | undefined): string {
  if (kind === 'learningRate' && typeof value === 'number') return value.toExponential(2);
  return kind === 'rowsPerSecond' || kind === 'tokensPerSecond' ? (value == null ? '—' : count(value)) : figure(value);
}

/** Beyond this many evaluations their dots would touch. */
const MOST_DOTS = 60;

function stepLine(name: string, color: string, value: StepValue, view: View, from: number, to: number): ChartLine {
  const { totalSteps } = curvesStore.getState();
  const smoothing = canSmooth(view.kind) ? (view.smoothing ?? smoothingFactor(totalSteps)) : 0;
  const buckets = stepSeries().buckets(value, { from, to, most: MAX_POINTS, smoothing });
  const points = (pick: (bucket: Bucket) => number): Point[] => buckets.map((bucket) => ({ x: bucket.step, y: pick(bucket) }));
  return {
    name,
    color,
    points: points(({ smooth }) => smooth),
    raw: smoothing > 0 ? points((each) => each.value) : null,
    dots: false,
  };
}

function evaluationLine(
  name: string,
  color: string,
  evaluations: readonly Evaluation[],
  value: (evaluation: Evaluation) => number,
): ChartLine {
  const points = evaluations.map((evaluation) => ({ x: evaluation.step, y: value(evaluation) }));
  return { name, color, points, raw: null, dots: evaluations.length <= MOST_DOTS };
}

function linesOf(view: View, from: number, to: number): readonly ChartLine[] {
  const evaluations = thin(
    evaluationPoints().filter(({ step }) => step >= from && step <= to),
    MAX_POINTS,
  );
  const line = (name: string, color: string, value: (evaluation: Evaluation) => number): ChartLine =>
    evaluationLine(name, color, evaluations, value);
  switch (view.kind) {
    case 'loss':
      return [
        stepLine('training', 'var(--curve-1)', 'loss', view, from, to),
        line('validation', 'var(--curve-2)', ({ loss }) => loss),
      ];
    case 'quality':
      return [
        line('macro F1', 'var(--curve-3)', ({ macroF1 }) => macroF1),
        line('accuracy', 'var(--curve-1)', ({ accuracy }) => accuracy),
      ];
    case 'classF1': {
      const inData = dataStore.getState().dataset?.profile.classes.map(({ label }) => label) ?? [];
      return runStore
        .getState()
        .classes.map((label, i) =>
          line(label, classColor(classPlace(label, inData, i)), ({ perClassF1 }) => perClassF1[i] ?? NaN),
        );
    }
    case 'learningRate':
    case 'gradNorm':
    case 'rowsPerSecond':
    case 'tokensPerSecond':
      return [stepLine(CHARTS[view.kind].toLowerCase(), 'var(--curve-1)', view.kind, view, from, to)];
  }
}

function rangeOf(view: View, lines: readonly ChartLine[]): readonly [number, number] {
  const values = lines.flatMap(({ points }) => points.map(({ y }) => y)).filter(Number.isFinite);
  if (view.kind === 'quality' || view.kind === 'classF1') return [qualityFloor(values.length > 0 ? Math.min(...values) : 1), 1];
  const positive = values.filter((value) => value > 0);
  if (view.log && positive.length > 0) return logRange(Math.min(...positive), Math.max(...positive));
  // From the first step on as high as an untrained head stands, so that the axis does not jump when it is reached.
  const least = view.kind === 'loss' && !view.zoom ? curvesStore.getState().guessingLoss * 1.1 : 0;
  return [0, axisCeiling(Math.max(least, ...values))];
}

function bestOf(kind: ChartKind): ChartModel['best'] {
  const { best, settings } = runStore.getState();
  const metric = settings?.metric_for_best_model ?? 'macro_f1';
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

/** The last value of a line that is not behind the step, or the newest where none is read. */
export function readLine({ points }: ChartLine, step: number | null): number | undefined {
  return (step === null ? undefined : points.findLast(({ x }) => x <= step))?.y;
}

export function chartModel(view: View): ChartModel {
  const totalSteps = Math.max(1, curvesStore.getState().totalSteps);
  const [from, to] = view.zoom ?? [0, totalSteps];
  const lines = linesOf(view, from, to);
  const [low, high] = rangeOf(view, lines);
  const done = stepSeries().length;
  const { kind } = view;
  return {
    ...{ kind, lines, from, to, low, high },
    log: view.log && low > 0,
    now: done > 0 && done < totalSteps && done >= from && done <= to ? done : null,
    best: bestOf(kind),
    words: wordsOf(kind, lines, totalSteps),
  };
}

/** Every value of a chart, none left out: for a file. */
export function chartRows(kind: ChartKind): readonly (readonly (string | number)[])[] {
  const evaluations = evaluationPoints();
  if (kind === 'quality')
    return [['step', 'accuracy', 'macro_f1'], ...evaluations.map((each) => [each.step, each.accuracy, each.macroF1])];
  if (kind === 'classF1') {
    return [
      ['step', ...runStore.getState().classes.map((label) => `f1 ${label}`)],
      ...evaluations.map((each) => [each.step, ...each.perClassF1]),
    ];
  }
  const series = stepSeries();
  const names = ['step', 'epoch', 'loss', 'learningRate', 'gradNorm', 'rows', 'tokens', 'seconds'] as const;
  const steps = Array.from({ length: series.length }, (_, i) => series.at(i));
  const validation = new Map(evaluations.map(({ step, loss }) => [step, loss]));
  return [
    ['step', 'epoch', 'loss', 'learning_rate', 'grad_norm', 'rows', 'tokens', 'seconds', 'eval_loss'],
    ...steps.map((point) => [...names.map((name) => point[name]), validation.get(point.step) ?? '']),
  ];
}
