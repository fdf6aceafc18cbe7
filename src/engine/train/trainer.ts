/**
 * The training loop, from top to bottom. It knows neither page nor worker: it takes token rows and a model on the current
 * backend, trains the model in place, and tells its hooks what happens.
 */
import { macrotask } from '../../lib/macrotask.ts';
import type { ProblemText } from '../../lib/problem.ts';
import { createPrograms } from '../backend/programs.ts';
import type { Classifier } from '../models/classifier.ts';
import { completeArguments, type Evaluation, type LabelledRows, type StepPoint, type TrainingArguments } from './arguments.ts';
import { attend } from './attend.ts';
import { createBestModel } from './best-model.ts';
import { withInterval } from './bootstrap.ts';
import { createDivergenceCheck } from './divergence.ts';
import { checkRows } from './check-rows.ts';
import { guessingLossOf } from './guessing-loss.ts';
import type { EvaluatedRows } from './evaluated-rows.ts';
import { hardwareHabits } from './hardware.ts';
import { isLostRun, withWeightsBack, withoutWeights } from './lost-run.ts';
import { createProgressMeter, type Progress } from './progress.ts';
import { definePass, encodeRows, type BatchRows } from './row-batches.ts';
import { createRunControl, type RunControl } from './run-control.ts';
import { keptBest, meterStart, NOTHING_DONE, restoreMoments, stateOfRun } from './run-parts.ts';
import { createRunEvaluations } from './run-evaluations.ts';
import { planRun } from './run-plan.ts';
import { restoreParameters, type RunState } from './run-state.ts';
import { epochOrder, halveBatches, stepsOf } from './sampler.ts';
import { createSavePlan } from './save-plan.ts';
import { countWarmupSteps, createSchedule } from './schedule.ts';
import { createStepReader } from './step-reader.ts';
import { createTrainingStep } from './training-step.ts';

export { countSteps } from './run-plan.ts';

export interface TrainHooks {
  /** Step points in order, gathered over at least 100 ms. */
  readonly onSteps?: (points: readonly StepPoint[]) => void;
  /** With what each validation row was taken for. */
  readonly onEvaluation?: (evaluation: Evaluation, rows: EvaluatedRows) => void;
  readonly onProgress?: (progress: Progress) => void;
  /** The run waits now, or goes on. */
  readonly onPaused?: (paused: boolean) => void;
  /**
   * The run is to be saved: behind a step when its arguments say so, in a pause, and when it ends. It waits for the promise; until then
   * the state's tensors can be read.
   */
  readonly onSave?: (state: RunState) => Promise<void>;
}

export interface TrainRequest {
  /** Trained in place. The caller disposes it. */
  readonly model: Classifier;
  readonly data: { readonly train: LabelledRows; readonly validation: LabelledRows };
  readonly settings: TrainingArguments;
  readonly hooks?: TrainHooks;
  /** Aborting ends the run after the step it is in. */
  readonly signal?: AbortSignal;
  /** Pauses it, or asks for an evaluation, between two steps. */
  readonly control?: RunControl;
  /** Goes on from here in place of beginning; the model, its rows and the settings are those of the run that this was saved of. */
  readonly from?: RunState;
  /** How often each micro-batch is cut in two for want of memory; the step's rows stay the same. By default as in `from`. */
  readonly halvings?: number;
}

export interface TrainOutcome {
  /** `stopped`: by the signal. `failed`: its loss was lost, and the weights of its best evaluation were put back. */
  readonly outcome: 'finished' | 'stopped' | 'failed';
  /** Steps that were trained. */
  readonly steps: number;
  /** Without pauses. */
  readonly seconds: number;
  /** The last one made, or that of the best weights where they were put back; with the interval of macro F1. */
  readonly evaluation: Evaluation | null;
  /** The step that the model's weights are from: less than `steps` where the best were put back. */
  readonly weightsStep: number;
  /** Whether early stopping ended a run that would have gone on. */
  readonly endedEarly: boolean;
  /** Why it failed and what to change, null unless it did. */
  readonly problem: ProblemText | null;
}

/**
 * Trains. Throws a `Problem` for settings or rows that the model cannot take, and when the loss is no number any more or runs away before
 * the first evaluation: the model's weights are lost then.
 */
export async function train(request: TrainRequest): Promise<TrainOutcome> {
  const { model, data, settings, hooks = {}, signal, control = createRunControl(), from } = request;
  const args = completeArguments(settings);
  checkRows(model, data);

  const started = performance.now();
  const before = from?.facts ?? NOTHING_DONE;
  const halvings = request.halvings ?? before.halvings;
  const rowCount = data.train.offsets.length - 1;
  const plan = planRun(rowCount, args);
  const guessing = guessingLossOf(data.train, args, model.classCount);
  const schedule = createSchedule(args.lr_scheduler_type, countWarmupSteps(plan.total, args), plan.total);
  const meter = createProgressMeter(
    { steps: plan.total, rows: (rowCount * plan.total) / plan.perEpoch, evaluations: plan.evaluations },
    hooks,
    meterStart(before, plan),
  );
  if (from) await restoreParameters(model.parameters, from);
  const rows = model.encoderLearns ? data : await encodeOnce();
  const programs = createPrograms();
  const logits = definePass((batch) => model.logits(batch, null), programs);
  const trainingStep = createTrainingStep(model, rows.train, args, programs, before);
  if (from) await restoreMoments(model.parameters, trainingStep.moments, from);
  const best = createBestModel(model.parameters, args.metric_for_best_model, from && (await keptBest(model.parameters, from)));
  const divergence = createDivergenceCheck(guessing, from?.facts.divergence);
  const trained = { rows: before.rows, tokens: before.tokens, seconds: before.trainingSeconds };
  const reader = createStepReader({ args, habits: hardwareHabits(), meter, divergence, from: trained });
  const evaluations = createRunEvaluations({
    model,
    rows: rows.validation,
    args,
    pass: logits,
    meter,
    best,
    from: { latest: before.evaluation, stopping: from?.facts.stopping },
    onEvaluation: hooks.onEvaluation,
    signal,
    batchSize: Math.max(1, args.per_device_eval_batch_size >> halvings),
  });
  const savePlan = createSavePlan(args, plan);
  let { step, learningRate, endedEarly } = before;
  let savedStep = from ? step : -1;
  let epochsDone = step / plan.perEpoch;
  let pausedSeconds = 0;
  let problem: ProblemText | null = null;
  const secondsNow = (): number => before.seconds + (performance.now() - started) / 1000 - pausedSeconds;

  /** What the head sees of each row; not of all when the signal stops it, for no step follows then. */
  async function encodeOnce(): Promise<{
    readonly train: LabelledRows & BatchRows;
    readonly validation: LabelledRows & BatchRows;
  }> {
    const options = { batchSize: args.per_device_eval_batch_size, ...(signal && { signal }) };
    const encode = (part: LabelledRows) => encodeRows(model, part, { ...options, onProgress: () => meter.report('evaluate') });
    try {
      return { train: await encode(data.train), validation: await encode(data.validation) };
    } catch (error) {
      if (!signal?.aborted || error !== signal.reason) throw error;
      return data;
    }
  }

  const evaluateNow = async (planned: boolean): Promise<boolean> => {
    await reader.read();
    return evaluations.run({ step, epoch: epochsDone, learningRate, isLast: step >= plan.total }, planned);
  };

  /** Gives the run to whoever keeps it, once a step. */
  const save = async (): Promise<void> => {
    if (!hooks.onSave || args.save_strategy === 'no' || step === savedStep) return;
    await reader.read();
    meter.report('save', true);
    const from = performance.now();
    const { trained } = reader;
    await hooks.onSave(
      stateOfRun(model.parameters, trainingStep.moments, best, {
        step,
        microBatches: trainingStep.microBatches,
        rows: trained.rows,
        tokens: trained.tokens,
        trainingSeconds: trained.seconds,
        seconds: secondsNow(),
        learningRate,
        evaluation: evaluations.latest,
        best: best.evaluation,
        stopping: evaluations.stopping,
        divergence: divergence.state,
        evaluations: meter.spent,
        endedEarly,
        halvings,
      }),
    );
    savedStep = step;
    savePlan.saved((performance.now() - from) / 1000);
  };

  /** Between two steps: does what was asked for, and waits while the run is paused. */
  const attendNow = async (): Promise<void> => {
    pausedSeconds += await attend({
      control,
      signal,
      onPaused: hooks.onPaused,
      async evaluate() {
        if (evaluations.latest?.step !== step) await evaluateNow(false);
      },
      async settle() {
        await reader.read();
        await save();
        meter.report('train', true);
      },
    });
  };

  const isOver = (): boolean => step >= plan.total || endedEarly || (signal?.aborted ?? false);

  try {
    for (let epoch = Math.floor(step / plan.perEpoch); !isOver(); epoch++) {
      const order = epochOrder(rowCount, args.seed, epoch);
      const steps = stepsOf(order, args.per_device_train_batch_size, args.gradient_accumulation_steps);
      for (let inEpoch = step % plan.perEpoch; inEpoch < steps.length; inEpoch++) {
        if (isOver()) break;
        await attendNow();
        if (isOver()) break;
        const microBatches = halveBatches(steps[inEpoch]!, halvings);
        if (step === before.step) await trainingStep.prepare(microBatches, meter.compiled);
        reader.begin();
        learningRate = args.learning_rate * schedule(step);
        const taken = await trainingStep.take(microBatches, learningRate);

        step++;
        epochsDone = epoch + (inEpoch + 1) / plan.perEpoch;
        reader.add({ step, epoch: epochsDone, learningRate }, taken);
        if (reader.isDue) await reader.read();
        meter.report('train');
        await macrotask();

        if (!signal?.aborted && plan.isEvaluated(step)) endedEarly = await evaluateNow(true);
        if (!signal?.aborted && savePlan.isDue(step)) await save();
      }
    }
    await reader.read();
    if (step > before.step) await save();
  } catch (error) {
    const isStopped = signal?.aborted === true && error === signal.reason;
    if (isLostRun(error)) {
      if (!best.evaluation) throw withoutWeights(error);
      problem = withWeightsBack(error, best.evaluation.step);
    } else if (!isStopped) throw error;
  } finally {
    reader.dispose();
    trainingStep.dispose();
    logits.dispose();
  }

  let { latest: evaluation } = evaluations;
  let weightsStep = step;
  if (best.evaluation && (args.load_best_model_at_end || problem)) {
    best.restore();
    evaluation = best.evaluation;
    weightsStep = evaluation.step;
  }
  meter.report('train', true);
  return {
    outcome: problem ? 'failed' : signal?.aborted || (step < plan.total && !endedEarly) ? 'stopped' : 'finished',
    steps: step,
    seconds: secondsNow(),
    evaluation: evaluation && (await withInterval(evaluation, args.seed)),
    weightsStep,
    endedEarly,
    problem,
  };
}
