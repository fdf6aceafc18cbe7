import { describe, expect, test } from 'vitest';
import { probeCompute, usableThreads, type Browser } from './choose.ts';

const HARDWARE = { vendor: 'apple', architecture: 'metal-3', device: '', description: 'Apple M3 Pro', isFallbackAdapter: false };
const SOFTWARE = { vendor: 'google', architecture: 'swiftshader', device: '', description: '', isFallbackAdapter: true };

function browser(gpu: 'none' | 'no adapter' | 'throws' | object, secure = true): Browser {
  const requestAdapter = async (): Promise<GPUAdapter | null> => {
    if (gpu === 'throws') throw new Error('denied');
    return gpu === 'no adapter' ? null : ({ info: gpu } as GPUAdapter);
  };
  return {
    isSecureContext: secure,
    crossOriginIsolated: secure,
    navigator: { hardwareConcurrency: 8, ...(gpu !== 'none' && { gpu: { requestAdapter } }) },
  };
}

describe('what a browser gives', () => {
  test('hardware WebGPU by itself, with the adapter’s name', async () => {
    const info = await probeCompute('auto', browser(HARDWARE));
    expect(info).toMatchObject({ backend: 'webgpu', title: 'WebGPU · Apple M3 Pro', threads: null });
  });

  test('the CPU if it is chosen', async () => {
    const info = await probeCompute('cpu', browser(HARDWARE));
    expect(info).toEqual({ backend: 'simd', title: 'CPU · 8 threads', reason: 'The CPU was chosen.', threads: 8 });
  });

  test('a software adapter only if it is asked for', async () => {
    const { backend, reason } = await probeCompute('auto', browser(SOFTWARE));
    expect(backend).toBe('simd');
    expect(reason).toMatch(/software/);
    expect(await probeCompute('webgpu', browser(SOFTWARE))).toMatchObject({
      backend: 'webgpu',
      title: 'WebGPU · google swiftshader',
      tiles: { tunable: false },
    });
  });

  test.each([
    ['an insecure page', browser('none', false), /plain http.*One thread only/],
    ['an old browser', browser('none'), /no WebGPU/],
    ['no adapter', browser('no adapter'), /no graphics adapter/],
    ['an adapter that is refused', browser('throws'), /no graphics adapter/],
  ])('%s: the CPU, and why', async (_title, where, reason) => {
    for (const choice of ['auto', 'webgpu'] as const) {
      const info = await probeCompute(choice, where);
      expect(info.backend).toBe('simd');
      expect(info.reason).toMatch(reason);
    }
  });

  test('one thread where memory cannot be shared', () => {
    expect(usableThreads(browser('none', false))).toBe(1);
    expect(usableThreads(browser('none'))).toBe(8);
  });
});
