/** What an `ADD` of so many elements does, for a profile. */
import type { Work } from '../kernel-times.ts';

export function addWork(size: number): Work {
  return { label: 'add', flops: size, bytes: 12 * size };
}
