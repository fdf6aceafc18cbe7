/** How large a file may be to be read whole, and what is offered beyond. */
import { plural } from '../lib/counts.ts';
import { Problem } from '../lib/problem.ts';
import { SAMPLE_ROWS } from './row-store.ts';
import type { ReadingChoice } from './types.ts';

/** Unpacked bytes of text: its rows are held in memory, beside their tokens and a model. */
export const LARGEST_WHOLE = 256 * 2 ** 20;

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toLocaleString('en-US', { maximumFractionDigits: 1 })} MB`;
}

/** Throws a `Problem` that offers a sample, unless one is asked for already. */
export function checkWholeSize(name: string, bytes: number, { sampleRows }: ReadingChoice): void {
  if (bytes <= LARGEST_WHOLE || sampleRows !== undefined) return;
  throw new Problem({
    where: name,
    expected: `at most ${megabytes(LARGEST_WHOLE)}`,
    found: megabytes(bytes),
    fix: `Take a sample: ${plural(SAMPLE_ROWS, 'row')}, each class with its share, are plenty for fine-tuning.`,
    offer: { kind: 'sample', rows: SAMPLE_ROWS },
  });
}
