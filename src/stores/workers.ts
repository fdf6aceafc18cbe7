/**
 * The one link to the workers. It is made at the first call, so a page that is only looked at loads neither; when a worker dies the
 * link is dropped and the next call makes a fresh one. What lived in the dead workers is counted by `generation`: a store that
 * opened something in an older one opens it again before it goes on.
 */
import { connectWorkers, type WorkerLink } from '../protocol/connect.ts';

let link: WorkerLink | null = null;
let generation = 0;

export interface LiveLink extends WorkerLink {
  readonly generation: number;
}

/** The live link, made now if there is none. */
export function workers(): LiveLink {
  if (!link) {
    const made = connectWorkers();
    link = made;
    generation++;
    made.crashed.catch(() => {
      made.close();
      if (link === made) link = null;
    });
  }
  return { ...link, generation };
}

/** Whether workers were started and live. */
export function hasWorkers(): boolean {
  return link !== null;
}

/** The generation of the live link, 0 when none lives. */
export function liveGeneration(): number {
  return link ? generation : 0;
}

/** A call that ends when its worker answers or dies. */
export function call<T>(run: (link: LiveLink) => Promise<T>): Promise<T> {
  const live = workers();
  return Promise.race([run(live), live.crashed]);
}
