/** What the library worker answers: it downloads models of the Hugging Face hub and keeps them, and those of runs. The trainer opens them. */
import type { CachedModel } from '../hub/model-cache.ts';
import type { KeptForm } from '../hub/run-models.ts';
import type { SendProgress, SentRun } from '../tracking/send-run.ts';
import type { ProgressCallback } from './tokenizer.ts';

export type { CachedModel, SentRun };

export interface HubRequest {
  /** "owner/name" or an address, as it was typed. */
  readonly model: string;
  /** A branch, tag or commit; empty for what the address says, or the latest. */
  readonly revision: string;
  /** An access token of the hub; empty for none. It goes to the hub only. */
  readonly token: string;
}

export interface MlflowRequest {
  /** The run's id. */
  readonly run: string;
  readonly address: string;
  readonly experiment: string;
  /** Empty for none. */
  readonly registeredModel: string;
  readonly withModel: boolean;
}

export interface LibraryWorker {
  list(): Promise<readonly CachedModel[]>;
  /**
   * Downloads what is not here yet; progress in bytes of the whole model. `checkConfig` sees config.json before the weights and may refuse
   * it. Throws `Problem`, or an AbortError after `cancel()`; what came so far is kept.
   */
  download(
    request: HubRequest,
    onProgress: ProgressCallback,
    checkConfig: (config: unknown) => Promise<void>,
  ): Promise<CachedModel>;
  /** Ends the download that is on. */
  cancel(): void;
  remove(key: string): Promise<void>;
  /** Bytes of each run that has files on the disk. */
  runSizes(): Promise<ReadonlyMap<string, number>>;
  /** The model that a run ended with, as a zip. Throws `Problem` when it is not kept. */
  packRun(id: string, form: KeptForm, name: string): Promise<Blob>;
  /** Removes the model, in all its forms, and what the run could go on from. */
  removeRunModel(id: string): Promise<void>;
  /** Removes all files of a run. */
  removeRun(id: string): Promise<void>;
  /** Sends a run to a tracking server. Throws `Problem`, or an AbortError after `cancelMlflow()`. */
  sendToMlflow(request: MlflowRequest, onProgress: SendProgress): Promise<SentRun>;
  cancelMlflow(): void;
}
