/** Tells a run that learns from one whose loss runs away while it is still a number. */

/** A finished step counts by a tenth in the moving average of the losses. */
const BETA = 0.9;
/** Losses before the average says anything. */
const FIRST = 10;
/** fastai stops its search for a learning rate where the loss is so many times the best one. */
const TIMES_THE_BEST = 4;
/** Worse than this many times a model that guesses: no model that learns is there. */
const TIMES_GUESSING = 2;

/**
 * Takes the losses of a run in order; true when it diverges: the bias-corrected moving average is four times its best and twice the loss
 * of `guessing` (guessing-loss.ts). Single hard batches do not do that.
 */
export function createDivergenceCheck(guessing: number): (loss: number) => boolean {
  let [average, weight, count, best] = [0, 0, 0, Infinity];
  return (loss) => {
    average = BETA * average + (1 - BETA) * loss;
    weight = BETA * weight + (1 - BETA);
    count++;
    const smooth = average / weight;
    if (count >= FIRST) best = Math.min(best, smooth);
    return count > FIRST && smooth > TIMES_THE_BEST * best && smooth > TIMES_GUESSING * guessing;
  };
}
