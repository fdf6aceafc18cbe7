/** The evaluations of a run: each measures the validation rows, is kept if it is the best, and may end the run for want of a better one. */
import type { Classifier } from '../models/classifier.ts';
import type { CompleteArguments, Evaluation, LabelledRows } from './arguments.ts';
import { createEarlyStopping, type BestModel, type StoppingState } from './best-model.ts';
import { ROWS_FOR_INTERVALS, withInterval } from './bootstrap.ts';
import { evaluate } from './evaluate.ts';
import { evaluatedRows, type EvaluatedRows } from './evaluated-rows.ts';
import { lossIsLost } from './lost-run.ts';
import type { ProgressMeter } from './progress.ts';
import type { BatchRows, Pass } from './row-batches.ts';

/** Where the run stands when it is evaluated. */
export interface RunPlace {
  readonly step: number;
  readonly epoch: number;
  /** Of the step before. */
  readonly learningRate: number;
  /** Whether the last step is done. */
  readonly isLast: boolean;
}

export interface RunEvaluations {
  /** null before the first. */
  readonly latest: Evaluation | null;
  readonly stopping: StoppingState;
  /**
   * Measures the present weights. True when early stopping wants the run to end here; an evaluation that was not planned, for a person asked
   * for it, does not count for that. Throws where the loss is no number, and the signal's reason.
   */
  run(place: RunPlace, planned: boolean): Promise<boolean>;
}

interface EvaluationOptions {
  readonly model: Classifier;
  readonly rows: LabelledRows & BatchRows;
  readonly args: CompleteArguments;
  readonly pass: Pass;
  readonly meter: ProgressMeter;
  readonly best: BestModel;
  /** The last evaluation of an earlier part of the run, and what early stopping remembers of it. */
  readonly from: { readonly latest: Evaluation | null; readonly stopping: StoppingState | undefined };
  readonly onEvaluation: ((evaluation: Evaluation, rows: EvaluatedRows) => void) | undefined;
  readonly signal: AbortSignal | undefined;
  readonly batchSize: number;
}

export function createRunEvaluations(options: EvaluationOptions): RunEvaluations {
  const { model, rows, args, pass, meter, best, from, onEvaluation, signal, batchSize } = options;
  const early = createEarlyStopping(args, from.stopping);
  let { latest } = from;
  return {
    get latest() {
      return latest;
    },
    get stopping() {
      return early.state;
    },
    async run({ step, epoch, learningRate, isLast }, planned) {
      meter.report('evaluate', true);
      const from = performance.now();
      let predictions: ArrayLike<number> = [];
      const measured = await evaluate(model, rows, {
        batchSize,
        pass,
        onProgress: () => meter.report('evaluate'),
        onPredictions: (said) => (predictions = said),
        ...(signal && { signal }),
      });
      if (!Number.isFinite(measured.loss)) throw lossIsLost(step, measured.loss, learningRate, args);
      let evaluation: Evaluation = { step, epoch, ...measured };
      if (rows.offsets.length - 1 <= ROWS_FOR_INTERVALS) evaluation = await withInterval(evaluation, args.seed);
      latest = evaluation;
      // Kept for load_best_model_at_end, and to go back to when the loss is lost.
      if (args.load_best_model_at_end || !isLast) await best.offer(evaluation);
      meter.addEvaluation((performance.now() - from) / 1000, planned);
      onEvaluation?.(evaluation, evaluatedRows(step, model.classCount, rows.targets, predictions));
      return planned && early.isInVain(evaluation) && !isLast;
    },
  };
}
