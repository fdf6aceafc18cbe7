/** The library worker: downloads models of the hub into the browser's disk, lists and removes them. */
import { HUB, PATIENCE } from '../src/hub/hub-connection.ts';
import { isRevision, parseHubId } from '../src/hub/hub-id.ts';
import { fetchModel } from '../src/hub/hub-model.ts';
import { listCached } from '../src/hub/model-cache.ts';
import { Problem } from '../src/lib/problem.ts';
import { throttleProgress } from '../src/lib/throttle.ts';
import { expose } from '../src/protocol/bridge.ts';
import type { HubRequest, LibraryWorker } from '../src/protocol/library.ts';
import { MODELS_FOLDER, opfsFiles } from '../src/storage/opfs-files.ts';

const store = opfsFiles(MODELS_FOLDER);
let running: AbortController | null = null;

function wanted({ model, revision }: HubRequest) {
  const parsed = parseHubId(model);
  const typed = revision.trim();
  if (typed === '') return parsed;
  if (isRevision(typed)) return { ...parsed, revision: typed };
  throw new Problem({
    where: 'Revision',
    expected: 'a branch, tag or commit',
    found: `"${typed.slice(0, 80)}"`,
    fix: 'Leave it empty for the latest, or copy it from the model’s page at huggingface.co.',
  });
}

const worker: LibraryWorker = {
  list: () => listCached(store),

  async download(request, onProgress, checkConfig) {
    const model = wanted(request);
    running?.abort();
    const mine = new AbortController();
    running = mine;
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
        onProgress: throttleProgress(onProgress),
        checkConfig,
      });
    } finally {
      if (running === mine) running = null;
    }
  },

  cancel() {
    running?.abort();
  },

  remove: (key) => store.removeFolder(key),
};
expose(worker);
