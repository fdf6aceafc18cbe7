/** What makes one evaluation better than another. */
import type { BestModelMetric, Evaluation } from './arguments.ts';

/** What an evaluation reached in a metric, turned so that more is better. */
export function merit(evaluation: Evaluation, metric: BestModelMetric): number {
  switch (metric) {
    case 'macro_f1':
      return evaluation.macroF1;
    case 'accuracy':
      return evaluation.accuracy;
    case 'loss':
      return -evaluation.loss;
  }
}
