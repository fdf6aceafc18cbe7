/** Sends a run that was kept to an MLflow server: its figures from the database, its model from the disk. */
import { createStepSeries } from '../../src/engine/train/step-series.ts';
import { keptFiles } from '../../src/hub/run-models.ts';
import { Problem } from '../../src/lib/problem.ts';
import type { MlflowRequest } from '../../src/protocol/library.ts';
import { openRunRecords } from '../../src/storage/run-records.ts';
import { connectMlflow } from '../../src/tracking/mlflow-client.ts';
import { sendRun, type SendProgress, type SentRun } from '../../src/tracking/send-run.ts';
import { folderOf } from './run-files.ts';

let running: AbortController | null = null;

export async function sendToMlflow(request: MlflowRequest, onProgress: SendProgress): Promise<SentRun> {
  const { run, address, experiment, registeredModel, withModel } = request;
  running?.abort();
  const mine = new AbortController();
  running = mine;
  try {
    const client = connectMlflow({
      address,
      origin: self.location.origin,
      fetcher: (...args) => fetch(...args),
      signal: mine.signal,
    });
    const records = openRunRecords();
    const record = (await records.list()).find(({ id }) => id === run);
    if (!record) {
      throw new Problem({
        where: 'Runs',
        expected: 'the run on this machine',
        found: 'none of that name',
        fix: 'Reload the page.',
      });
    }
    const steps = createStepSeries();
    for (const part of await records.curves(run)) steps.add(part);
    const files = withModel ? await keptFiles(folderOf(run), 'model', record.name) : [];
    return await sendRun(client, { record, steps, experiment, registeredModel, files }, onProgress);
  } finally {
    if (running === mine) running = null;
  }
}

export function cancelMlflow(): void {
  running?.abort();
}
