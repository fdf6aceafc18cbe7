/** Calls `send` at most once in `milliseconds`; calls in between are dropped, `done === total` always goes through. */
export function throttleProgress(
  send: (done: number, total: number) => void,
  milliseconds = 100,
  now: () => number = () => performance.now(),
): (done: number, total: number) => void {
  let last = -Infinity;
  return (done, total) => {
    if (done < total && now() - last < milliseconds) return;
    last = now();
    send(done, total);
  };
}
