/** Which hardware a run uses, in values that travel to the page. */

/** 'auto': hardware WebGPU if there is one, else 'simd'. 'webgpu': also on a software adapter. 'cpu' is for the page's "CPU" = simd. */
export type ComputeChoice = 'auto' | 'webgpu' | 'cpu';

export type BackendName = 'webgpu' | 'simd' | 'cpu';

export interface ComputeInfo {
  readonly backend: BackendName;
  /** "WebGPU · Apple M3", "CPU · 8 threads". */
  readonly title: string;
  /** One sentence: why this one. */
  readonly reason: string;
  readonly threads: number | null;
}
