/** Speed and time left of a run, both once it is warm, and points gathered so that listeners are not called more than ten times a second. */
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
  /** Steps that ran, in order, and were read together. */
  trained(points: readonly StepPoint[]): void;
  /** `planned`: one of those that were counted at the start, not one that a person asked for. */
  addEvaluation(seconds: number, planned: boolean): void;
  /** Calls the listeners if 100 ms have passed since the last time, or if `now` is true. */
  report(phase: 'train' | 'evaluate', now?: boolean): void;
}

const REPORT_EVERY = 100;
/** The first steps compile and record: they are not the speed of the rest. */
const WARM_UP_STEPS = 2;

/** totalRows and evaluations of the whole run. */
export function createProgressMeter(
  total: { readonly steps: number; readonly rows: number; readonly evaluations: number },
  listeners: { readonly onSteps?: (points: readonly StepPoint[]) => void; readonly onProgress?: (progress: Progress) => void },
): ProgressMeter {
  let points: StepPoint[] = [];
  let last: StepPoint | null = null;
  /** The last step of the warm-up: speed is measured from it on. */
  let warm: StepPoint | null = null;
  let [evaluations, planned, evaluationSeconds] = [0, 0, 0];
  let reported = -Infinity;

  const rate = (count: 'rows' | 'tokens'): number | null =>
    warm && last && last.seconds > warm.seconds ? (last[count] - warm[count]) / (last.seconds - warm.seconds) : null;

  const secondsLeft = (): number | null => {
    const rowsPerSecond = rate('rows');
    if (rowsPerSecond === null || !last) return null;
    const secondsPerEvaluation = evaluations === 0 ? 0 : evaluationSeconds / evaluations;
    return Math.max(0, total.rows - last.rows) / rowsPerSecond + (total.evaluations - planned) * secondsPerEvaluation;
  };

  const report = (phase: Progress['phase'], now: boolean, fraction: number): void => {
    const time = performance.now();
    if (!now && time - reported < REPORT_EVERY) return;
    reported = time;
    if (points.length > 0) listeners.onSteps?.(points);
    points = [];
    listeners.onProgress?.({
      phase,
      fraction,
      step: last?.step ?? 0,
      epoch: last?.epoch ?? 0,
      rowsPerSecond: rate('rows'),
      tokensPerSecond: rate('tokens'),
      secondsLeft: secondsLeft(),
    });
  };

  return {
    compiled: (fraction) => report('compile', false, fraction),
    trained(more) {
      points.push(...more);
      last = points.at(-1) ?? last;
      if (last && last.step >= WARM_UP_STEPS) warm ??= last;
    },
    addEvaluation(seconds, isPlanned) {
      evaluations++;
      evaluationSeconds += seconds;
      if (isPlanned) planned++;
    },
    report: (phase, now = false) => report(phase, now, (last?.step ?? 0) / total.steps),
  };
}
