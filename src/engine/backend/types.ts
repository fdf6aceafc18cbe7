/** Which hardware a run uses, in values that travel to the page. */

/** 'auto': hardware WebGPU if there is one, else 'simd'. 'webgpu': also on a software adapter. 'cpu' is for the page's "CPU" = simd. */
export type ComputeChoice = 'auto' | 'webgpu' | 'cpu';

export type BackendName = 'webgpu' | 'simd' | 'cpu';

/** How matrix products are cut on WebGPU (ops/linear/tiles.ts). */
export interface TilesInfo {
  /** Tuned: by what was measured on this GPU. */
  readonly kind: 'usual' | 'tuned';
  /** In words, for a run's log. */
  readonly text: string;
  /** False on a software adapter, where there is nothing to gain. */
  readonly tunable: boolean;
}

/** Where what was measured is kept from visit to visit, by key. Either may fail. */
export interface TuningStore {
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
}

export interface ComputeInfo {
  readonly backend: BackendName;
  /** "WebGPU · Apple M3", "CPU · 8 threads". */
  readonly title: string;
  /** One sentence: why this one. */
  readonly reason: string;
  readonly threads: number | null;
  /** Where it is known: on WebGPU, once it is started. */
  readonly tiles?: TilesInfo;
}
