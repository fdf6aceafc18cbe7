/** Which steps of a run are taken to time it, and the timing of them. */
import { macrotask } from '../../lib/macrotask.ts';
import type { CompleteArguments, LabelledRows } from './arguments.ts';
import { hardwareHabits } from './hardware.ts';
import { countTokens } from './row-batches.ts';
import { selectRows } from './select-rows.ts';
import type { TakenStep, TrainingStep } from './training-step.ts';

/** A step's micro-batches, as row indices. */
export type Step = readonly Uint32Array[];

/** Rows, and steps as indices into them: the first has the largest batch, the others stand for the lengths of all. */
export interface ChosenSteps {
  readonly rows: LabelledRows;
  readonly steps: readonly Step[];
}

export interface TimedSteps {
  readonly seconds: number;
  readonly tokens: number;
  readonly steps: number;
}

function tokensOf(rows: LabelledRows, step: Step): number {
  return step.reduce((sum, indices) => sum + countTokens(rows, indices), 0);
}

/** 1/2, 1/4, 3/4, 1/8, 5/8, ...: the first few of them are spread as evenly as many. */
function spread(count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    let [share, unit] = [0, 0.5];
    for (let rest = i + 1; rest > 0; rest >>= 1, unit /= 2) share += (rest & 1) * unit;
    return share;
  });
}

/** Of an epoch's steps the one with the most tokens, and `most` others spread over the lengths, with the rows of these alone. */
export function chooseSteps(rows: LabelledRows, epoch: readonly Step[], most: number): ChosenSteps {
  const byTokens = epoch.toSorted((a, b) => tokensOf(rows, a) - tokensOf(rows, b));
  const chosen = [byTokens.at(-1)!, ...spread(most).map((share) => byTokens[Math.floor(share * byTokens.length)]!)];
  const indices: number[] = [];
  const steps = chosen.map((step) => step.map((batch) => batch.map((row) => indices.push(row) - 1)));
  return { rows: selectRows(rows, indices), steps };
}

export interface TimingOptions {
  readonly args: CompleteArguments;
  /** Looked at behind each step. */
  readonly signal: AbortSignal;
  /** So many steps are timed, and more until they took so many seconds. */
  readonly least: number;
  readonly seconds: number;
}

/**
 * Takes the first step and does not count it, then times the others as the trainer takes them. Where steps are recorded, those of each length
 * are taken once before: to record one is not what it takes in a run.
 */
export async function timeSteps(step: TrainingStep, { rows, steps }: ChosenSteps, options: TimingOptions): Promise<TimedSteps> {
  const { args, signal, least } = options;
  const { mostUnread } = hardwareHabits();
  const [first, ...others] = steps;
  const take = async (some: readonly Step[]): Promise<void> => {
    const taken: TakenStep[] = [];
    try {
      for (const each of some) {
        taken.push(await step.take(each, args.learning_rate));
        if (taken.length % mostUnread === 0) await taken.at(-1)!.read();
        await macrotask();
        signal.throwIfAborted();
      }
      await taken.at(-1)?.read();
    } finally {
      for (const each of taken) each.dispose();
    }
  };
  await step.prepare(first!, () => undefined);
  await take([first!]);
  if (mostUnread > 1) await take(others);
  let [seconds, tokens, done] = [0, 0, 0];
  while (done < others.length && (done < least || seconds < options.seconds)) {
    const some = others.slice(done, done + least);
    const from = performance.now();
    await take(some);
    seconds += (performance.now() - from) / 1000;
    tokens += some.reduce((sum, each) => sum + tokensOf(rows, each), 0);
    done += some.length;
  }
  return { seconds, tokens, steps: done };
}
