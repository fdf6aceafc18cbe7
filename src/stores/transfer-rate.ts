/** How fast a transfer is, over the last seconds: steadier than from one report to the next, quicker to follow than from its start. */

const WINDOW = 4000;
/** A figure from less than this would jump about. */
const SHORTEST = 500;

/** A function that takes the bytes so far and the time in milliseconds and gives bytes a second, null until it can be told. */
export function createRate(): (bytes: number, now: number) => number | null {
  let seen: { readonly bytes: number; readonly at: number }[] = [];
  return (bytes, now) => {
    // A file that begins again is a new transfer.
    if (bytes < (seen.at(-1)?.bytes ?? 0)) seen = [];
    seen.push({ bytes, at: now });
    const recent = seen.findIndex(({ at }) => now - at <= WINDOW);
    seen.splice(0, Math.max(0, recent - 1));
    const [first] = seen;
    if (!first || now - first.at < SHORTEST) return null;
    return ((bytes - first.bytes) * 1000) / (now - first.at);
  };
}
