/** A helper thread of the simd backend: takes its share of every job, for ever. All it does is in threads.simd.ts. */
import type { ThreadStart } from '../src/engine/backend/simd/threads.ts';

function isServe(value: unknown): value is (thread: number) => void {
  return typeof value === 'function';
}

/** First what it needs to start, then its number. */
self.onmessage = ({ data: { module, memory } }: MessageEvent<ThreadStart>) => {
  const { serve } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  if (!isServe(serve)) throw new Error('the WebAssembly module has no serve()');
  self.onmessage = ({ data: thread }: MessageEvent<number>) => serve(thread);
  self.postMessage('ready');
};
