/**
 * Finds the table of tiles for the GPU that is there: for each form and size of product a contest among the tiles that fit the device, each
 * timed as a recorded step. A tile wins only if it computes what the usual one computes, at sizes that fill no tile, so that a driver's
 * fault cannot win. Each go takes some 10 ms of the GPU, and between two of them anything else may run.
 */
import { keep, tensor, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { createRandom } from '../../../lib/random.ts';
import { release } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import { timeTape } from '../../backend/webgpu/profile.ts';
import { RecordedPrograms } from '../../backend/webgpu/recorded-programs.ts';
import { sizeOf } from '../define-op.ts';
import { fastestWay, type Outcome } from './contest.ts';
import { inputGrad, product, weightGrad } from './linear.webgpu.ts';
import {
  fitsDevice,
  MATMUL_FORMS,
  SIZE_CLASSES,
  splitsOf,
  TILE_NAMES,
  TILES,
  untunedChoice,
  workgroupsOf,
  type MatmulForm,
  type TileChoice,
  type TileName,
  type TileTable,
} from './tiles.ts';

/** A product [M,N] over an inner axis. */
export interface ProductSize {
  readonly M: number;
  readonly N: number;
  readonly inner: number;
}

export interface TuneOptions {
  readonly signal?: AbortSignal | undefined;
  /** Contests done, of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** By default all that fit the device. */
  readonly tiles?: readonly TileName[];
  /** What stands for each of SIZE_CLASSES. */
  readonly sizes?: readonly ProductSize[];
  /** What a winner is checked with. */
  readonly checks?: readonly ProductSize[];
  /** Milliseconds of a go. */
  readonly goal?: number;
  readonly now?: () => number;
  /** Runs a product; a test gives one that computes wrongly. */
  readonly run?: typeof runProduct;
}

export interface TunedTiles {
  readonly table: TileTable;
  /** Of each contest. */
  readonly outcomes: readonly (Outcome<TileChoice> & { readonly form: MatmulForm; readonly size: ProductSize })[];
}

const SIZES: readonly ProductSize[] = [
  { M: 64, N: 256, inner: 512 },
  { M: 256, N: 512, inner: 512 },
  { M: 1024, N: 1024, inner: 512 },
  { M: 4096, N: 2048, inner: 512 },
];
/** With rows of a multiple of four numbers and without, which are two shaders; more tokens than one split has. */
const CHECKS: readonly ProductSize[] = [
  { M: 132, N: 136, inner: 300 },
  { M: 133, N: 135, inner: 299 },
];
const GOAL_MS = 10;
const MOST_REPEATS = 64;
/** For a weight's gradient. */
const SPLITS_UNTIL = [256, 0, 1024];
/** Fewer leave a GPU idle. */
const LEAST_WORKGROUPS = 4;
/** Of the largest result: two orders of adding f32 differ by less, a wrong tile by far more. */
const TOLERANCE = 1e-4;

/** Throws the signal's reason when it is aborted, and a `Problem` when the device is lost. Nothing is left in memory. */
export async function tuneTiles(backend: GpuBackend, options: TuneOptions = {}): Promise<TunedTiles> {
  const { signal, onProgress, tiles = TILE_NAMES, sizes = SIZES } = options;
  const fitting = tiles.filter((name) => fitsDevice(name, backend.device.limits));
  const outcomes: TunedTiles['outcomes'][number][] = [];
  const total = MATMUL_FORMS.length * sizes.length;
  for (const form of MATMUL_FORMS) {
    for (const size of sizes) {
      onProgress?.(outcomes.length, total);
      outcomes.push({
        form,
        size,
        ...(await tuneProduct(backend, form, size, waysFor(form, size, fitting, backend.lean), options)),
      });
    }
  }
  onProgress?.(total, total);
  signal?.throwIfAborted();
  const choices = (form: MatmulForm): readonly TileChoice[] =>
    outcomes.filter((each) => each.form === form).map(({ winner }) => winner);
  const table = { forward: choices('forward'), inputGrad: choices('inputGrad'), weightGrad: choices('weightGrad') };
  if (sizes.length !== SIZE_CLASSES.length) throw new Error(`${sizes.length} sizes for ${SIZE_CLASSES.length} classes`);
  return { table, outcomes };
}

/** The usual way first. */
function waysFor(
  form: MatmulForm,
  { M, N, inner }: ProductSize,
  tiles: readonly TileName[],
  lean: boolean,
): readonly TileChoice[] {
  const usual = untunedChoice(M, N, lean);
  const ways = [usual];
  const known = new Set([keyOf(usual)]);
  for (const tile of tiles) {
    if (workgroupsOf(M, N, TILES[tile]) < LEAST_WORKGROUPS) continue;
    for (const splitUntil of form === 'weightGrad' ? SPLITS_UNTIL : [usual.splitUntil]) {
      const way = { tile, splitUntil };
      if (!known.has(keyOf(way))) ways.push(way);
      known.add(keyOf(way));
    }
  }
  return ways;

  function keyOf(way: TileChoice): string {
    return `${way.tile} ${splitsOf(M, N, inner, way)}`;
  }
}

async function tuneProduct(
  backend: GpuBackend,
  form: MatmulForm,
  size: ProductSize,
  ways: readonly TileChoice[],
  { signal, checks = CHECKS, goal = GOAL_MS, now, run = runProduct }: TuneOptions,
): Promise<Outcome<TileChoice>> {
  const operands = makeOperands(form, size);
  const programs = new RecordedPrograms(backend);
  const defined = new Map<string, ReturnType<typeof define>>();
  const define = (way: TileChoice, repeats: number) =>
    programs.define<never>(() => {
      for (let i = 0; i < repeats; i++) release(backend, ...run(backend, form, operands, way));
      return [];
    });
  const time = async (way: TileChoice, repeats: number): Promise<number> => {
    const key = `${repeats} ${JSON.stringify(way)}`;
    const program = defined.get(key) ?? define(way, repeats);
    defined.set(key, program);
    await program.prepare({});
    const tape = programs.tapes.at(-1);
    if (!tape) throw new Error('nothing was recorded');
    return (await timeTape(backend, tape, now)) / repeats;
  };
  try {
    const [usual] = ways;
    await time(usual!, 1);
    signal?.throwIfAborted();
    const repeats = Math.max(1, Math.min(MOST_REPEATS, Math.ceil(goal / (await time(usual!, 1)))));
    const isRight = async (way: TileChoice): Promise<boolean> => {
      for (const check of checks) if (!(await agrees(backend, form, check, [usual!, way], run))) return false;
      return true;
    };
    return await fastestWay({ ways, time: (way) => time(way, repeats), isRight }, signal);
  } finally {
    for (const program of defined.values()) program.dispose();
    for (const each of operands) each.dispose();
  }
}

type Operands = readonly [Tensor, Tensor, Tensor];

/** The two factors as the form has them in memory, and a bias [N]. */
function makeOperands(form: MatmulForm, { M, N, inner }: ProductSize): Operands {
  const random = createRandom(M + N + inner);
  const make = (...shape: number[]): Tensor => {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * random.uniform() - 1);
    return keep(tensor(values, shape));
  };
  const transposed = form === 'weightGrad';
  return [transposed ? make(inner, M) : make(M, inner), form === 'forward' ? make(N, inner) : make(inner, N), make(N)];
}

/** All results of the product, which the caller releases. */
export function runProduct(
  backend: GpuBackend,
  form: MatmulForm,
  [a, b, bias]: Operands,
  choice: TileChoice,
): readonly TensorInfo[] {
  if (form === 'forward') return product(backend, { x: a, weight: b, bias }, 'gelu', choice);
  if (form === 'weightGrad') return weightGrad(backend, a, b, choice);
  const [T, N, K] = [sizeOf(a, 0), sizeOf(a, 1), sizeOf(b, 1)];
  return [inputGrad(backend, a, b, { T, K, N }, choice)];
}

async function agrees(
  backend: GpuBackend,
  form: MatmulForm,
  size: ProductSize,
  ways: readonly [TileChoice, TileChoice],
  run: typeof runProduct,
): Promise<boolean> {
  const operands = makeOperands(form, size);
  const results = ways.map((way) => run(backend, form, operands, way));
  try {
    const [expected, found] = await Promise.all(
      results.map((tensors) => Promise.all(tensors.map(async ({ dataId }) => (await backend.read(dataId)) as Float32Array))),
    );
    return expected!.every((values, i) => isClose(found![i]!, values));
  } finally {
    release(backend, ...results.flat());
    for (const each of operands) each.dispose();
  }
}

/** NaN is never close. */
function isClose(found: Float32Array, expected: Float32Array): boolean {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return found.length === expected.length && found.every((value, i) => Math.abs(value - expected[i]!) <= TOLERANCE * largest);
}
