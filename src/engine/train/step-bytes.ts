/** The steps of a run as bytes: one column of f64 (little-endian) after another, in the order of STEP_COLUMNS. 64 bytes a step. */
import type { StepPoint } from './arguments.ts';
import { STEP_COLUMNS } from './step-series.ts';

/** `at` gives the points 0 .. length-1. */
export function stepsToBytes(length: number, at: (index: number) => StepPoint): Uint8Array<ArrayBuffer> {
  const values = new DataView(new ArrayBuffer(8 * STEP_COLUMNS.length * length));
  for (let i = 0; i < length; i++) {
    const point = at(i);
    for (const [column, name] of STEP_COLUMNS.entries()) values.setFloat64(8 * (column * length + i), point[name], true);
  }
  return new Uint8Array(values.buffer);
}

export function bytesToSteps(bytes: Uint8Array): readonly StepPoint[] {
  const values = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Math.floor(bytes.byteLength / 8 / STEP_COLUMNS.length);
  return Array.from({ length }, (_, i) => {
    const entries = STEP_COLUMNS.map((name, column): [string, number] => [
      name,
      values.getFloat64(8 * (column * length + i), true),
    ]);
    return Object.fromEntries(entries) as Record<keyof StepPoint, number>;
  });
}
