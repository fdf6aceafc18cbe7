/**
 * Our own GPU device: the fast adapter, every limit it offers, the features that kernels may use; and what can go wrong with it
 * later (lost, out of memory, an invalid command) as events with words a person understands. tfjs asks for none of this.
 */
import { Problem } from '../../../lib/problem.ts';
import { DeviceLost, OutOfMemory } from '../hardware-failure.ts';

/** Features that kernels use where they are there. */
const WANTED_FEATURES = ['shader-f16', 'subgroups', 'timestamp-query'] as const satisfies readonly GPUFeatureName[];

export type GpuEvent =
  /** The device is gone; every tensor on it too. */
  | { readonly kind: 'lost'; readonly problem: Problem }
  /** An allocation failed; the device lives, results since then are wrong. */
  | { readonly kind: 'out-of-memory'; readonly problem: Problem }
  /** A command was invalid or failed inside the driver: a mistake of ours or the driver's. */
  | { readonly kind: 'error'; readonly problem: Problem };

export type GpuListener = (event: GpuEvent) => void;

export interface GpuDevice {
  readonly device: GPUDevice;
  readonly info: GPUAdapterInfo;
  /** Calls back for each event from now on; those that came before the first listener are told at once. Returns a function that ends it. */
  readonly listen: (listener: GpuListener) => () => void;
}

/** Devices whose end is our own doing. */
const ended = new WeakSet<GPUDevice>();

/** Destroys a device that is no longer needed: nobody is told that it is lost. */
export function endDevice(device: GPUDevice): void {
  ended.add(device);
  device.destroy();
}

/** Null when there is no adapter. `gpu` is `navigator.gpu`. Throws a Problem when the adapter gives no device. */
export async function requestGpuDevice(gpu: GPU): Promise<GpuDevice | null> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return null;
  const device = await adapter
    .requestDevice({
      label: 'Tabtune',
      requiredFeatures: WANTED_FEATURES.filter((feature) => adapter.features.has(feature)),
      requiredLimits: offeredLimits(adapter),
    })
    .catch((error: unknown) => {
      throw new Problem({
        where: 'GPU',
        expected: 'a device from the graphics adapter',
        found: `an error: ${error instanceof Error ? error.message : String(error)}`,
        fix: 'Restart the browser, or choose "CPU" under "Compute".',
      });
    });
  return { device, info: adapter.info, listen: watch(device) };
}

/** Every limit at the adapter's own value: defaults are as low as 128 MiB a binding. */
function offeredLimits(adapter: GPUAdapter): Record<string, number> {
  const limits: Record<string, number> = {};
  for (const name in adapter.limits) {
    const value: unknown = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') limits[name] = value;
  }
  return limits;
}

/** Starts to watch at once, so that an error before the first `listen` is not missed. */
function watch(device: GPUDevice): GpuDevice['listen'] {
  const listeners = new Set<GpuListener>();
  const unheard: GpuEvent[] = [];
  const tell = (event: GpuEvent): void => {
    if (listeners.size === 0) unheard.push(event);
    for (const listener of listeners) listener(event);
  };
  void device.lost.then((info) => {
    if (!ended.has(device)) tell({ kind: 'lost', problem: lostProblem(info) });
  });
  device.addEventListener('uncapturederror', ({ error }) => tell(errorEvent(error)));
  return (listener) => {
    listeners.add(listener);
    for (const event of unheard.splice(0)) listener(event);
    return () => listeners.delete(listener);
  };
}

/** What a lost device means for the person. */
export function lostProblem(info: GPUDeviceLostInfo): DeviceLost {
  return new DeviceLost({
    where: 'GPU',
    expected: 'the graphics device to stay',
    found: `it was lost${info.message ? ` (${info.message})` : ''}`,
    fix: 'Start again; if it happens again, choose a smaller batch size, or "CPU" under "Compute".',
  });
}

/** `error` is one of GPUOutOfMemoryError, GPUValidationError, GPUInternalError. */
function errorEvent(error: GPUError): GpuEvent {
  if (error instanceof GPUOutOfMemoryError) {
    const problem = new OutOfMemory({
      where: 'GPU memory',
      expected: 'room for the next tensor',
      found: `none left${error.message ? ` (${error.message})` : ''}`,
      fix: 'Choose a smaller batch size, a smaller "max length" or a smaller model, or close other programs that use the GPU.',
    });
    return { kind: 'out-of-memory', problem };
  }
  const problem = new Problem({
    where: 'GPU',
    expected: 'commands that the graphics driver accepts',
    found: error.message,
    fix: 'This is a mistake in Tabtune or in the driver: choose "CPU" under "Compute", and please report it with this text.',
  });
  return { kind: 'error', problem };
}
