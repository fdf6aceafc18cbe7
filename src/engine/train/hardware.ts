/** What the loops must know of the backend they run on. */
import { getBackend } from '@tensorflow/tfjs-core';
import { tokenMultiple } from '../../text/packing.ts';

export interface HardwareHabits {
  /** What T of a batch of so many real tokens is rounded up to a multiple of, so that few shapes occur. */
  readonly tokenMultiple: (tokenCount: number) => number;
  /** Results are read together when this many steps wait ... */
  readonly mostUnread: number;
  /** ... or when so many milliseconds have passed since the last reading. 0: each step is read. */
  readonly readEvery: number;
}

/** On a GPU a reading waits for all work that was handed to it; on the CPU the numbers are there. */
export function hardwareHabits(): HardwareHabits {
  return getBackend() === 'webgpu'
    ? { tokenMultiple, mostUnread: 16, readEvery: 200 }
    : { tokenMultiple: () => 1, mostUnread: 1, readEvery: 0 };
}
