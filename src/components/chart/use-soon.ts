/** False at first, true a moment later: what waits for it is made in a task of its own. */
import { startTransition, useEffect, useState } from 'react';

export function useSoon(milliseconds: number): boolean {
  const [soon, setSoon] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => startTransition(() => setSoon(true)), milliseconds);
    return () => clearTimeout(timer);
  }, [milliseconds]);
  return soon;
}
