import { describe, expect, test } from 'vitest';
import { missingDriver } from '../../testing/node/webgpu-driver.ts';
import { endDevice, requestGpuDevice, type GpuEvent } from './device.ts';

type FakeDevice = EventTarget & { readonly lost: Promise<{ reason: string; message: string }>; readonly destroy: () => void };

/** A GPU whose adapter offers little and gives the device that `makeDevice` makes; `asked` is what was asked of it. */
function fakeGpu(makeDevice: () => FakeDevice | Promise<never>, features: readonly string[] = []) {
  const asked: GPUDeviceDescriptor[] = [];
  const adapter = {
    features: new Set(features),
    limits: { maxStorageBufferBindingSize: 123, maxBufferSize: 456 },
    info: {},
    requestDevice: async (descriptor: GPUDeviceDescriptor) => {
      asked.push(descriptor);
      return makeDevice();
    },
  };
  return { gpu: { requestAdapter: async () => adapter } as unknown as GPU, asked };
}

function fakeDevice(lost: FakeDevice['lost'] = new Promise(() => {})): FakeDevice {
  return Object.assign(new EventTarget(), { lost, destroy: () => undefined });
}

describe('the device', () => {
  test('is asked for with all limits offered and the features that are there', async () => {
    const { gpu, asked } = fakeGpu(fakeDevice, ['subgroups', 'depth-clip-control']);
    await requestGpuDevice(gpu);
    expect(asked[0]).toMatchObject({
      requiredFeatures: ['subgroups'],
      requiredLimits: { maxStorageBufferBindingSize: 123, maxBufferSize: 456 },
    });
  });

  test('no adapter', async () => {
    expect(await requestGpuDevice({ requestAdapter: async () => null } as unknown as GPU)).toBeNull();
  });

  test('an adapter that gives no device', async () => {
    const { gpu } = fakeGpu(() => Promise.reject(new Error('driver is on a denylist')));
    await expect(requestGpuDevice(gpu)).rejects.toThrow(
      /found an error: driver is on a denylist\. Restart the browser, or choose "CPU"/,
    );
  });

  test('a loss is told, also to one who listens later; the end that we make is not', async () => {
    const events: GpuEvent[] = [];
    let finish: (info: { reason: string; message: string }) => void = () => undefined;
    const end = new Promise<{ reason: string; message: string }>((resolve) => (finish = resolve));
    const lost = await requestGpuDevice(
      fakeGpu(() => fakeDevice(Promise.resolve({ reason: 'unknown', message: 'driver reset' }))).gpu,
    );
    const ended = await requestGpuDevice(fakeGpu(() => fakeDevice(end)).gpu);
    endDevice(ended!.device);
    finish({ reason: 'destroyed', message: '' });
    await Promise.resolve();
    lost?.listen((event) => events.push(event));
    ended?.listen((event) => events.push(event));
    await Promise.resolve();
    expect(events.map(({ kind }) => kind)).toEqual(['lost']);
    expect(events[0]?.problem.message).toMatch(/it was lost \(driver reset\)\. Start again/);
  });
});

const lack = missingDriver();
describe.skipIf(lack !== null)(`the device in Dawn${lack === null ? '' : ` (skipped: ${lack})`}`, () => {
  test('an invalid shader is an event with the place and the reason', async () => {
    const { nodeGpu } = await import('../../testing/node/webgpu.ts');
    const requested = await requestGpuDevice(nodeGpu());
    if (!requested) throw new Error('Dawn found no adapter');
    const event = new Promise<GpuEvent>((resolve) => requested.listen(resolve));
    requested.device.createShaderModule({ label: 'broken', code: 'fn main( {' });
    const { kind, problem } = await event;
    expect(kind).toBe('error');
    expect(problem.where).toBe('GPU');
    expect(problem.found).toContain('broken');
    requested.device.destroy();
  });

  test('memory that is not there is an event of its own', async () => {
    const { nodeGpu } = await import('../../testing/node/webgpu.ts');
    const requested = await requestGpuDevice(nodeGpu());
    if (!requested) throw new Error('Dawn found no adapter');
    const { device } = requested;
    const event = new Promise<GpuEvent>((resolve) => requested.listen(resolve));
    device.dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error: new GPUOutOfMemoryError('not enough memory') }));
    expect(await event).toMatchObject({ kind: 'out-of-memory', problem: { where: 'GPU memory' } });
    device.destroy();
  });
});
