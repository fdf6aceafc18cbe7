/** Tells a run that learns from one whose loss runs away while it is still a number. */

/** A finished step counts by a tenth in the moving average of the losses. */
const BETA = 0.9;
/** Losses before the average says anything. */
const FIRST = 10;
/** fastai stops its search for a learning rate where the loss is so many times the best one. */
const TIMES_THE_BEST = 4;
/** Worse than this many times a model that guesses: no model that learns is there. */
const TIMES_GUESSING = 2;

/** What it remembers of the losses so far. */
export interface DivergenceState {
  readonly average: number;
  readonly weight: number;
  readonly count: number;
  /** The least of the averages, null before there is one. */
  readonly best: number | null;
}

export interface DivergenceCheck {
  /** Takes the next loss; true when it diverges. */
  readonly diverges: (loss: number) => boolean;
  readonly state: DivergenceState;
}

/**
 * Takes the losses of a run in order; one diverges when the bias-corrected moving average is four times its best and twice the loss
 * of `guessing` (guessing-loss.ts). Single hard batches do not do that. `from`: what an earlier part of the run remembers.
 */
export function createDivergenceCheck(
  guessing: number,
  from: DivergenceState = { average: 0, weight: 0, count: 0, best: null },
): DivergenceCheck {
  let state = from;
  return {
    get state() {
      return state;
    },
    diverges(loss) {
      const average = BETA * state.average + (1 - BETA) * loss;
      const weight = BETA * state.weight + (1 - BETA);
      const count = state.count + 1;
      const smooth = average / weight;
      const best = count >= FIRST ? Math.min(state.best ?? Infinity, smooth) : null;
      state = { average, weight, count, best };
      return count > FIRST && best !== null && smooth > TIMES_THE_BEST * best && smooth > TIMES_GUESSING * guessing;
    },
  };
}
