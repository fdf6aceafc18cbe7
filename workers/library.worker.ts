/** The library worker: downloads models of the hub into the browser's disk, lists and removes them. */
import { PATIENCE } from '../src/hub/hub-connection.ts';
import { parseHubRequest } from '../src/hub/hub-id.ts';
import { fetchModel } from '../src/hub/hub-model.ts';
import { listCached } from '../src/hub/model-cache.ts';
import { HUB } from '../src/lib/hub-address.ts';
import { expose } from '../src/protocol/bridge.ts';
import type { LibraryWorker } from '../src/protocol/library.ts';
import { cancelMlflow, sendToMlflow } from './library/mlflow.ts';
import { packRun, removeRunFiles, runSizes } from './library/run-files.ts';
import { MODELS_FOLDER, opfsFiles } from '../src/storage/opfs-files.ts';

const store = opfsFiles(MODELS_FOLDER);
let running: AbortController | null = null;

/** Reports the latest figures every so many milliseconds while they change: also the last ones before a connection falls silent. */
function reportEvery(milliseconds: number, onProgress: (done: number, total: number) => void) {
  let latest: readonly [done: number, total: number] | null = null;
  const timer = setInterval(() => {
    if (latest) onProgress(...latest);
    latest = null;
  }, milliseconds);
  return { note: (done: number, total: number) => void (latest = [done, total]), end: () => clearInterval(timer) };
}

const worker: LibraryWorker = {
  list: () => listCached(store),

  async download(request, onProgress, checkConfig) {
    const model = parseHubRequest(request.model, request.revision);
    running?.abort();
    const mine = new AbortController();
    running = mine;
    const reports = reportEvery(100, onProgress);
    try {
      return await fetchModel({
        connection: {
          endpoint: HUB,
          token: request.token.trim() || null,
          signal: mine.signal,
          fetcher: (input, init) => fetch(input, init),
          patience: PATIENCE,
        },
        store,
        model,
        onProgress: reports.note,
        checkConfig,
      });
    } finally {
      reports.end();
      if (running === mine) running = null;
    }
  },

  cancel() {
    running?.abort();
  },

  remove: (key) => store.removeFolder(key),

  runSizes,
  packRun,
  removeRunModel: removeRunFiles,
  removeRun: removeRunFiles,
  sendToMlflow,
  cancelMlflow,
};
expose(worker);
