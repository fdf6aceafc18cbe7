/** A helper thread of the simd backend: takes its share of every job, for ever. All it does is in threads.simd.ts. */
import type { ThreadStart } from '../src/engine/backend/simd/threads.ts';

function isServe(value: unknown): value is (thread: number) => void {
  return typeof value === 'function';
}

self.onmessage = ({ data }: MessageEvent<ThreadStart>) => {
  const { exports } = new WebAssembly.Instance(data.module, { env: { memory: data.memory } });
  const { serve } = exports;
  if (!isServe(serve)) throw new Error('the WebAssembly module has no serve()');
  self.postMessage('ready');
  serve(data.thread);
};
