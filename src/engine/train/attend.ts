/** What a run does between two steps: what was asked for by its control, and waiting while it is paused. */
import type { RunControl } from './run-control.ts';

interface Attended {
  readonly control: RunControl;
  readonly signal: AbortSignal | undefined;
  /** One evaluation, as it was asked for. */
  readonly evaluate: () => Promise<void>;
  /** The run will wait now: everything that it has done is to be told. */
  readonly settle: () => Promise<void>;
  readonly onPaused: ((paused: boolean) => void) | undefined;
}

/** Resolves when the run may go on, or when it was aborted, to the seconds that it was paused. */
export async function attend({ control, signal, evaluate, settle, onPaused }: Attended): Promise<number> {
  const from = performance.now();
  let [told, worked] = [false, 0];
  while (!signal?.aborted) {
    if (control.takeEvaluation()) {
      const evaluatedFrom = performance.now();
      await evaluate();
      worked += performance.now() - evaluatedFrom;
    }
    if (!control.isPaused) break;
    await settle();
    if (!told) onPaused?.(true);
    told = true;
    await control.change(signal);
  }
  if (!told) return 0;
  onPaused?.(false);
  return (performance.now() - from - worked) / 1000;
}
