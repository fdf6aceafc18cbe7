/** A run goes on where the hardware fails: on fresh hardware, from what was saved last, with less at once; twice, then it stops intact. */
import { isHardwareFailure } from '../../src/engine/backend/hardware-failure.ts';
import { Problem, problemWords } from '../../src/lib/problem.ts';
import type { TrainResult, TrainSettings } from '../../src/protocol/trainer.ts';
import type { RunKeeper } from './run-keeper.ts';
import { runTraining, type Run, type RunMeans } from './training-run.ts';

const MOST_TRIES = 2;

/** Why a run was given up that can still be continued. */
export class GivenUp extends Problem {}

function givenUp({ where, expected, found }: Problem, step: number | null): Problem {
  const kept =
    step === null ? 'It had no checkpoint yet.' : `What it had learnt until step ${step} is kept, and can be continued.`;
  return new GivenUp({
    where,
    expected,
    found: `${found}, again after ${MOST_TRIES} tries with half the batch each`,
    fix: `${kept} Choose a smaller batch size or max length, or "CPU" under "Compute".`,
  });
}

/** `restart` ends the hardware that failed, with its tensors, and starts it anew. */
export async function trainThroughFailures(
  run: Run,
  settings: TrainSettings,
  means: Omit<RunMeans, 'from' | 'halvings'>,
  restart: () => Promise<void>,
): Promise<TrainResult> {
  let from = (await means.keeper?.latest()) ?? null;
  let halvings: number | undefined;
  for (let tries = 0; ; tries++) {
    try {
      return await runTraining(run, settings, { ...means, from, halvings });
    } catch (error) {
      const failure = run.failure ?? error;
      if (!isHardwareFailure(failure)) throw error;
      from = (await means.keeper?.latest()) ?? null;
      const step = from?.state.facts.step ?? null;
      if (tries >= MOST_TRIES || run.stop.signal.aborted) throw givenUp(failure, step);
      await restart();
      run.failure = null;
      run.hardware = new AbortController();
      halvings = Math.max(halvings ?? 0, from?.state.facts.halvings ?? 0) + 1;
      means.onEvent({ type: 'recovered', problem: problemWords(failure), step: step ?? 0, halvings });
    }
  }
}

/** A run that threw: it waits to be continued where it has a checkpoint and nothing is wrong with it, else nothing of it stays. */
export async function settleFailed(keeper: RunKeeper | null, error: unknown): Promise<void> {
  if (!keeper) return;
  try {
    if (!(await keeper.latest())) await keeper.discard();
    else await keeper.end(error instanceof Problem && !(error instanceof GivenUp) ? 'failed' : null);
  } catch {
    // The disk failed too: the error that ended the run is the one to tell.
  }
}
