/** What metrics.json says of a run: the figures at the end in front, then Trainer's `log_history` and what is needed to do it again. */
import { completeArguments, type Evaluation, type StepPoint } from '../engine/train/arguments.ts';
import type { UsableDataset } from '../data/types.ts';
import type { ComputeInfo } from '../engine/backend/types.ts';
import type { ModelInfo, TrainResult, TrainSettings } from '../protocol/trainer.ts';

/** What a run told while it went. */
export interface RunLog {
  readonly points: StepPoint[];
  readonly evaluations: Evaluation[];
  readonly remarks: string[];
  /** How matrix products were cut on WebGPU. */
  tiles: string | null;
}

export interface RunFacts {
  readonly data: UsableDataset;
  /** `commit`: of the hub; null for a model of this machine. */
  readonly model: ModelInfo & { readonly commit: string | null };
  readonly settings: TrainSettings;
  readonly compute: ComputeInfo;
  readonly log: RunLog;
  readonly result: TrainResult;
}

/** Trainer's names; an entry a step and an entry an evaluation, in order. */
function logHistory({ points, evaluations }: RunLog): object[] {
  const steps = points.map(({ step, epoch, loss, learningRate, gradNorm }) => ({
    step,
    epoch,
    loss,
    learning_rate: learningRate,
    grad_norm: gradNorm,
  }));
  const measured = evaluations.map(({ step, epoch, loss, accuracy, macroF1 }) => ({
    step,
    epoch,
    eval_loss: loss,
    eval_accuracy: accuracy,
    eval_macro_f1: macroF1,
  }));
  return [...steps, ...measured].sort((a, b) => a.step - b.step);
}

export function metricsOf({ data, model, settings, compute, log, result }: RunFacts): object {
  const { evaluation } = result;
  const { summary, profile } = data;
  const column = (index: number | null | undefined): string | null =>
    index == null ? null : (summary.columns[index]?.name ?? null);
  return {
    accuracy: evaluation?.accuracy ?? null,
    macro_f1: evaluation?.macroF1 ?? null,
    loss: evaluation?.loss ?? null,
    steps: result.steps,
    seconds: result.seconds,
    outcome: result.outcome,
    evaluation,
    test: result.test ?? null,
    classes: profile.classes,
    rows: { train: profile.trainRows, validation: profile.validationRows, test: profile.testRows },
    data: {
      name: summary.name,
      text: column(profile.choice.text),
      text_pair: column(profile.choice.secondText),
      label: column(profile.choice.label),
      label_separator: profile.choice.separator ?? null,
      split: profile.split,
      fingerprint: profile.fingerprint,
    },
    model: { name: model.name, commit: model.commit, model_type: model.modelType, parameters: model.parameters },
    compute: compute.title,
    tiles: log.tiles,
    remarks: log.remarks,
    settings: completeArguments(settings),
    log_history: logHistory(log),
  };
}
