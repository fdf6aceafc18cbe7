/** The trainer worker: hands messages to its service, and the service the world around it. */
import { startBackend, tuneStarted } from '../src/engine/backend/start.ts';
import { openCached } from '../src/hub/model-cache.ts';
import { openModelFolder } from '../src/hub/model-folder.ts';
import { openKept } from '../src/hub/run-models.ts';
import { openStarter } from '../src/hub/starter.ts';
import type { FileStore } from '../src/lib/file-store.ts';
import { takeLock } from '../src/lib/web-lock.ts';
import { expose, proxy, wrap } from '../src/protocol/bridge.ts';
import type { TokenSource } from '../src/protocol/tokenizer.ts';
import type { TrainerWorker } from '../src/protocol/trainer.ts';
import { keptTuning } from '../src/storage/kept-tuning.ts';
import { MODELS_FOLDER, opfsFiles } from '../src/storage/opfs-files.ts';
import { RUNS_FOLDER } from '../src/storage/saved-runs.ts';
import { openBase } from './trainer/base-files.ts';
import { createRunShelf } from './trainer/run-shelf.ts';
import { createTrainerService } from './trainer/service.ts';

/** The worker's script lies in dist/assets/ or, when developing, in workers/: one folder below the page either way. */
const STARTER = new URL('../models/starter/', self.location.href);

const runFolder = (id: string): FileStore => opfsFiles(`${RUNS_FOLDER}/${id}`);
const tuning = keptTuning();

const service = createTrainerService({
  // A run makes a lost device good; without one it reaches the page as this worker's error: its tensors are gone.
  startBackend: (choice) =>
    startBackend(
      choice,
      ({ problem }) => {
        if (service.hardwareFailed(problem)) return;
        setTimeout(() => {
          throw problem;
        });
      },
      tuning,
    ),
  tune: (options) => tuneStarted(tuning, options),
  openFolder: (source, onProgress) => {
    switch (source.kind) {
      case 'starter':
        return openStarter(STARTER, onProgress);
      case 'files':
        return openModelFolder(source.files);
      case 'trained':
        return openKept(runFolder(source.id), source.name);
      case 'hub':
        return openCached(opfsFiles(MODELS_FOLDER), source.key);
      case 'run':
        return openBase(opfsFiles(RUNS_FOLDER), source.id, source.name);
      default:
        return source satisfies never;
    }
  },
  ...('storage' in navigator ? { runFolder } : {}),
  proxy,
  runs: createRunShelf(opfsFiles(RUNS_FOLDER), takeLock),
});

const worker: TrainerWorker = {
  ...service,
  async connect(port, alive) {
    service.connect(wrap<TokenSource>(port));
    await takeLock(alive);
  },
};
expose(worker);
