/** What of a run goes to an MLflow server: its settings, figures and files. Never a text that it was trained on. Plain values. */
import type { StepSeries } from '../engine/train/step-series.ts';
import type { RunRecord } from '../storage/run-records.ts';

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

export interface MlflowMetric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

/** The settings under transformers' names, and what they were used on. */
export function mlflowParams({ settings, data, model, classes, compute }: RunRecord): readonly KeyValue[] {
  const known: Readonly<Record<string, unknown>> = {
    ...settings,
    base_model: model.name,
    base_model_parameters: model.parameters,
    dataset: data.name,
    dataset_fingerprint: data.fingerprint,
    train_rows: data.train,
    validation_rows: data.validation,
    test_rows: data.test,
    num_labels: classes.length,
    compute: compute.title,
  };
  return Object.entries(known).map(([key, value]) => ({ key, value: Array.isArray(value) ? value.join(', ') : String(value) }));
}

export function mlflowTags({ id, note, outcome }: RunRecord): readonly KeyValue[] {
  return [
    { key: 'mlflow.source.name', value: 'Tabtune' },
    { key: 'mlflow.source.type', value: 'LOCAL' },
    { key: 'tabtune.run_id', value: id },
    { key: 'tabtune.outcome', value: outcome },
    ...(note === '' ? [] : [{ key: 'mlflow.note.content', value: note }]),
  ];
}

/** A class name as part of a metric's: MLflow takes letters, digits, `_ - . : /` and spaces. */
function metricWord(label: string, index: number): string {
  const word = label.replaceAll(/[^\p{L}\p{N}_. -]+/gu, '_').slice(0, 120);
  return /[\p{L}\p{N}]/u.test(word) ? word : `class ${index}`;
}

/** Every step and every evaluation. A step's time is when it would have been done without pauses and evaluations. */
export function mlflowMetrics(record: RunRecord, steps: StepSeries): readonly MlflowMetric[] {
  const { startedAt, evaluations, classes, test } = record;
  const metrics: MlflowMetric[] = [];
  const times = new Map<number, number>();
  const add = (key: string, value: number | null | undefined, step: number, timestamp: number): void => {
    if (typeof value === 'number' && Number.isFinite(value)) metrics.push({ key, value, timestamp, step });
  };
  for (let i = 0; i < steps.length; i++) {
    const { step, epoch, loss, learningRate, gradNorm, seconds } = steps.at(i);
    const time = Math.round(startedAt + seconds * 1000);
    times.set(step, time);
    add('loss', loss, step, time);
    add('learning_rate', learningRate, step, time);
    add('grad_norm', gradNorm, step, time);
    add('epoch', epoch, step, time);
  }
  const end = record.endedAt ?? Math.round(startedAt + record.seconds * 1000);
  for (const { step, loss, accuracy, macroF1, perClassF1, metrics: more } of evaluations) {
    const time = times.get(step) ?? end;
    add('eval_loss', loss, step, time);
    add('eval_accuracy', accuracy, step, time);
    add('eval_macro_f1', macroF1, step, time);
    add('eval_weighted_f1', more?.weighted.f1, step, time);
    add('eval_mcc', more?.mcc, step, time);
    add('eval_roc_auc', more?.rocAuc, step, time);
    for (const [i, f1] of perClassF1.entries()) add(`eval_f1/${metricWord(classes[i] ?? '', i)}`, f1, step, time);
  }
  add('test_loss', test?.loss, record.weightsStep, end);
  add('test_accuracy', test?.accuracy, record.weightsStep, end);
  add('test_macro_f1', test?.macroF1, record.weightsStep, end);
  return metrics;
}
