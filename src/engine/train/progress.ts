/** Speed and time left of a run, both once it is warm, and points gathered so that listeners are not called more than ten times a second. */
import type { StepPoint } from './arguments.ts';

export interface Progress {
  readonly phase: 'compile' | 'train' | 'evaluate' | 'save';
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
  /** What the evaluations so far took. */
  readonly spent: SpentEvaluations;
  /** Calls the listeners if 100 ms have passed since the last time, or if `now` is true. */
  report(phase: 'train' | 'evaluate' | 'save', now?: boolean): void;
}

/** Of the evaluations so far. */
export interface SpentEvaluations {
  readonly count: number;
  /** Of those that were counted at the start. */
  readonly planned: number;
  readonly seconds: number;
}

/** Where a run that goes on stands, and what it has spent. */
export interface MeterStart {
  readonly point: Pick<StepPoint, 'step' | 'epoch' | 'rows' | 'tokens' | 'seconds'>;
  readonly spent: SpentEvaluations;
}

const REPORT_EVERY = 100;
/** The first steps compile and record: they are not the speed of the rest. */
const WARM_UP_STEPS = 2;

/** totalRows and evaluations of the whole run. */
export function createProgressMeter(
  total: { readonly steps: number; readonly rows: number; readonly evaluations: number },
  listeners: { readonly onSteps?: (points: readonly StepPoint[]) => void; readonly onProgress?: (progress: Progress) => void },
  from?: MeterStart,
): ProgressMeter {
  let points: StepPoint[] = [];
  let last: MeterStart['point'] | null = from?.point ?? null;
  /** The last step of the warm-up: speed is measured from it on. */
  let warm: MeterStart['point'] | null = null;
  let spent: SpentEvaluations = from?.spent ?? { count: 0, planned: 0, seconds: 0 };
  const warmAt = (from?.point.step ?? 0) + WARM_UP_STEPS;
  let reported = -Infinity;

  const rate = (count: 'rows' | 'tokens'): number | null =>
    warm && last && last.seconds > warm.seconds ? (last[count] - warm[count]) / (last.seconds - warm.seconds) : null;

  const secondsLeft = (): number | null => {
    const rowsPerSecond = rate('rows');
    if (rowsPerSecond === null || !last) return null;
    const secondsPerEvaluation = spent.count === 0 ? 0 : spent.seconds / spent.count;
    return Math.max(0, total.rows - last.rows) / rowsPerSecond + (total.evaluations - spent.planned) * secondsPerEvaluation;
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
    get spent() {
      return spent;
    },
    compiled: (fraction) => report('compile', false, fraction),
    trained(more) {
      points.push(...more);
      last = points.at(-1) ?? last;
      if (last && last.step >= warmAt) warm ??= last;
    },
    addEvaluation(seconds, isPlanned) {
      const { count, planned, seconds: before } = spent;
      spent = { count: count + 1, planned: planned + (isPlanned ? 1 : 0), seconds: before + seconds };
    },
    report: (phase, now = false) => report(phase, now, (last?.step ?? 0) / total.steps),
  };
}
