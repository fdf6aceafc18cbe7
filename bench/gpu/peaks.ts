/** What the device can do at most: multiply-adds without memory, and a copy. All fractions of the benchmark are of these. */
import { dispatch, output, release } from '../../src/engine/backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../src/engine/backend/webgpu/gpu-backend.ts';
import { shader, unroll, type Shader } from '../../src/engine/backend/webgpu/shader.ts';
import { fastest } from './timing.ts';

const THREADS = 64;
const CHAINS = 8;

export interface Peaks {
  readonly gigaflops: number;
  /** Read and written bytes of a copy. */
  readonly gigabytes: number;
}

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

export async function measurePeaks(backend: GpuBackend): Promise<Peaks> {
  const { device, lean } = backend;
  const rounds = lean ? 512 : 4096;
  const workgroups = lean ? 256 : 8192;
  const out = output(backend, [workgroups * THREADS, 4]);
  const ms = await fastest(device, 5, () => {
    dispatch(backend, multiplyAddShader, { rounds }, { out }, [workgroups, 1, 1]);
    backend.flush();
  });
  release(backend, out);
  const flops = 2 * 4 * CHAINS * rounds * workgroups * THREADS;

  const size = lean ? 32 * 2 ** 20 : 256 * 2 ** 20;
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const [from, to] = [device.createBuffer({ size, usage }), device.createBuffer({ size, usage })];
  const copyMs = await fastest(device, 5, () => {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(from, 0, to, 0, size);
    device.queue.submit([encoder.finish()]);
  });
  for (const buffer of [from, to]) buffer.destroy();
  return { gigaflops: flops / ms / 1e6, gigabytes: (2 * size) / copyMs / 1e6 };
}
