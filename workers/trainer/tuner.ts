/** When the GPU is measured: in the background as soon as it is there and idle, or because somebody asks; never while a run is on. */
import type { ComputeInfo, TilesInfo } from '../../src/engine/backend/types.ts';
import { Problem } from '../../src/lib/problem.ts';
import type { ProgressCallback } from '../../src/protocol/tokenizer.ts';

/** Measures and uses what it found; throws the signal's reason. Null where there is nothing to tune. */
export type Tune = (options: {
  readonly signal: AbortSignal;
  readonly onProgress?: ProgressCallback;
}) => Promise<TilesInfo | null>;

export interface Tuner {
  /** In the background, unless it was measured before or there is nothing to gain. */
  begin(compute: ComputeInfo): void;
  /** Anew, in the place of what is going on. Throws `Problem` when a run begins before the end. */
  ask(onProgress: ProgressCallback): Promise<TilesInfo | null>;
  /** Ends what is going on; resolves when the GPU is free of it. */
  cancel(): Promise<void>;
  /** Resolves when what is going on has come to its end. */
  settled(): Promise<void>;
}

/** `onTuned` hears of what was found in the background. */
export function createTuner(tune: Tune, onTuned: (tiles: TilesInfo) => void): Tuner {
  let stop = new AbortController();
  let going: Promise<unknown> = Promise.resolve();

  const cancel = async (): Promise<void> => {
    stop.abort(stopped());
    await going;
  };
  const start = (onProgress?: ProgressCallback): Promise<TilesInfo | null> => {
    stop = new AbortController();
    const found = tune({ signal: stop.signal, ...(onProgress && { onProgress }) });
    going = found.catch(() => undefined);
    return found;
  };

  return {
    cancel,
    async settled() {
      await going;
    },
    begin({ tiles }) {
      if (!tiles || tiles.kind === 'tuned' || !tiles.tunable) return;
      // What fails here would have made nothing but speed; a lost device is told by its own event.
      start().then(
        (found) => found && onTuned(found),
        () => undefined,
      );
    },
    async ask(onProgress) {
      await cancel();
      return start(onProgress);
    },
  };
}

function stopped(): Problem {
  return new Problem({
    where: 'Tune for this GPU',
    expected: 'the GPU to itself for a few seconds',
    found: 'a run, or a change of hardware, that began',
    fix: 'Tune again when the run has ended; it trains without it too.',
  });
}
