/** What a chart shows: lines over the steps of a run, axes and words. Values only; chart-frame.tsx draws them. */

export interface View {
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
  /** "Gradient norm" */
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly from: number;
  readonly to: number;
  /** Where the longest run ends. */
  readonly totalSteps: number;
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  /** Where the run is, null when it is at its end. */
  readonly now: number | null;
  readonly best: (Point & { readonly words: string }) | null;
  /** For who does not see it. */
  readonly words: string;
  /** A value as its readings write it. */
  readonly write: (value: number | null | undefined) => string;
}

/** The last value of a line that is not behind the step, or the newest where none is read. */
export function readLine({ points }: ChartLine, step: number | null): number | undefined {
  return (step === null ? undefined : points.findLast(({ x }) => x <= step))?.y;
}
