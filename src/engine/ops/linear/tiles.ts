/**
 * The tile shapes that a matrix product may be cut into, and which one is taken: by the form of the product and the number of its results,
 * from a table that was measured on this very GPU (tune-tiles.webgpu.ts) or, without one, by a rule of thumb. Plain values; nothing here
 * touches a device. Whatever the tile, each result is the same sum in the same order (matmul.wgsl.ts).
 */
import { tileThreads, type Tile } from './matmul.wgsl.ts';

/** From many results a workgroup (most arithmetic a byte) to few (most workgroups). No one of them is the best on all GPUs. */
export const TILES = {
  '128x128x16': { m: 128, n: 128, inner: 16, threadM: 8, threadN: 8 },
  '128x128x8': { m: 128, n: 128, inner: 8, threadM: 8, threadN: 8 },
  '128x64x16': { m: 128, n: 64, inner: 16, threadM: 8, threadN: 8 },
  '64x64x16': { m: 64, n: 64, inner: 16, threadM: 8, threadN: 8 },
  /** Four times the threads of the one before, each with a quarter of its registers. */
  '64x64x16 4x4': { m: 64, n: 64, inner: 16, threadM: 4, threadN: 4 },
  '64x32x16': { m: 64, n: 32, inner: 16, threadM: 8, threadN: 4 },
  '32x64x16': { m: 32, n: 64, inner: 16, threadM: 4, threadN: 8 },
  '32x32x16': { m: 32, n: 32, inner: 16, threadM: 4, threadN: 4 },
  /** Compiles fast: see GpuBackend.lean. */
  '32x32x8': { m: 32, n: 32, inner: 8, threadM: 4, threadN: 4 },
  /** For few rows, as the first tokens of a batch are. */
  '16x64x16': { m: 16, n: 64, inner: 16, threadM: 4, threadN: 4 },
  '16x32x32': { m: 16, n: 32, inner: 32, threadM: 4, threadN: 4 },
} as const satisfies Record<string, Tile>;

export type TileName = keyof typeof TILES;
export const TILE_NAMES = Object.keys(TILES) as readonly TileName[];

/** The three products of a linear layer: x·Wᵀ, dz·W and dzᵀ·x. */
export const MATMUL_FORMS = ['forward', 'inputGrad', 'weightGrad'] as const;
export type MatmulForm = (typeof MATMUL_FORMS)[number];

export interface TileChoice {
  readonly tile: TileName;
  /** The tokens of a weight's gradient are split until there are so many workgroups; 0: never. */
  readonly splitUntil: number;
}

/** A choice for each form and each of SIZE_CLASSES. */
export type TileTable = { readonly [Form in MatmulForm]: readonly TileChoice[] };

/** A product has the choice of that of these numbers of results M·N which is nearest, by ratio. */
export const SIZE_CLASSES: readonly number[] = [2 ** 14, 2 ** 17, 2 ** 20, 2 ** 23];

/** Its place in SIZE_CLASSES. */
export function sizeClassOf(M: number, N: number): number {
  const distances = SIZE_CLASSES.map((results) => Math.abs(Math.log2((M * N) / results)));
  return distances.indexOf(Math.min(...distances));
}

/** A tile is worth its size once it leaves this many workgroups, so that all cores of a GPU have work. */
const ENOUGH_WORKGROUPS = 256;
/** Splits of the weight's gradient have at least this many tokens each. */
const MIN_TOKENS_PER_SPLIT = 128;

/** Without a table. `lean` as in GpuBackend. */
export function untunedChoice(M: number, N: number, lean: boolean): TileChoice {
  return { tile: untunedTile(M, N, lean), splitUntil: ENOUGH_WORKGROUPS };
}

function untunedTile(M: number, N: number, lean: boolean): TileName {
  if (lean) return '32x32x8';
  if (workgroupsOf(M, N, TILES['128x128x16']) >= ENOUGH_WORKGROUPS) return '128x128x16';
  return workgroupsOf(M, N, TILES['64x64x16']) >= ENOUGH_WORKGROUPS / 8 ? '64x64x16' : '32x32x16';
}

export function workgroupsOf(M: number, N: number, tile: Tile): number {
  return Math.ceil(M / tile.m) * Math.ceil(N / tile.n);
}

/** Among how many workgroups the T tokens of a weight gradient [M,N] are split; depends on sizes only, so that bits do not change. */
export function splitsOf(M: number, N: number, T: number, { tile, splitUntil }: TileChoice): number {
  const wanted = Math.ceil(splitUntil / workgroupsOf(M, N, TILES[tile]));
  return Math.max(1, Math.min(wanted, Math.floor(T / MIN_TOKENS_PER_SPLIT)));
}

/** What of a device's limits a tile must keep. */
export type TileLimits = Pick<GPUSupportedLimits, 'maxComputeWorkgroupStorageSize' | 'maxComputeInvocationsPerWorkgroup'>;

export function fitsDevice(name: TileName, limits: TileLimits): boolean {
  const tile = TILES[name];
  const bytes = 4 * tile.inner * (tile.m + tile.n);
  return bytes <= limits.maxComputeWorkgroupStorageSize && tileThreads(tile) <= limits.maxComputeInvocationsPerWorkgroup;
}

/** "forward 16x64x16, 32x32x16, 64x64x16, 128x128x16; ...", from small products to large ones: what a run was computed with. */
export function describeTable(table: TileTable): string {
  return MATMUL_FORMS.map((form) => `${form} ${table[form].map(describeChoice).join(', ')}`).join('; ');
}

function describeChoice({ tile, splitUntil }: TileChoice): string {
  return splitUntil === 0 || splitUntil === ENOUGH_WORKGROUPS ? tile : `${tile} split ${splitUntil}`;
}

/** The table in what was kept of one, or null for anything else: other tiles, another number of sizes, a tile that this device lacks. */
export function readTable(value: unknown, limits: TileLimits): TileTable | null {
  const rows = MATMUL_FORMS.map((form) => readChoices(isRecord(value) ? value[form] : undefined, limits));
  const [forward, inputGrad, weightGrad] = rows;
  return forward && inputGrad && weightGrad ? { forward, inputGrad, weightGrad } : null;
}

function readChoices(value: unknown, limits: TileLimits): readonly TileChoice[] | null {
  if (!Array.isArray(value) || value.length !== SIZE_CLASSES.length) return null;
  const choices = value.map((each: unknown) => readChoice(each)).filter((each) => each !== null);
  return choices.length === value.length && choices.every(({ tile }) => fitsDevice(tile, limits)) ? choices : null;
}

function readChoice(value: unknown): TileChoice | null {
  if (!isRecord(value)) return null;
  const tile = TILE_NAMES.find((name) => name === value.tile);
  const { splitUntil } = value;
  const isCount = typeof splitUntil === 'number' && Number.isSafeInteger(splitUntil) && splitUntil >= 0;
  return tile && isCount ? { tile, splitUntil } : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
