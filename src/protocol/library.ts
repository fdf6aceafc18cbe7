/** What the library worker answers: it downloads models of the Hugging Face hub and keeps them. The trainer opens them by their key. */
import type { CachedModel } from '../hub/model-cache.ts';
import type { ProgressCallback } from './tokenizer.ts';

export type { CachedModel };

export interface HubRequest {
  /** "owner/name" or an address, as it was typed. */
  readonly model: string;
  /** A branch, tag or commit; empty for what the address says, or the latest. */
  readonly revision: string;
  /** An access token of the hub; empty for none. It goes to the hub only. */
  readonly token: string;
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
}
