/** One run to an MLflow server: the experiment, the run with all its figures, its model's files, and a version of a registered model. */
import type { StepSeries } from '../engine/train/step-series.ts';
import { Problem } from '../lib/problem.ts';
import type { RunRecord } from '../storage/run-records.ts';
import { MlflowError, textOf, type MlflowClient } from './mlflow-client.ts';
import { mlflowMetrics, mlflowParams, mlflowTags } from './mlflow-payload.ts';

export interface RunToSend {
  readonly record: RunRecord;
  readonly steps: StepSeries;
  readonly experiment: string;
  /** '' : no model is registered. */
  readonly registeredModel: string;
  /** The model's files; none where none is kept. */
  readonly files: readonly File[];
}

export interface SentRun {
  readonly runId: string;
  /** Where the server shows it. */
  readonly address: string;
  readonly modelVersion: string | null;
}

/** done of total, in figures and bytes together. */
export type SendProgress = (words: string, fraction: number) => void;

/** MLflow takes no more in a batch. */
const MOST_METRICS = 1000;
const MOST_PARAMS = 100;

const ARTIFACTS = 'mlflow-artifacts:/';
const STATUS: Readonly<Record<RunRecord['outcome'], string>> = {
  running: 'RUNNING',
  finished: 'FINISHED',
  stopped: 'FINISHED',
  failed: 'FAILED',
  interrupted: 'KILLED',
};

/** The id of the experiment, which is made if it is not there. */
async function experimentId(client: MlflowClient, name: string): Promise<string> {
  try {
    return textOf(await client.get('experiments/get-by-name', { experiment_name: name }), 'experiment', 'experiment_id');
  } catch (error) {
    if (!(error instanceof MlflowError) || error.code !== 'RESOURCE_DOES_NOT_EXIST') throw error;
    return textOf(await client.post('experiments/create', { name }), 'experiment_id');
  }
}

function batches<T>(items: readonly T[], most: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, i) => items.slice(i * most, (i + 1) * most));
}

/** The run's folder among the artifacts that the server itself keeps. */
function artifactFolder(uri: string): string {
  if (uri.startsWith(ARTIFACTS)) return uri.slice(ARTIFACTS.length).replace(/^\/+(?:[^/]+:\d+\/)?/, '');
  throw new Problem({
    where: 'The model’s files',
    expected: 'a server that takes files itself',
    found: `one that wants them written to ${uri.split(':')[0] ?? uri} directly`,
    fix: 'Start it with --serve-artifacts (the default), and a new experiment; or send the run without its model.',
  });
}

async function registerVersion(client: MlflowClient, name: string, source: string, runId: string): Promise<string> {
  try {
    await client.post('registered-models/create', { name });
  } catch (error) {
    if (!(error instanceof MlflowError) || error.code !== 'RESOURCE_ALREADY_EXISTS') throw error;
  }
  const made = await client.post('model-versions/create', { name, source, run_id: runId });
  return textOf(made, 'model_version', 'version');
}

async function fill(client: MlflowClient, runId: string, artifactUri: string, run: RunToSend, onProgress: SendProgress) {
  const { record, steps, files, registeredModel } = run;
  const metrics = mlflowMetrics(record, steps);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  // A figure counts like a hundred bytes: about what it takes on the line.
  const total = metrics.length * 100 + bytes;
  let done = 0;
  const tell = (words: string): void => onProgress(words, total === 0 ? 1 : done / total);

  tell('settings');
  for (const params of batches(mlflowParams(record), MOST_PARAMS)) await client.post('runs/log-batch', { run_id: runId, params });
  await client.post('runs/log-batch', { run_id: runId, tags: mlflowTags(record) });
  await client.post('runs/log-inputs', {
    run_id: runId,
    datasets: [
      {
        tags: [{ key: 'mlflow.data.context', value: 'training' }],
        dataset: {
          name: record.data.name,
          digest: record.data.fingerprint.slice(0, 32),
          source_type: 'local',
          source: JSON.stringify({ fingerprint: record.data.fingerprint }),
        },
      },
    ],
  });
  for (const batch of batches(metrics, MOST_METRICS)) {
    tell('figures');
    await client.post('runs/log-batch', { run_id: runId, metrics: batch });
    done += batch.length * 100;
  }
  if (files.length === 0) return null;
  const folder = artifactFolder(artifactUri);
  for (const file of files) {
    tell(file.name);
    await client.putArtifact(`${folder}/model/${file.name}`, file);
    done += file.size;
  }
  tell('the model version');
  return registeredModel === '' ? null : registerVersion(client, registeredModel, `${artifactUri}/model`, runId);
}

function inWords(error: unknown, address: string): unknown {
  if (!(error instanceof MlflowError)) return error;
  return new Problem({
    where: address,
    expected: 'the server to take the run',
    found: `${error.code}: ${error.message.slice(0, 300)}`,
    fix: 'Change what the server refuses, or ask who runs it, and send it again: a run that was begun is marked as failed there.',
  });
}

/** Throws `Problem`, or the signal's reason. What was begun on the server is then marked as failed there. */
export async function sendRun(client: MlflowClient, run: RunToSend, onProgress: SendProgress): Promise<SentRun> {
  const { record, experiment } = run;
  const end = record.endedAt ?? Math.round(record.startedAt + record.seconds * 1000);
  let runId = '';
  try {
    onProgress('the experiment', 0);
    const experiment_id = await experimentId(client, experiment);
    const made = await client.post('runs/create', { experiment_id, start_time: record.startedAt, run_name: record.name });
    runId = textOf(made, 'run', 'info', 'run_id');
    const modelVersion = await fill(client, runId, textOf(made, 'run', 'info', 'artifact_uri'), run, onProgress);
    await client.post('runs/update', { run_id: runId, status: STATUS[record.outcome], end_time: end });
    return { runId, modelVersion, address: `${client.page}/#/experiments/${experiment_id}/runs/${runId}` };
  } catch (error) {
    if (runId !== '') await client.post('runs/update', { run_id: runId, status: 'FAILED', end_time: end }).catch(() => undefined);
    throw inWords(error, client.page);
  }
}
