/** Sums over a profile. */
import type { Profile } from '../../protocol/trainer.ts';

/** Milliseconds of all kernels of a step; null where the GPU has no timestamps. */
export function kernelSum({ kernels }: Pick<Profile, 'kernels'>): number | null {
  return kernels.reduce<number | null>(
    (sum, { milliseconds }) => (sum === null || milliseconds === null ? null : sum + milliseconds),
    0,
  );
}
