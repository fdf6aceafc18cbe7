/** Work that may ask for more memory than there is, and after which all must be as it was: a trial of a batch size, a rehearsal. */
import { engine } from '@tensorflow/tfjs-core';

/** A backend that is told of a failed allocation later than by an exception. */
interface ScopedBackend {
  catchOutOfMemory<Result>(work: () => Promise<Result>): Promise<Result>;
}

function isScoped(backend: object): backend is ScopedBackend {
  return 'catchOutOfMemory' in backend && typeof backend.catchOutOfMemory === 'function';
}

/** Rejects with a `Problem` where memory did not suffice; what the work computed by then is of no use, the backend is. */
export function catchOutOfMemory<Result>(work: () => Promise<Result>): Promise<Result> {
  const { backend } = engine();
  return isScoped(backend) ? backend.catchOutOfMemory(work) : work();
}
