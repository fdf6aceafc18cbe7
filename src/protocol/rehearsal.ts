/** What is said of a run before it is begun: how long, how much memory, what fits, and what would make it lighter. */
import type { MemoryRoom } from '../engine/backend/memory-room.ts';
import type { BatchSearch, BatchTrial } from '../engine/train/batch-search.ts';
import type { LighterSettings } from '../engine/train/lighter-settings.ts';
import type { MemoryEstimate } from '../engine/train/memory-estimate.ts';
import type { Rehearsal } from '../engine/train/rehearsal.ts';
import type { ProblemText } from '../lib/problem.ts';

export type { BatchSearch, BatchTrial, LighterSettings, MemoryRoom, Rehearsal };

export interface RehearsalReport {
  /** What the run's parts were measured to take; null where it does not run. */
  readonly rates: Rehearsal | null;
  /** Why it does not. */
  readonly problem: ProblemText | null;
  /** By the run's largest batch. */
  readonly memory: MemoryEstimate;
  readonly room: MemoryRoom | null;
  /** Texts to train on, which the number of steps follows from. */
  readonly rows: number;
  /** What would need less memory, the least change first. */
  readonly lighter: readonly LighterSettings[];
}
