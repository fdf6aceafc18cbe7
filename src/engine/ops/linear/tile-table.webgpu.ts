/** Which table of tiles a backend's products are cut by: none at first, one that was measured on its GPU once there is one. */
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import { sizeClassOf, untunedChoice, type MatmulForm, type TileChoice, type TileTable } from './tiles.ts';

const tables = new WeakMap<GpuBackend, TileTable>();

/**
 * From now on; null: the rule of thumb again. What was recorded before keeps its tiles (they are part of its pipelines), so a run must not
 * begin under one table and go on under another.
 */
export function useTileTable(backend: GpuBackend, table: TileTable | null): void {
  if (table) tables.set(backend, table);
  else tables.delete(backend);
}

export function tileTableOf(backend: GpuBackend): TileTable | null {
  return tables.get(backend) ?? null;
}

/** For a product with M × N results. */
export function tileChoice(backend: GpuBackend, form: MatmulForm, M: number, N: number): TileChoice {
  return tileTableOf(backend)?.[form][sizeClassOf(M, N)] ?? untunedChoice(M, N, backend.lean);
}
