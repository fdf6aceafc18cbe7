/** What is said when a run's loss is lost: where, what was found, what to change, and what became of the weights. */
import { Problem, type ProblemText } from '../../lib/problem.ts';
import type { CompleteArguments } from './arguments.ts';

/** A run whose loss is no number any more, or runs away. Anything else that is thrown is no such thing. */
class LostRun extends Problem {}

export function isLostRun(error: unknown): error is Problem {
  return error instanceof LostRun;
}

function advice({ learning_rate, max_grad_norm, warmup_ratio, warmup_steps, lr_scheduler_type }: CompleteArguments): string {
  const others = [
    ...(max_grad_norm === 0 || max_grad_norm > 1 ? ['max_grad_norm 1'] : []),
    ...(lr_scheduler_type === 'constant' || (warmup_ratio === 0 && warmup_steps === 0) ? ['a warm-up'] : []),
  ];
  const rest = others.length > 0 ? `, and with ${others.join(' and ')}` : '';
  return `Train again with a lower learning rate, for example ${(learning_rate / 4).toPrecision(1)}${rest}.`;
}

export function lossIsLost(step: number, loss: number, learningRate: number, args: CompleteArguments): Problem {
  return new LostRun({
    where: `Training step ${step}`,
    expected: 'a loss that is a number',
    found: `${loss} at a learning rate of ${learningRate.toPrecision(2)}`,
    fix: advice(args),
  });
}

export function diverged(step: number, loss: number, learningRate: number, args: CompleteArguments): Problem {
  return new LostRun({
    where: `Training step ${step}`,
    expected: 'a loss that falls',
    found: `one of ${loss.toPrecision(3)} and growing, far worse than guessing, at a learning rate of ${learningRate.toPrecision(2)}`,
    fix: advice(args),
  });
}

/** The same with what the model is now: the weights of the best evaluation. */
export function withWeightsBack({ where, expected, found, fix }: ProblemText, step: number): ProblemText {
  return { where, expected, found, fix: `The model has the weights of step ${step} again, its best evaluation. ${fix}` };
}

export function withoutWeights({ where, expected, found, fix }: ProblemText): Problem {
  return new Problem({ where, expected, found, fix: `${fix} No evaluation came before, so there are no weights to go back to.` });
}
