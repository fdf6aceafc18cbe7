/**
 * Tuning as the rest of the program sees it: what was measured on this GPU is kept from visit to visit, by what the adapter says of itself,
 * and used as soon as the device is there. Where it is kept is the caller's business. For the backend that is current; nothing happens on
 * another one than ours.
 */
import { engine } from '@tensorflow/tfjs-core';
import { tileTableOf, useTileTable } from '../../ops/linear/tile-table.webgpu.ts';
import { describeTable, readTable } from '../../ops/linear/tiles.ts';
import { tuneTiles, type TuneOptions } from '../../ops/linear/tune-tiles.webgpu.ts';
import type { TilesInfo, TuningStore } from '../types.ts';
import { GpuBackend } from './gpu-backend.ts';

/** Goes up with the tiles, their shaders, or the way of measuring: what was kept before is then measured again. */
export const TUNING_VERSION = 1;

function currentGpu(): GpuBackend | null {
  const { backend } = engine();
  return backend instanceof GpuBackend ? backend : null;
}

/** The adapters that a browser cannot tell apart share what was measured. */
function keyOf({ info: { vendor, architecture, device, description } }: GpuBackend): string {
  return [vendor, architecture, device, description].filter(Boolean).join(' ') || 'unnamed adapter';
}

/** How products are cut at present; null on another backend. */
export function tilesInfo(): TilesInfo | null {
  const backend = currentGpu();
  if (!backend) return null;
  const table = tileTableOf(backend);
  const tunable = !backend.info.isFallbackAdapter;
  return table ? { kind: 'tuned', text: describeTable(table), tunable } : { kind: 'usual', text: 'chosen by size', tunable };
}

/** Uses what was kept for this GPU, if anything was, for this version. */
export async function restoreTiles(store: TuningStore): Promise<TilesInfo | null> {
  const backend = currentGpu();
  if (!backend) return null;
  // A store that cannot be read has nothing.
  const kept = await store.read(keyOf(backend)).catch(() => null);
  const isOurs =
    typeof kept === 'object' && kept !== null && 'version' in kept && kept.version === TUNING_VERSION && 'table' in kept;
  const table = isOurs ? readTable(kept.table, backend.device.limits) : null;
  if (table && currentGpu() === backend) useTileTable(backend, table);
  return tilesInfo();
}

/**
 * Measures, uses and keeps. On a software adapter only with `force`. Throws the signal's reason when it is aborted, a `Problem` when the
 * device is lost; what was used before stays in use then.
 */
export async function tuneBackend(
  store: TuningStore,
  { force = false, ...options }: TuneOptions & { readonly force?: boolean } = {},
): Promise<TilesInfo | null> {
  const backend = currentGpu();
  if (!backend || (backend.info.isFallbackAdapter && !force)) return tilesInfo();
  const { table } = await tuneTiles(backend, options);
  useTileTable(backend, table);
  // It is in use for this visit, whether or not it can be kept.
  await store.write(keyOf(backend), { version: TUNING_VERSION, table }).catch(() => undefined);
  return tilesInfo();
}
