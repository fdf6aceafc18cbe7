/** PyTorch's step, where a Python with torch and transformers is at hand (the repository's .venv, or TABTUNE_PYTHON). */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { LabelledRows } from '../../src/engine/train/arguments.ts';
import { lengthsOf } from './rows.ts';

export interface TorchTime {
  readonly milliseconds: number;
  /** 'cpu' or 'cuda'. */
  readonly device: string;
  readonly torch: string;
}

/** Null without such a Python. Batches are padded to their longest row, as Trainer's are. */
export function timeTorch(
  config: Readonly<Record<string, unknown>>,
  rows: LabelledRows,
  batches: readonly Uint32Array[],
  repeats: number,
): TorchTime | null {
  const python = process.env.TABTUNE_PYTHON ?? ['.venv/bin/python', '.venv/Scripts/python.exe'].find((path) => existsSync(path));
  if (!python) return null;
  const padded = batches.map((indices) => {
    const longest = Math.max(...lengthsOf(rows, indices));
    const line = (row: number): number[] => [...rows.ids.subarray(rows.offsets[row], rows.offsets[row + 1])];
    const fill = (values: number[]): number[] => [...values, ...new Array<number>(longest - values.length).fill(0)];
    return {
      input_ids: Array.from(indices, (row) => fill(line(row))),
      attention_mask: Array.from(indices, (row) => fill(line(row).map(() => 1))),
      labels: Array.from(indices, (row) => rows.targets.labels[row]!),
    };
  });
  try {
    const input = JSON.stringify({ config, batches: padded, repeats, threads: 1 });
    const answer = execFileSync(python, ['bench/gpu/torch_step.py'], {
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const lines = answer.trim().split('\n');
    return JSON.parse(lines[lines.length - 1] ?? '') as TorchTime;
  } catch {
    return null;
  }
}
