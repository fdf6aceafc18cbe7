/** Reads what the steps of a run computed: several together where that waits for the device, each point with what was trained so far. */
import type { CompleteArguments, StepPoint } from './arguments.ts';
import type { DivergenceCheck } from './divergence.ts';
import type { HardwareHabits } from './hardware.ts';
import { diverged, lossIsLost } from './lost-run.ts';
import type { ProgressMeter } from './progress.ts';
import type { TakenStep } from './training-step.ts';

export interface StepReader {
  /** A step begins: the clock of those that wait runs from the first of them. */
  begin(): void;
  /** A step that was handed to the device; the reader disposes it. */
  add(step: Pick<StepPoint, 'step' | 'epoch' | 'learningRate'>, taken: TakenStep): void;
  /** Whether enough of them wait. */
  readonly isDue: boolean;
  /** Reads all that wait, waiting for the device. Throws where a loss is lost (lost-run.ts); the steps before it were told. */
  read(): Promise<void>;
  /** Of all steps that were added; the seconds of those that were read. */
  readonly trained: TrainedSoFar;
  /** Drops what still waits. */
  dispose(): void;
}

/** Rows, tokens and seconds as a `StepPoint` has them. */
export type TrainedSoFar = Pick<StepPoint, 'rows' | 'tokens' | 'seconds'>;

interface ReaderOptions {
  readonly args: CompleteArguments;
  readonly habits: HardwareHabits;
  /** Is told each step. */
  readonly meter: Pick<ProgressMeter, 'trained'>;
  readonly divergence: DivergenceCheck;
  /** What an earlier part of the run has trained. */
  readonly from: TrainedSoFar;
}

export function createStepReader({ args, habits, meter, divergence, from }: ReaderOptions): StepReader {
  let unread: { readonly point: Omit<StepPoint, 'loss' | 'gradNorm' | 'seconds'>; readonly taken: TakenStep }[] = [];
  /** When the first of the unread steps began. */
  let unreadFrom = 0;
  let { rows, tokens, seconds } = from;
  return {
    begin() {
      if (unread.length === 0) unreadFrom = performance.now();
    },
    add(step, taken) {
      rows += taken.rows;
      tokens += taken.tokens;
      unread.push({ point: { ...step, rows, tokens }, taken });
    },
    get trained() {
      return { rows, tokens, seconds };
    },
    get isDue() {
      return unread.length >= habits.mostUnread || performance.now() - unreadFrom >= habits.readEvery;
    },
    async read() {
      if (unread.length === 0) return;
      const waiting = unread;
      unread = [];
      const values = await Promise.all(waiting.map(({ taken }) => taken.read()));
      for (const { taken } of waiting) taken.dispose();
      const each = (performance.now() - unreadFrom) / 1000 / waiting.length;
      const points = waiting.map(({ point }, i) => ({ ...point, ...values[i]!, seconds: (seconds += each) }));
      for (const [i, { loss, ...point }] of points.entries()) {
        const isLost = !Number.isFinite(loss);
        if (!isLost && !divergence.diverges(loss)) continue;
        meter.trained(points.slice(0, i));
        throw (isLost ? lossIsLost : diverged)(point.step, loss, point.learningRate, args);
      }
      meter.trained(points);
    },
    dispose() {
      for (const { taken } of unread) taken.dispose();
      unread = [];
    },
  };
}
