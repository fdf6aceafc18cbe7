/** The trainer worker: hands messages to its service, and the service the world around it. */
import { startBackend, tuneStarted } from '../src/engine/backend/start.ts';
import { openCached } from '../src/hub/model-cache.ts';
import { openModelFolder } from '../src/hub/model-folder.ts';
import { openStarter } from '../src/hub/starter.ts';
import { problemWords } from '../src/lib/problem.ts';
import { expose, proxy, wrap } from '../src/protocol/bridge.ts';
import type { TokenSource } from '../src/protocol/tokenizer.ts';
import type { DeviceFailure, TrainerWorker } from '../src/protocol/trainer.ts';
import { keptTuning } from '../src/storage/kept-tuning.ts';
import { MODELS_FOLDER, opfsFiles } from '../src/storage/opfs-files.ts';
import { createTrainerService } from './trainer/service.ts';

/** The worker's script lies in dist/assets/ or, when developing, in workers/: one folder below the page either way. */
const STARTER = new URL('../models/starter/', self.location.href);

const tuning = keptTuning();

const service = createTrainerService({
  // The page then starts a fresh worker: the tensors of a device that is lost or failed are gone.
  startBackend: (choice) =>
    startBackend(
      choice,
      ({ problem }) => self.postMessage({ deviceFailure: problemWords(problem) } satisfies DeviceFailure),
      tuning,
    ),
  tune: (options) => tuneStarted(tuning, options),
  openFolder: (source, onProgress) => {
    switch (source.kind) {
      case 'starter':
        return openStarter(STARTER, onProgress);
      case 'files':
        return openModelFolder(source.files);
      case 'hub':
        return openCached(opfsFiles(MODELS_FOLDER), source.key);
      default:
        return source satisfies never;
    }
  },
  proxy,
});

const worker: TrainerWorker = {
  ...service,
  connect(port) {
    service.connect(wrap<TokenSource>(port));
  },
};
expose(worker);
