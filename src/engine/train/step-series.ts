/**
 * What each step of a run told, kept whole in columns of numbers: 100,000 steps are 7 MB. Drawing takes buckets of a window of it, so that
 * a chart has no more points than it has pixels, however long the run and wherever one zooms.
 */
import type { StepPoint } from './arguments.ts';

/** What a chart can show of the steps. The speeds are computed over a bucket's steps. */
export type StepValue = 'loss' | 'learningRate' | 'gradNorm' | 'rowsPerSecond' | 'tokensPerSecond';

export interface Bucket {
  /** The last step in the bucket. */
  readonly step: number;
  /** Mean of the bucket's steps. */
  readonly value: number;
  /** Exponential moving average of all steps so far, bias-corrected (Kingma and Ba 2015, section 3). */
  readonly smooth: number;
}

export interface BucketWindow {
  /** Steps, both inclusive. */
  readonly from: number;
  readonly to: number;
  readonly most: number;
  /** 0: the moving average is the value itself; towards 1 it looks back further. */
  readonly smoothing: number;
}

export interface StepSeries {
  readonly length: number;
  /** All points from an index on, as columns of their own. */
  columns(from: number): StepColumns;
  /** Columns that `columns` gave. */
  add(columns: StepColumns): void;
  /** Steps arrive in order. */
  push(points: readonly StepPoint[]): void;
  /** At most `most` buckets of equal width in steps. Values that are not finite are left out. */
  buckets(value: StepValue, window: BucketWindow): readonly Bucket[];
  /** One point as it came; index from 0. */
  at(index: number): StepPoint;
}

/** In the order of their file (step-bytes.ts). */
export const STEP_COLUMNS = [
  'step',
  'epoch',
  'loss',
  'learningRate',
  'gradNorm',
  'rows',
  'tokens',
  'seconds',
] as const satisfies readonly (keyof StepPoint)[];
type Column = (typeof STEP_COLUMNS)[number];

/** Points as columns of numbers: how they are kept on the disk. */
export type StepColumns = Readonly<Record<Column, Float64Array<ArrayBuffer>>>;

const FIRST_CAPACITY = 1024;

export function createStepSeries(): StepSeries {
  const columns = Object.fromEntries(STEP_COLUMNS.map((name) => [name, new Float64Array(FIRST_CAPACITY)])) as Record<
    Column,
    Float64Array<ArrayBuffer>
  >;
  let length = 0;

  const grow = (): void => {
    for (const name of STEP_COLUMNS) {
      const wider = new Float64Array(columns[name].length * 2);
      wider.set(columns[name]);
      columns[name] = wider;
    }
  };

  /** What a sum gained in one step. */
  const since = (sums: Float64Array, i: number): number => (sums[i] ?? NaN) - (i === 0 ? 0 : (sums[i - 1] ?? NaN));

  /** Of one step: its own value, or the speed since the step before. */
  const valueAt = (value: StepValue, i: number): number => {
    if (value !== 'rowsPerSecond' && value !== 'tokensPerSecond') return columns[value][i] ?? NaN;
    const amount = value === 'rowsPerSecond' ? columns.rows : columns.tokens;
    return since(amount, i) / since(columns.seconds, i);
  };

  return {
    get length() {
      return length;
    },
    push(points) {
      for (const point of points) {
        if (length === columns.step.length) grow();
        for (const name of STEP_COLUMNS) columns[name][length] = point[name];
        length++;
      }
    },
    columns: (from) =>
      Object.fromEntries(STEP_COLUMNS.map((name) => [name, columns[name].slice(from, length)])) as Record<
        Column,
        Float64Array<ArrayBuffer>
      >,
    add(more) {
      const count = more.step.length;
      while (length + count > columns.step.length) grow();
      for (const name of STEP_COLUMNS) columns[name].set(more[name], length);
      length += count;
    },
    buckets(value, { from, to, most, smoothing }) {
      const width = Math.max(1, Math.ceil((to - from + 1) / most));
      const found: Bucket[] = [];
      let [average, weight, sum, members, bucket, last] = [0, 0, 0, 0, -1, 0];
      const close = (): void => {
        if (members > 0) found.push({ step: last, value: sum / members, smooth: average / weight });
      };
      for (let i = 0; i < length; i++) {
        const step = columns.step[i] ?? NaN;
        if (step > to) break;
        const now = valueAt(value, i);
        if (!Number.isFinite(now)) continue;
        if (step >= from) {
          const at = Math.floor((step - from) / width);
          if (at !== bucket) {
            close();
            [bucket, sum, members] = [at, 0, 0];
          }
          sum += now;
          members++;
          last = step;
        }
        average = smoothing * average + (1 - smoothing) * now;
        weight = smoothing * weight + (1 - smoothing);
      }
      close();
      return found;
    },
    at: (index) => Object.fromEntries(STEP_COLUMNS.map((name) => [name, columns[name][index] ?? NaN])) as Record<Column, number>,
  };
}
