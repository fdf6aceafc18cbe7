/**
 * The hand on a run that is on: pause, go on, evaluate now. The trainer looks at it between two steps. Stopping is not here: that is the
 * request's signal.
 */
export interface RunControl {
  readonly isPaused: boolean;
  /** The run waits behind the step that it is in. */
  pause(): void;
  resume(): void;
  /** Asks for an evaluation of the present weights, in a pause too. */
  evaluate(): void;
  /** Whether an evaluation was asked for since the last time that this was asked. */
  takeEvaluation(): boolean;
  /** Resolves when the next thing is asked for, or when the signal aborts. */
  change(signal?: AbortSignal): Promise<void>;
}

export function createRunControl(): RunControl {
  let isPaused = false;
  let wantsEvaluation = false;
  let wake: () => void = () => undefined;
  return {
    get isPaused() {
      return isPaused;
    },
    pause() {
      isPaused = true;
      wake();
    },
    resume() {
      isPaused = false;
      wake();
    },
    evaluate() {
      wantsEvaluation = true;
      wake();
    },
    takeEvaluation() {
      const wanted = wantsEvaluation;
      wantsEvaluation = false;
      return wanted;
    },
    change(signal) {
      return new Promise((resolve) => {
        const end = (): void => {
          signal?.removeEventListener('abort', end);
          resolve();
        };
        wake = end;
        if (signal?.aborted) end();
        else signal?.addEventListener('abort', end);
      });
    },
  };
}
