/** What the GPU can do at most: multiply-adds without memory, and a copy. All fractions of the profile and the benchmark are of these. */
import type { Peaks } from '../kernel-times.ts';
import { dispatch, output, release } from './dispatch.ts';
import type { GpuBackend } from './gpu-backend.ts';
import { shader, unroll, type Shader } from './shader.ts';
import { fastest } from './wall-time.ts';

const THREADS = 64;
const CHAINS = 8;
const LONG_ENOUGH_MS = 25;
const MOST_TIMES = 4096;

/** Eight independent chains of vec4f multiply-adds a thread. */
function multiplyAddShader({ rounds }: { rounds: number }): Shader<'out'> {
  return shader({
    label: 'multiply-adds',
    bindings: { out: 'write array<vec4f>' },
    code: `
@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let factor = vec4f(0.999 + f32(id.x) * 1e-9);
  ${unroll(CHAINS, (i) => `var sum_${i} = vec4f(f32(id.x + ${i}u));`)}
  for (var round = 0u; round < ${rounds}u; round++) {
    ${unroll(CHAINS, (i) => `sum_${i} = fma(sum_${i}, factor, vec4f(0.5));`)}
  }
  out[id.x] = ${Array.from({ length: CHAINS }, (_, i) => `sum_${i}`).join(' + ')};
}`,
  });
}

export async function measureGpuPeaks(backend: GpuBackend): Promise<Peaks> {
  const { device, lean } = backend;
  const [workgroups, rounds] = lean ? [128, 256] : [4096, 1024];
  const out = output(backend, [workgroups * THREADS, 4]);
  const computeMs = await millisecondsOf(device, (times) => {
    for (let i = 0; i < times; i++) dispatch(backend, multiplyAddShader, { rounds }, { out }, [workgroups, 1, 1]);
    backend.flush();
  });
  release(backend, out);
  const flops = 2 * 4 * CHAINS * rounds * workgroups * THREADS;

  const size = lean ? 32 * 2 ** 20 : 128 * 2 ** 20;
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const [from, to] = [device.createBuffer({ size, usage }), device.createBuffer({ size, usage })];
  const copyMs = await millisecondsOf(device, (times) => {
    const encoder = device.createCommandEncoder();
    for (let i = 0; i < times; i++) encoder.copyBufferToBuffer(from, 0, to, 0, size);
    device.queue.submit([encoder.finish()]);
  });
  for (const buffer of [from, to]) buffer.destroy();
  return { gigaflops: flops / computeMs / 1e6, gigabytes: (2 * size) / copyMs / 1e6 };
}

/** Of one call among so many in a row that handing them to the device does not count. Stays far below what a browser's watchdog bears. */
async function millisecondsOf(device: GPUDevice, run: (times: number) => void): Promise<number> {
  let times = 1;
  while (times < MOST_TIMES && (await fastest(device, 1, () => run(times))) < LONG_ENOUGH_MS) times *= 4;
  return (await fastest(device, 3, () => run(times))) / times;
}
