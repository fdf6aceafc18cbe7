/**
 * A dispatch in parts: where a tensor is larger than the GPU lets a kernel see (128 MiB are guaranteed), a kernel that says how it may be
 * cut (`Cut`) is dispatched several times, each time with a run of rows of those tensors bound. Plain numbers; nothing here touches a device.
 */
import { Problem } from '../../../lib/problem.ts';
import { mebibytes } from './buffer-pool.ts';
import type { Resource } from './recording.ts';
import type { Shader } from './shader.ts';

/** Bytes on which a binding begins: WebGPU's default of minStorageBufferOffsetAlignment. */
const ALIGNMENT = 256;

export interface Part {
  /** In the order of the shader's bindings. */
  readonly resources: readonly Resource[];
  readonly firstRow: number;
  /** Rows of this part; null where all is one part. */
  readonly rows: number | null;
}

/** Throws a Problem where a tensor is too large and the shader may not be cut so that it fits. */
export function partsOf(shader: Shader, resources: readonly Resource[], limit: number): readonly Part[] {
  const tooLarge = shader.bindings.findIndex(({ access }, i) => access !== 'uniform' && resources[i]!.bytes > limit);
  if (tooLarge < 0) return [{ resources, firstRow: 0, rows: null }];
  const refuse = (): never => {
    throw unseen(limit, resources[tooLarge]!.bytes, shader.label, shader.bindings[tooLarge]!.name);
  };
  const { cut } = shader;
  if (!cut) return refuse();
  const widthOf = new Map(Object.entries(cut.rows));
  const widths = shader.bindings.map(({ name }) => widthOf.get(name) ?? 0);
  if (shader.bindings.some(({ access }, i) => access !== 'uniform' && !widths[i] && resources[i]!.bytes > limit)) return refuse();
  const ruling = widths.findIndex((width) => width > 0);
  const rowCount = resources[ruling]!.bytes / (4 * widths[ruling]!);
  // So many rows begin on an alignment and with a workgroup, whatever a row's width.
  const granule = leastCommonMultiple(ALIGNMENT / 4, cut.rowsPerWorkgroup ?? 1);
  const most = Math.floor(limit / (4 * Math.max(...widths)) / granule) * granule;
  if (most === 0) return refuse();
  return Array.from({ length: Math.ceil(rowCount / most) }, (_, part) => {
    const firstRow = part * most;
    const rows = Math.min(most, rowCount - firstRow);
    const cutTo = (resource: Resource, width: number): Resource =>
      width === 0 ? resource : { ...resource, offset: resource.offset + 4 * width * firstRow, bytes: 4 * width * rows };
    return { resources: resources.map((resource, i) => cutTo(resource, widths[i]!)), firstRow, rows };
  });
}

function leastCommonMultiple(a: number, b: number): number {
  const divisor = (x: number, y: number): number => (y === 0 ? x : divisor(y, x % y));
  return (a / divisor(a, b)) * b;
}

function unseen(limit: number, bytes: number, label: string, name: string): Problem {
  return new Problem({
    where: `GPU memory (${label}, ${name})`,
    expected: `tensors of at most ${mebibytes(limit)}, the most that this GPU lets a kernel see`,
    found: `one of ${mebibytes(bytes)}`,
    fix: 'Choose a smaller batch size (with more gradient_accumulation_steps the run is the same), "max length" or model, or "CPU" under "Compute".',
  });
}
