/**
 * The headless door to training: the services of the two workers, in one process, with files of the disk on either side. What is trained
 * and written is what the page would train and write.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { UsableDataset } from '../data/types.ts';
import { completeArguments, type Evaluation } from '../engine/train/arguments.ts';
import { fromTrainingArguments } from '../engine/train/read-arguments.ts';
import { planRun } from '../engine/train/run-plan.ts';
import { runSeconds } from '../engine/train/run-time.ts';
import { readZip } from '../formats/zip.ts';
import { aboutBytes, aboutSeconds } from '../lib/about.ts';
import { plural } from '../lib/counts.ts';
import { Problem } from '../lib/problem.ts';
import type { TrainEvent, TrainResult, TrainSettings } from '../protocol/trainer.ts';
import { createTokenizerService } from '../../workers/tokenizer/service.ts';
import { createTrainerService, type TrainerService } from '../../workers/trainer/service.ts';
import { readTrainCommand, usage, type TrainCommand } from './command-line.ts';
import { startCompute, tuneCompute } from './compute.ts';
import { announceData, openData } from './data.ts';
import { makeFolder, writeInto } from './disk.ts';
import { metricsOf, type RunLog } from './metrics.ts';
import { findModel, type Environment } from './model.ts';

const PROGRESS_EVERY_MS = 5000;

async function readSettings(
  command: TrainCommand,
  from: string,
): Promise<{ settings: TrainSettings; remarks: readonly string[] }> {
  const given = command.config === null ? {} : await readJson(resolve(from, command.config));
  return fromTrainingArguments({ ...given, ...command.settings });
}

async function readJson(path: string): Promise<object> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    throw new Error('no JSON object');
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    const fix = 'Give a file like {"learning_rate": 5e-5, "num_train_epochs": 3}.';
    throw new Problem({ where: path, expected: 'training arguments as a JSON object', found, fix });
  }
}

function progressLine({ phase, fraction, step, rowsPerSecond, secondsLeft }: Extract<TrainEvent, { type: 'progress' }>): string {
  const parts = [`${phase} ${Math.round(fraction * 100)} %`];
  if (step > 0) parts.push(`step ${step}`);
  if (rowsPerSecond !== null) parts.push(`${Math.round(rowsPerSecond)} rows a second`);
  if (secondsLeft !== null) parts.push(`${Math.ceil(secondsLeft)} s left`);
  return `  ${parts.join(', ')}`;
}

function evaluationLine({ epoch, step, loss, accuracy, macroF1 }: Evaluation, trainLoss: number): string {
  const figures = [
    `epoch ${epoch.toFixed(2)}`,
    `step ${step}`,
    `loss ${trainLoss.toFixed(4)}`,
    `validation loss ${loss.toFixed(4)}`,
    `accuracy ${accuracy.toFixed(4)}`,
    `macro F1 ${macroF1.toFixed(4)}`,
  ];
  return figures.join('  ');
}

/** Runs of fewer steps are over before a rehearsal would be. */
const LEAST_STEPS_TO_REHEARSE = 50;

/** How long the run will take and how much memory, by a few real steps; that a run does not fit is said before it fails. */
async function announceRun(
  trainer: TrainerService,
  { profile }: UsableDataset,
  settings: TrainSettings,
  say: (line: string) => void,
): Promise<void> {
  const plan = planRun(profile.trainRows, completeArguments(settings));
  if (plan.total < LEAST_STEPS_TO_REHEARSE) return;
  const report = await trainer.rehearse(settings);
  if (!report) return;
  const { rates, problem, memory } = report;
  if (problem) throw new Problem(problem);
  const time = rates ? aboutSeconds(runSeconds(rates, plan)) : 'unknown';
  say(
    `Before training: ${time}, ${aboutBytes(memory.bytes)} of memory (${plural(plan.total, 'step')}, ` +
      `${plural(plan.evaluations, 'evaluation')}; by ${plural(rates?.stepsTimed ?? 0, 'real step')} on this machine)`,
  );
}

/** Keeps what the run tells. Prints remarks and evaluations, and where it is when nothing was printed for a while. */
function listen(log: RunLog, say: (line: string) => void): (event: TrainEvent) => void {
  let said = performance.now();
  let lastLoss = NaN;
  const tell = (line: string): void => {
    said = performance.now();
    say(line);
  };
  return (event) => {
    switch (event.type) {
      case 'started':
        log.remarks.push(...event.remarks);
        log.tiles = event.tiles?.text ?? null;
        event.remarks.forEach(tell);
        if (event.truncatedRows > 0) tell(`${plural(event.truncatedRows, 'text')} cut at max_length.`);
        tell(`Training: ${plural(event.totalSteps, 'step')}`);
        break;
      case 'progress':
        if (performance.now() - said >= PROGRESS_EVERY_MS) tell(progressLine(event));
        break;
      case 'steps':
        log.points.push(...event.points);
        for (const { loss } of event.points) lastLoss = loss;
        break;
      case 'evaluation':
        log.evaluations.push(event.evaluation);
        tell(evaluationLine(event.evaluation, lastLoss));
        break;
      case 'recovered': {
        const { problem, step, halvings } = event;
        tell(`${problem.where}: ${problem.found}. Goes on from step ${step} with batches cut in ${2 ** halvings}.`);
        break;
      }
      case 'paused':
      case 'pinned':
      case 'saved':
        // The command line neither pauses, pins nor keeps runs.
        break;
      default:
        event satisfies never;
    }
  };
}

/** Ctrl+C ends the run after its step and keeps what was learnt; a second one ends the process. */
async function untilInterrupted<Value>(trainer: TrainerService, work: () => Promise<Value>): Promise<Value> {
  const stop = (): void => trainer.stop(true);
  process.once('SIGINT', stop);
  try {
    return await work();
  } finally {
    process.off('SIGINT', stop);
  }
}

const OUTCOMES = { finished: 'Finished', stopped: 'Stopped', failed: 'Failed', discarded: 'Discarded' } as const;

async function writeModel(trainer: TrainerService, out: string): Promise<void> {
  const { zip, fileName } = await trainer.exportModel();
  for (const file of await readZip(zip, fileName)) await writeInto(out, file.path, await file.read());
}

/** Trains as the command says and writes the folder. Throws a `Problem` for whatever a person can mend. */
export async function trainHeadless(
  command: TrainCommand,
  from: string,
  say: (line: string) => void,
  environment: Environment = process.env,
): Promise<TrainResult> {
  const out = resolve(from, command.out);
  const { settings, remarks } = await readSettings(command, from);
  const log: RunLog = { points: [], evaluations: [], remarks: [...remarks], tiles: null };
  remarks.forEach(say);

  const noSample = (): Promise<Blob> => Promise.reject(new Error('the command line has no sample'));
  const tokens = createTokenizerService(noSample);
  const data = await openData(tokens, command, from);
  announceData(data, say);

  const found = await findModel(command, from, { environment, say });
  const trainer = createTrainerService({
    startBackend: (choice) => startCompute(choice, command.threads),
    tune: tuneCompute,
    openFolder: found.open,
    proxy: (callback) => callback,
  });
  trainer.connect(tokens);
  const started = await trainer.useCompute(command.compute);
  const compute = command.tune ? await trainer.tune(() => undefined) : started;
  if (command.tune) say(`Tiles: ${compute.tiles?.text ?? 'none are measured on the CPU'}`);
  const model = await trainer.openModel(found.source, () => undefined);
  const { name, commit } = found;
  const at = commit === null ? '' : ` at ${commit.slice(0, 7)}`;
  say(`Model: ${name}${at}, ${model.modelType}, ${plural(model.parameters, 'parameter')}. Compute: ${compute.title}`);
  model.remarks.forEach(say);

  await announceRun(trainer, data, settings, say);
  await makeFolder(out);
  const result = await untilInterrupted(trainer, () => trainer.train(settings, listen(log, say)));
  if (result.test) say(`Test rows: accuracy ${result.test.accuracy.toFixed(4)}  macro F1 ${result.test.macroF1.toFixed(4)}`);
  await writeModel(trainer, out);
  const metrics = metricsOf({ data, model: { ...model, name, commit }, settings, compute, log, result });
  await writeInto(out, 'metrics.json', `${JSON.stringify(metrics, null, 2)}\n`);
  say(`${OUTCOMES[result.outcome]} after ${plural(result.steps, 'step')}, ${result.seconds.toFixed(0)} s. Written to ${out}`);
  // What was put back is written; a script must see that the run did not end well.
  if (result.problem) throw new Problem(result.problem);
  return result;
}

/** What scripts/train.mjs calls. `from`: the folder that relative paths are meant from. */
export async function trainFromCommandLine(argv: readonly string[], from: string): Promise<void> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  if (argv.length === 0 || argv.includes('--help')) {
    say(usage());
    return;
  }
  await trainHeadless(readTrainCommand(argv), from, say);
}
