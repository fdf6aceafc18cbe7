/** Rows padded to the longest of their batch, as Trainer's collator makes them. */
export interface TorchBatch {
  readonly input_ids: readonly (readonly number[])[];
  readonly attention_mask: readonly (readonly number[])[];
  readonly labels: readonly number[];
}

export interface TorchSteps {
  readonly torch: string;
  readonly transformers: string;
  /** 'cpu' or 'cuda' (float32 without TF32). */
  readonly device: string;
  /** Makes a model with random weights; steps are then of these batches. */
  open(config: Readonly<Record<string, unknown>>, batches: readonly TorchBatch[]): Promise<void>;
  /** One step of the batch with this index on so many threads. */
  step(batch: number, threads: number): Promise<{ readonly milliseconds: number; readonly loss: number }>;
  close(): void;
}

/** Null where no Python has torch and transformers. */
export function startTorch(): Promise<TorchSteps | null>;
