/** A run's parts as its state and back: what the trainer's loop puts away when it is saved, and takes up again when it goes on. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Parameter } from '../models/classifier.ts';
import type { BestModel, KeptBest } from './best-model.ts';
import type { Optimizer } from './optimizer.ts';
import type { MeterStart } from './progress.ts';
import { replaceValues } from './replace-values.ts';
import type { StepCounts } from './run-plan.ts';
import { MEAN, MEAN_SQUARE, tensorsOf, WEIGHT, type RunFacts, type RunState, type StateTensor } from './run-state.ts';

/** Before the first step. */
export const NOTHING_DONE = {
  step: 0,
  microBatches: 0,
  rows: 0,
  tokens: 0,
  trainingSeconds: 0,
  seconds: 0,
  learningRate: 0,
  evaluation: null,
  evaluations: { count: 0, planned: 0, seconds: 0 },
  endedEarly: false,
  halvings: 0,
} as const satisfies Partial<RunFacts>;

export function meterStart(
  { step, rows, tokens, trainingSeconds, evaluations }: Omit<RunFacts, 'best' | 'stopping' | 'divergence'>,
  { perEpoch }: StepCounts,
): MeterStart {
  return { point: { step, epoch: step / perEpoch, rows, tokens, seconds: trainingSeconds }, spent: evaluations };
}

/** The state as it lies on the device: to be read before the next step. */
export function stateOfRun(
  parameters: readonly Parameter[],
  moments: Optimizer['moments'],
  best: BestModel,
  facts: RunFacts,
): RunState {
  const onDevice = (name: string, tensor: Tensor): StateTensor => ({
    name,
    shape: tensor.shape,
    // Some backends give the tensor's own memory.
    read: async () => Float32Array.from(await tensor.data<'float32'>()),
  });
  return {
    facts,
    tensors: parameters.flatMap(({ name, tensor }, i) => [
      onDevice(WEIGHT + name, tensor),
      onDevice(MEAN + name, moments[i]!.m),
      onDevice(MEAN_SQUARE + name, moments[i]!.v),
    ]),
    best: best.weights.map((values, i) => {
      const { name, tensor } = parameters[i]!;
      return { name: WEIGHT + name, shape: tensor.shape, read: () => Promise.resolve(values.slice()) };
    }),
  };
}

export async function restoreMoments(
  parameters: readonly Parameter[],
  moments: Optimizer['moments'],
  { tensors }: RunState,
): Promise<void> {
  const [means, squares] = [tensorsOf(MEAN, parameters, tensors), tensorsOf(MEAN_SQUARE, parameters, tensors)];
  for (const [i, { m, v }] of moments.entries()) {
    replaceValues(m, await means[i]!.read());
    replaceValues(v, await squares[i]!.read());
  }
}

export async function keptBest(parameters: readonly Parameter[], { facts, best }: RunState): Promise<KeptBest> {
  if (!facts.best) return { evaluation: null, weights: [] };
  const weights: Float32Array[] = [];
  for (const stored of tensorsOf(WEIGHT, parameters, best)) weights.push(await stored.read());
  return { evaluation: facts.best, weights };
}
