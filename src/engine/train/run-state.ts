/**
 * Everything that a run needs to go on bit for bit on the same backend: what learns, Adam's moments, where the run stands, the best weights
 * so far, and what early stopping, the watch over the loss and the meters remember. The order of the rows and the draws of dropout follow
 * from the seed and the counts, the learning rate from the step. Plain values; how they are kept is not known here.
 */
import { Problem } from '../../lib/problem.ts';
import type { Parameter } from '../models/classifier.ts';
import type { Evaluation } from './arguments.ts';
import type { StoppingState } from './best-model.ts';
import type { DivergenceState } from './divergence.ts';
import type { SpentEvaluations } from './progress.ts';
import { replaceValues } from './replace-values.ts';

/** Of all that was trained so far. */
export interface RunCounts {
  /** Optimizer steps done. */
  readonly step: number;
  /** Micro-batches done: each draws its own dropout. */
  readonly microBatches: number;
  readonly rows: number;
  readonly tokens: number;
  /** Of the steps alone. */
  readonly trainingSeconds: number;
  /** Of the whole run, without pauses. */
  readonly seconds: number;
}

/** Finite numbers, texts and nulls: JSON keeps it exactly. */
export interface RunFacts extends RunCounts {
  /** Of the last step. */
  readonly learningRate: number;
  readonly evaluation: Evaluation | null;
  /** The evaluation of the best weights. */
  readonly best: Evaluation | null;
  readonly stopping: StoppingState;
  readonly divergence: DivergenceState;
  readonly evaluations: SpentEvaluations;
  /** Early stopping has ended the run. */
  readonly endedEarly: boolean;
  /** How often the micro-batches were halved for want of memory. */
  readonly halvings: number;
}

export interface StateTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** f32, for the caller to keep. */
  read(): Promise<Float32Array>;
}

export interface RunState {
  readonly facts: RunFacts;
  /** Each parameter `NAME` that learns as "model.NAME", with its moments "exp_avg.NAME" and "exp_avg_sq.NAME", as torch's Adam calls them. */
  readonly tensors: readonly StateTensor[];
  /** The parameters at `facts.best`, "model.NAME"; none without one. */
  readonly best: readonly StateTensor[];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const COUNTS = ['step', 'microBatches', 'rows', 'tokens', 'trainingSeconds', 'seconds', 'learningRate', 'halvings'] as const;
const PARTS = ['stopping', 'divergence', 'evaluations'] as const;

function isFacts(value: unknown): value is RunFacts {
  if (!isRecord(value)) return false;
  if (!COUNTS.every((name) => typeof value[name] === 'number') || !PARTS.every((name) => isRecord(value[name]))) return false;
  return (
    typeof value['endedEarly'] === 'boolean' &&
    ['best', 'evaluation'].every((name) => value[name] === null || isRecord(value[name]))
  );
}

/** Facts that were kept as JSON; null where they are not what this trainer understands. */
export function readFacts(value: unknown): RunFacts | null {
  return isFacts(value) ? value : null;
}

export const WEIGHT = 'model.';
export const MEAN = 'exp_avg.';
export const MEAN_SQUARE = 'exp_avg_sq.';

/** A copy in memory, which stays as it is while the run goes on. */
export async function holdState({ facts, tensors, best }: RunState): Promise<RunState> {
  const hold = async (each: StateTensor): Promise<StateTensor> => {
    const values = await each.read();
    return { name: each.name, shape: each.shape, read: () => Promise.resolve(values) };
  };
  const held = { facts, tensors: [] as StateTensor[], best: [] as StateTensor[] };
  for (const each of tensors) held.tensors.push(await hold(each));
  for (const each of best) held.best.push(await hold(each));
  return held;
}

/** The tensors of these parameters, in their order. Throws a `Problem` where one is missing or has another shape. */
export function tensorsOf(
  prefix: string,
  parameters: readonly Parameter[],
  tensors: readonly StateTensor[],
): readonly StateTensor[] {
  const byName = new Map(tensors.map((each) => [each.name, each]));
  return parameters.map(({ name, tensor: { shape } }) => {
    const found = byName.get(prefix + name);
    if (found && `${found.shape}` === `${shape}`) return found;
    throw new Problem({
      where: 'Checkpoint',
      expected: `${prefix + name} of the shape [${shape.join(', ')}]`,
      found: found ? `one of the shape [${found.shape.join(', ')}]` : 'no such tensor',
      fix: 'It is of another model. Open the model that the run began with, or train anew.',
    });
  });
}

/** Puts what was kept of the parameters back into them. */
export async function restoreParameters(parameters: readonly Parameter[], { tensors }: RunState): Promise<void> {
  for (const [i, stored] of tensorsOf(WEIGHT, parameters, tensors).entries()) {
    replaceValues(parameters[i]!.tensor, await stored.read());
  }
}
