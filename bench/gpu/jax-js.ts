/** A matrix product alone: our linear (with its bias) against jax-js's matmul, compiled, on devices of their own on the same adapter. */
import { defaultDevice, getWebGPUDevice, init, jit, numpy } from '@jax-js/jax';
import * as tf from '@tensorflow/tfjs';
import type { GpuBackend } from '../../src/engine/backend/webgpu/gpu-backend.ts';
import { fastest } from '../../src/engine/backend/webgpu/wall-time.ts';
import { linear } from '../../src/engine/ops/linear/linear.ts';
import { createRandom } from '../../src/lib/random.ts';

export interface ProductTime {
  readonly shape: readonly [T: number, K: number, N: number];
  readonly ours: number;
  readonly jaxJs: number;
  /** The largest difference of the results, relative to the largest of them. */
  readonly difference: number;
}

/** Null where jax-js finds no WebGPU. `shapes`: [T,K] x [K,N]. */
export async function compareWithJaxJs(
  backend: GpuBackend,
  shapes: readonly ProductTime['shape'][],
  repeats: number,
): Promise<readonly ProductTime[] | null> {
  const devices: readonly string[] = await init('webgpu').catch(() => []);
  if (!devices.includes('webgpu')) return null;
  defaultDevice('webgpu');
  const theirs = getWebGPUDevice();
  const matmul = jit((x: numpy.Array, w: numpy.Array) => numpy.matmul(x, w));
  const random = createRandom(1);
  const times: ProductTime[] = [];
  for (const [T, K, N] of shapes) {
    const xs = Float32Array.from({ length: T * K }, () => random.normal());
    const ws = Float32Array.from({ length: K * N }, () => random.normal());
    const [x, w] = [numpy.array(xs).reshape([T, K]), numpy.array(ws).reshape([K, N])];
    const jaxJs = await fastest(theirs, repeats, async () => {
      const y = matmul(x.ref, w.ref);
      await y.blockUntilReady();
      y.dispose();
    });
    const expected = Float32Array.from(await matmul(x, w).data());

    await tf.setBackend('webgpu');
    // Ours has PyTorch's layout, [out, in].
    const [ownX, ownB] = [tf.tensor2d(xs, [T, K]), tf.zeros([N])];
    const ownW = tf.tensor2d(
      Float32Array.from({ length: N * K }, (_, i) => ws[(i % K) * N + Math.floor(i / K)]!),
      [N, K],
    );
    const ours = await fastest(backend.device, repeats, () => {
      linear(ownX, ownW, ownB).dispose();
      backend.flush();
    });
    const y = linear(ownX, ownW, ownB);
    const found = await y.data<'float32'>();
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const difference = found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0) / largest;
    tf.dispose([ownX, ownW, ownB, y]);
    times.push({ shape: [T, K, N], ours, jaxJs, difference });
  }
  return times;
}
