/** What the trainer worker answers, and the events of a run. Settings carry `TrainingArguments`' names. */
import type { ComputeChoice, ComputeInfo, TilesInfo } from '../engine/backend/types.ts';
import type { ProblemText } from '../lib/problem.ts';
import type { Peaks } from '../engine/backend/kernel-times.ts';
import type { StepProfile } from '../engine/train/profile-step.ts';
import type { Evaluation, StepPoint, TrainingArguments } from '../engine/train/arguments.ts';
import type { EvaluatedRows } from '../engine/train/evaluated-rows.ts';
import type { ProblemType } from '../lib/targets.ts';
import type { RunAbout } from '../storage/saved-runs.ts';
import type { BatchSearch, BatchTrial, RehearsalReport } from './rehearsal.ts';
import type { ProgressCallback } from './tokenizer.ts';

/** Where a model comes from. */
export type ModelSource =
  | { readonly kind: 'starter' }
  /** A zip that Tabtune or anybody wrote, or the files of a Hugging Face folder. */
  | { readonly kind: 'files'; readonly files: readonly File[] }
  /** The model that a run ended with. */
  | { readonly kind: 'trained'; readonly id: string; readonly name: string }
  /** A model of the Hugging Face hub that the library worker has put on this machine under `key`. */
  | { readonly kind: 'hub'; readonly key: string; readonly id: string }
  /** The copy of a person's own files that a run has kept. */
  | { readonly kind: 'run'; readonly id: string; readonly name: string };

export interface ModelInfo {
  readonly name: string;
  readonly modelType: string;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly parameters: number;
  /** Bytes of the weights as they came. */
  readonly bytes: number;
  readonly maxLength: number;
  /** The classes of its head, null when it has none (one is then initialised at training). */
  readonly classes: readonly string[] | null;
  /** Whether its head gives a text one class or any number of them. */
  readonly problemType: ProblemType;
  /** Whether it was trained here on pairs of texts. */
  readonly pairs: boolean;
  /** Things to know: a head that will be new, tensors that were not used. */
  readonly remarks: readonly string[];
}

/** `TrainingArguments` by their own names. */
export type TrainSettings = TrainingArguments;

export type Phase = 'download' | 'compile' | 'tokenize' | 'train' | 'evaluate' | 'save';

export type { EvaluatedRows, Evaluation, StepPoint };

/** Events of a run, in order; at most about ten messages a second. */
export type TrainEvent =
  | {
      readonly type: 'started';
      readonly totalSteps: number;
      /** Where the loss of an untrained head begins. */
      readonly guessingLoss: number;
      readonly classes: readonly string[];
      readonly truncatedRows: number;
      /** Whether the rows are pairs of texts. */
      readonly pairs: boolean;
      readonly remarks: readonly string[];
      /** What came before, where a run goes on; what was told of it already counts no more. */
      readonly resumed: ResumedRun | null;
      /** How matrix products are cut on WebGPU; null elsewhere. */
      readonly tiles: TilesInfo | null;
    }
  | {
      readonly type: 'progress';
      readonly phase: Phase;
      /** 0 .. 1 within the phase; within the whole run once training began. */
      readonly fraction: number;
      readonly step: number;
      readonly epoch: number;
      readonly rowsPerSecond: number | null;
      readonly tokensPerSecond: number | null;
      /** Estimate for the rest of the run, null until it can be told. */
      readonly secondsLeft: number | null;
    }
  | { readonly type: 'steps'; readonly points: readonly StepPoint[] }
  | {
      readonly type: 'evaluation';
      readonly evaluation: Evaluation;
      /** What each validation row was taken for. */
      readonly rows: EvaluatedRows;
    }
  /** The run waits between two steps, or goes on. */
  | { readonly type: 'paused'; readonly paused: boolean }
  /** The pinned texts again, by the weights of an evaluation. */
  | { readonly type: 'pinned'; readonly scores: PinnedScores }
  /** A checkpoint was made: on the disk, or, with the reason, in memory alone. */
  | {
      readonly type: 'saved';
      readonly step: number;
      readonly place: 'disk' | 'memory';
      readonly seconds: number;
      readonly bytes: number;
      readonly problem: ProblemText | null;
    }
  /** The hardware failed; the run goes on by itself from `step`, on fresh hardware, with micro-batches cut in two so often. */
  | { readonly type: 'recovered'; readonly problem: ProblemText; readonly step: number; readonly halvings: number };

export interface ResumedRun {
  readonly step: number;
  readonly points: readonly StepPoint[];
  readonly evaluations: readonly Evaluation[];
}

/** Where a run that begins is kept. */
export interface RunPlace {
  readonly place: 'disk' | 'memory';
  /** Why in memory alone. */
  readonly problem: ProblemText | null;
}

export interface TrainResult {
  /** `failed`: the loss was lost, the weights of the best evaluation were put back. `discarded`: nothing of the run is left. */
  readonly outcome: 'finished' | 'stopped' | 'failed' | 'discarded';
  readonly steps: number;
  /** Without pauses. */
  readonly seconds: number;
  readonly evaluation: Evaluation | null;
  /** The step that the weights are from. */
  readonly weightsStep: number;
  /** Why the run failed and what to change. */
  readonly problem: ProblemText | null;
  /** Of the weights that the run ended with, on the test rows; none where the split has no such rows. */
  readonly test?: Evaluation | null;
  /** Of the model that is kept with the run; none where there is no disk of its own for the page, or no room on it. */
  readonly keptBytes?: number | null;
  /** Why it is not kept. */
  readonly keepProblem?: ProblemText | null;
}

/** What the model says to the pinned texts. */
export interface PinnedScores {
  /** The optimizer step that the weights are from; null for a model that was not trained here. */
  readonly step: number | null;
  readonly classes: readonly string[];
  readonly texts: readonly { readonly text: string; readonly probabilities: readonly number[] }[];
}

export interface Prediction {
  /** One class a text: the probabilities add up to 1. Several: each class has its own. */
  readonly problemType: ProblemType;
  /** Best first. `predicted`: the best one; where a text may have several, each from a probability of 0.5 on. */
  readonly classes: readonly {
    readonly label: string;
    readonly probability: number;
    readonly index: number;
    readonly predicted: boolean;
  }[];
  /** The optimizer step that the weights are from; null for an imported model that was not trained here. */
  readonly step: number | null;
  readonly milliseconds: number;
}

/** `merged`: the whole model as a Hugging Face folder, LoRA merged into it; `adapter`: what LoRA learnt alone, as peft saves it. */
export type ExportForm = 'merged' | 'adapter';

export interface ExportedModel {
  readonly fileName: string;
  readonly zip: Blob;
}

/** Where the rows of a profiled step come from: the open dataset, or made up, all of the same length. */
export type ProfileRows = 'dataset' | 'synthetic';

/** Where the time of a training step goes, on the hardware in use. */
export interface Profile extends StepProfile {
  /** `ComputeInfo.title` */
  readonly compute: string;
  readonly from: ProfileRows;
  readonly peaks: Peaks;
}

export interface TrainerWorker {
  /** Hands over the port behind which the tokenizer worker serves a `TokenSource`, and the Web Lock to hold as long as it lives. */
  connect(port: MessagePort, alive: string): Promise<void>;
  /** Chooses and starts a backend. Refused with a `Problem` while a run is on. */
  useCompute(choice: ComputeChoice): Promise<ComputeInfo>;
  /** What is in use at the moment; null when nothing was started. */
  compute(): Promise<ComputeInfo | null>;
  /**
   * Measures which tiles suit the GPU, and uses them from then on: `onProgress` hears how much is done. On another backend nothing happens.
   * Refused with a `Problem` while a run is on, and ended by one that begins.
   */
  tune(onProgress: ProgressCallback): Promise<ComputeInfo>;
  /** Throws `Problem` when a model with this config.json cannot be trained here. */
  checkConfig(config: unknown): Promise<void>;
  /** Throws `Problem` for a broken folder; the model opened before then stays. */
  openModel(source: ModelSource, onProgress: ProgressCallback): Promise<ModelInfo>;
  /**
   * Makes room for a run on the disk, of which this worker is the only writer until another run begins. Throws `Problem` where another
   * tab writes it.
   */
  beginRun(about: RunAbout): Promise<RunPlace>;
  /**
   * Trains a fresh copy of the open model on the tokenizer worker's open dataset. Resolves when finished or stopped. A run that was begun
   * under this id is saved as it goes, and goes on from its last checkpoint where it has one; its settings, model and data must be the same.
   * Lost hardware and full memory are made good from there, twice at most.
   */
  train(settings: TrainSettings, onEvent: (event: TrainEvent) => void, runId?: string): Promise<TrainResult>;
  /** Removes a run that is not on, with its checkpoints. Throws `Problem` where another tab writes it. */
  removeRun(id: string): Promise<void>;
  /**
   * Times a few steps of the run that `train` would begin, on a scratch copy: nothing of what is open, trained or predicted changes. Null
   * when it was given up, for a run, another model, another hardware or another rehearsal.
   */
  rehearse(settings: TrainSettings): Promise<RehearsalReport | null>;
  /** The largest batch that fits and pays, by trying; null when it was given up. */
  findBatchSize(settings: TrainSettings, onTrial: (trial: BatchTrial) => void): Promise<BatchSearch | null>;
  /** Gives up a rehearsal or a search. */
  endRehearsal(): Promise<void>;
  /** Ends the run after the step it is in. What was learnt so far stays usable, or is thrown away. */
  stop(keep: boolean): void;
  /** The run waits behind the step it is in until it is resumed; the model can be asked meanwhile. */
  pause(): void;
  resume(): void;
  /** One evaluation more, behind the step that the run is in; in a pause at once. */
  evaluateNow(): void;
  /**
   * Some training steps with these settings on a copy of the open model, kernel by kernel, and what the hardware can do at most. Refused
   * with a `Problem` while a run is on.
   */
  profile(settings: TrainSettings, from: ProfileRows, onProgress: ProgressCallback): Promise<Profile>;
  /**
   * The texts to score again at each evaluation, in place of those before. Resolves to what the model says now, null when it has no
   * trained head yet.
   */
  pin(texts: readonly string[], maxLength: number): Promise<PinnedScores | null>;
  /** `secondText` for a model of pairs, else null. Prediction of the model as trained so far, between two steps of a run; null when it has no trained head yet. */
  predict(text: string, maxLength: number, secondText?: string | null): Promise<Prediction | null>;
  /**
   * The model as trained so far as a zip that `transformers` or, an adapter, `peft` loads; by default merged. Throws `Problem` when nothing
   * was trained or imported, and for the adapter of a model that was not trained with LoRA.
   */
  exportModel(form?: ExportForm): Promise<ExportedModel>;
}
