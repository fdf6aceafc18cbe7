/** Speed and time left of a run, and points gathered so that listeners are not called more than ten times a second. */
import type { StepPoint } from './arguments.ts';

export interface Progress {
  readonly phase: 'compile' | 'train' | 'evaluate';
  /** 0 .. 1 of the whole run; of the phase while compiling. */
  readonly fraction: number;
  readonly step: number;
  /** Epochs done, with fractions. */
  readonly epoch: number;
  readonly rowsPerSecond: number | null;
  /** Real tokens, not those that round a batch up. */
  readonly tokensPerSecond: number | null;
  readonly secondsLeft: number | null;
}

export interface ProgressMeter {
  /** So much (0 .. 1) of what the first step needs is compiled. */
  readonly compiled: (fraction: number) => void;
  trained(point: StepPoint): void;
  /** Adds the work of steps that ran; `seconds` it took. */
  addTraining(rows: number, tokens: number, seconds: number): void;
  addEvaluation(seconds: number): void;
  /** Calls the listeners if 100 ms have passed since the last time, or if `now` is true. */
  report(phase: 'train' | 'evaluate', now?: boolean): void;
}

const REPORT_EVERY = 100;

/** totalRows and evaluations of the whole run. */
export function createProgressMeter(
  total: { readonly steps: number; readonly rows: number; readonly evaluations: number },
  listeners: { readonly onSteps?: (points: readonly StepPoint[]) => void; readonly onProgress?: (progress: Progress) => void },
): ProgressMeter {
  let points: StepPoint[] = [];
  let last: StepPoint | null = null;
  let [rows, tokens, trainSeconds] = [0, 0, 0];
  let [evaluations, evaluationSeconds] = [0, 0];
  let reported = -Infinity;

  const secondsLeft = (): number | null => {
    if (rows === 0) return null;
    const secondsPerEvaluation = evaluations === 0 ? 0 : evaluationSeconds / evaluations;
    return ((total.rows - rows) * trainSeconds) / rows + (total.evaluations - evaluations) * secondsPerEvaluation;
  };

  const report = (phase: Progress['phase'], now: boolean, fraction: number): void => {
    const time = performance.now();
    if (!now && time - reported < REPORT_EVERY) return;
    reported = time;
    if (points.length > 0) listeners.onSteps?.(points);
    points = [];
    const rate = (count: number): number | null => (trainSeconds > 0 ? count / trainSeconds : null);
    listeners.onProgress?.({
      phase,
      fraction,
      step: last?.step ?? 0,
      epoch: last?.epoch ?? 0,
      rowsPerSecond: rate(rows),
      tokensPerSecond: rate(tokens),
      secondsLeft: secondsLeft(),
    });
  };

  return {
    compiled: (fraction) => report('compile', false, fraction),
    trained(point) {
      points.push(point);
      last = point;
    },
    addTraining(moreRows, moreTokens, seconds) {
      rows += moreRows;
      tokens += moreTokens;
      trainSeconds += seconds;
    },
    addEvaluation(seconds) {
      evaluations++;
      evaluationSeconds += seconds;
    },
    report: (phase, now = false) => report(phase, now, (last?.step ?? 0) / total.steps),
  };
}
