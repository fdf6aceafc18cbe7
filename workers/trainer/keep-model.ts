/** At the end of a run its model goes onto the disk with it, so that it can be opened again, packed and sent without being trained anew. */
import { keepModel } from '../../src/hub/run-models.ts';
import type { FileStore } from '../../src/lib/file-store.ts';
import { Problem, problemWords, type ProblemText } from '../../src/lib/problem.ts';
import { adapterOf, packedOf, type LiveModel } from './live-model.ts';
import { adapterFiles, modelFiles } from './pack-model.ts';

export interface KeptModel {
  /** null: it is not kept. */
  readonly keptBytes: number | null;
  readonly keepProblem: ProblemText | null;
}

/** `store` is the run's own folder. A full disk ends no run: it is told, and nothing of the model is left. */
export async function keepLiveModel(store: FileStore, live: LiveModel): Promise<KeptModel> {
  const where = 'The model of this run';
  const packed = packedOf(live);
  try {
    let keptBytes = await keepModel(
      store,
      'model',
      modelFiles({ ...packed, tensors: await live.classifier.exportTensors() }),
      where,
    );
    const adapter = await adapterOf(live);
    if (adapter) keptBytes += await keepModel(store, 'adapter', adapterFiles({ ...packed, adapter }), where);
    return { keptBytes, keepProblem: null };
  } catch (error) {
    if (error instanceof Problem) return { keptBytes: null, keepProblem: problemWords(error) };
    throw error;
  }
}
