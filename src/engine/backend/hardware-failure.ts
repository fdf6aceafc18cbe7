/** What the hardware did to a run, told from every other problem: fresh hardware, and less at once, may help. */
import { Problem } from '../../lib/problem.ts';

/** The tensors since then are not there, or not right. */
export class OutOfMemory extends Problem {}

/** Every tensor on the device is gone. */
export class DeviceLost extends Problem {}

export function isHardwareFailure(error: unknown): error is OutOfMemory | DeviceLost {
  return error instanceof OutOfMemory || error instanceof DeviceLost;
}
