/** Curves as React sees them: looked at a few times a second, however often they change, and drawn in a transition. */
import { startTransition, useEffect, useState } from 'react';

/** Calls back at each change; the answer ends that. */
export type Subscribe = (onChange: () => void) => () => void;

/** What `read` gives, read again at most every `interval` ms while it changes. Another `read` is looked at at once. */
export function useSampled<T>(read: () => T, interval: number, subscribe: Subscribe): T {
  const [sample, setSample] = useState(read);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const lookIn = (milliseconds: number): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        startTransition(() => setSample(() => read()));
      }, milliseconds);
    };
    lookIn(0);
    const unsubscribe = subscribe(() => lookIn(interval));
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [read, interval, subscribe]);
  return sample;
}
