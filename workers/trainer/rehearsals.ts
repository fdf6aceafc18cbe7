/**
 * Runs that are tried before they are begun, on scratch copies: how long they take, and which batch fits. One at a time, and given up as soon
 * as the device is wanted for something else.
 */
import type { ComputeInfo } from '../../src/engine/backend/types.ts';
import { memoryRoom, tooMuchFor } from '../../src/engine/backend/memory-room.ts';
import { createClassifier } from '../../src/engine/models/create-classifier.ts';
import type { Classifier } from '../../src/engine/models/classifier.ts';
import type { ModelWeights } from '../../src/engine/models/weights.ts';
import { completeArguments } from '../../src/engine/train/arguments.ts';
import { findBatchSize } from '../../src/engine/train/batch-search.ts';
import { lighterSettings } from '../../src/engine/train/lighter-settings.ts';
import { estimateMemory } from '../../src/engine/train/memory-estimate.ts';
import { rehearse } from '../../src/engine/train/rehearsal.ts';
import { learningOf } from '../../src/engine/train/what-learns.ts';
import { Problem, problemWords } from '../../src/lib/problem.ts';
import type { BatchSearch, BatchTrial, RehearsalReport } from '../../src/protocol/rehearsal.ts';
import type { TokenizedDataset } from '../../src/protocol/tokenizer.ts';
import type { TrainSettings } from '../../src/protocol/trainer.ts';

/** What a rehearsal works with; asked for anew each time. */
export interface Stage {
  readonly weights: ModelWeights;
  readonly compute: ComputeInfo;
  tokenize(maxLength: number): Promise<TokenizedDataset>;
}

export interface Rehearsals {
  /** Null when it was given up. Throws a `Problem` where the run would fail. */
  measure(settings: TrainSettings): Promise<RehearsalReport | null>;
  findBatchSize(settings: TrainSettings, onTrial: (trial: BatchTrial) => void): Promise<BatchSearch | null>;
  /** Gives up what is on; resolves when nothing of it is left on the device. */
  end(): Promise<void>;
}

export function createRehearsals(setStage: () => Promise<Stage>): Rehearsals {
  let stop = new AbortController();
  let going: Promise<unknown> = Promise.resolve();
  let turn = 0;

  const end = async (): Promise<void> => {
    turn++;
    stop.abort();
    await going;
  };

  /** Ends the one before, then does this; null when it was given up. */
  const perform = async <Result>(work: (stage: Stage, signal: AbortSignal) => Promise<Result>): Promise<Result | null> => {
    const ended = end();
    const mine = turn;
    await ended;
    // Another was asked for meanwhile, or the device is wanted.
    if (mine !== turn) return null;
    const { signal } = (stop = new AbortController());
    const result = (async () => {
      try {
        const done = await work(await setStage(), signal);
        return signal.aborted ? null : done;
      } catch (error) {
        if (signal.aborted) return null;
        throw error;
      }
    })();
    going = result.catch(() => undefined);
    return result;
  };

  return {
    end,
    measure: (settings) =>
      perform(async (stage, signal) => {
        const from = performance.now();
        const data = await stage.tokenize(settings.max_length);
        const tokenizing = (performance.now() - from) / 1000;
        signal.throwIfAborted();
        const question = memoryQuestion(stage, data, settings);
        const memory = estimateMemory(question);
        const room = memoryRoom();
        const told = { memory, room, rows: data.train.offsets.length - 1, lighter: lighterSettings(question) };
        const refusal = tooMuchFor(room, memory.bytes);
        if (refusal) return { ...told, rates: null, problem: refusal };
        const model = scratchModel(stage, data, settings);
        try {
          const rates = await rehearse({ model, data, settings, signal });
          return { ...told, rates: { ...rates, before: rates.before + tokenizing }, problem: null };
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return { ...told, rates: null, problem: problemWords(error) };
        } finally {
          model.dispose();
        }
      }),
    findBatchSize: (settings, onTrial) =>
      perform(async (stage, signal) => {
        const data = await stage.tokenize(settings.max_length);
        signal.throwIfAborted();
        const room = memoryRoom();
        const bytesOf = (per_device_train_batch_size: number): number => {
          const tried = { ...settings, per_device_train_batch_size, gradient_accumulation_steps: 1 };
          return estimateMemory(memoryQuestion(stage, data, tried)).bytes;
        };
        return findBatchSize({
          createModel: () => scratchModel(stage, data, settings),
          rows: data.train,
          settings,
          refuse: (batchSize) => tooMuchFor(room, bytesOf(batchSize)),
          onTrial,
          signal,
        });
      }),
  };
}

function scratchModel({ weights }: Stage, data: TokenizedDataset, settings: TrainSettings): Classifier {
  const learning = learningOf(completeArguments(settings));
  return createClassifier(weights, { classCount: data.classes.length, keepClassifier: false, seed: settings.seed, learning });
}

function memoryQuestion({ weights, compute }: Stage, data: TokenizedDataset, settings: TrainSettings) {
  return {
    config: weights.config,
    classCount: data.classes.length,
    backend: compute.backend === 'webgpu' ? 'webgpu' : 'simd',
    args: completeArguments(settings),
    offsets: data.train.offsets,
  } as const;
}
