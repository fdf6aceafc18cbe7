/** WebGPU in Node for tests, through Dawn (npm's `webgpu`). */
import { create, globals } from 'webgpu';
import { startWebgpu, type StartedWebgpu } from '../../backend/webgpu/start.ts';

let gpu: GPU | null = null;

/**
 * Dawn as `navigator.gpu`, with WebGPU's classes and constants where tfjs looks for them. `flags` count at the first call: "enable-dawn-
 * features=disable_workgroup_init" lets SwiftShader compile shaders with much workgroup memory several times faster.
 */
export function nodeGpu(flags: string[] = []): GPU {
  if (!gpu) {
    Object.assign(globalThis, globals);
    gpu = create(flags);
    Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  }
  return gpu;
}

let started: Promise<StartedWebgpu> | null = null;

/** The backend, started once a process. GPU errors fail the test that is running. */
export function startedWebgpu(): Promise<StartedWebgpu> {
  started ??= (async () => {
    const webgpu = await startWebgpu(nodeGpu());
    if (!webgpu) throw new Error('Dawn found no adapter');
    webgpu.listen(({ problem }) => {
      throw problem;
    });
    return webgpu;
  })();
  return started;
}

/** Makes the backend `webgpu` usable; further calls wait for the first. */
export async function start(): Promise<void> {
  await startedWebgpu();
}
