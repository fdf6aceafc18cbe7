/** Each op forward and backward, ours against the same formula in stock tfjs operations; no dropout, which stock draws on the CPU. */
import * as tf from '@tensorflow/tfjs';
import { addLayerNorm } from '../../src/engine/ops/add-layer-norm/add-layer-norm.ts';
import { attention } from '../../src/engine/ops/attention/attention.ts';
import { crossEntropy } from '../../src/engine/ops/cross-entropy/cross-entropy.ts';
import { embeddings } from '../../src/engine/ops/embeddings/embeddings.ts';
import { linear } from '../../src/engine/ops/linear/linear.ts';
import type { GpuBackend } from '../../src/engine/backend/webgpu/gpu-backend.ts';
import { fastest } from '../../src/engine/backend/webgpu/wall-time.ts';

export interface OpTime {
  readonly op: string;
  readonly ours: number;
  readonly stock: number;
}

interface OpSizes {
  readonly B: number;
  readonly S: number;
  readonly H: number;
  readonly A: number;
  readonly F: number;
  readonly V: number;
}

interface OpCase {
  readonly op: string;
  readonly inputs: readonly (readonly number[])[];
  readonly ours: (inputs: readonly tf.Tensor[]) => tf.Tensor;
  readonly stock: (inputs: readonly tf.Tensor[]) => tf.Tensor;
}

const NO_DROPOUT = { rate: 0, stream: 0 };

/** B rows of S tokens, which ours has as T = B·S. Constants are made once for each of the two backends. */
function cases({ B, S, H, A, F, V }: OpSizes): readonly OpCase[] {
  const T = B * S;
  const D = H / A;
  const constants = once(() => ({
    offsets: tf.tensor1d(
      Int32Array.from({ length: B + 1 }, (_, i) => i * S),
      'int32',
    ),
    rng: tf.tensor1d(new Int32Array(3), 'int32'),
    ids: tf.tensor1d(
      Int32Array.from({ length: T }, (_, i) => (i * 7919) % V),
      'int32',
    ),
    zeros: tf.tensor1d(new Int32Array(T), 'int32'),
    labels: tf.tensor1d(
      Int32Array.from({ length: T }, (_, i) => i % 2),
      'int32',
    ),
  }));
  const gelu = (x: tf.Tensor): tf.Tensor => x.mul(0.5).mul(x.div(Math.SQRT2).erf().add(1));
  const dense = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor): tf.Tensor =>
    tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D, false, true).add(b);
  const heads = (x: tf.Tensor): tf.Tensor => x.reshape([B, S, A, D]).transpose([0, 2, 1, 3]);
  return [
    {
      op: `linear + GELU [${T}, ${H}] -> ${F}`,
      inputs: [[T, H], [F, H], [F]],
      ours: ([x, w, b]) => linear(x!, w!, b!, 'gelu'),
      stock: ([x, w, b]) => gelu(dense(x!, w!, b!)),
    },
    {
      op: `linear [${T}, ${F}] -> ${H}`,
      inputs: [[T, F], [H, F], [H]],
      ours: ([x, w, b]) => linear(x!, w!, b!),
      stock: ([x, w, b]) => dense(x!, w!, b!),
    },
    {
      op: `attention ${B} x ${S}, ${A} heads of ${D}`,
      inputs: [[T, 3 * H]],
      ours: ([qkv]) => attention(qkv!, constants().offsets, constants().rng, A, NO_DROPOUT),
      stock: ([qkv]) => {
        const [q, k, v] = tf.split(qkv!, 3, 1).map(heads);
        const weights = tf.softmax(tf.matMul(q!, k!, false, true).div(Math.sqrt(D)));
        return tf.matMul(weights, v!).transpose([0, 2, 1, 3]).reshape([T, H]);
      },
    },
    {
      op: `residual + LayerNorm [${T}, ${H}]`,
      inputs: [[T, H], [T, H], [H], [H]],
      ours: ([x, r, g, b]) => addLayerNorm(x!, r, g!, b!, constants().rng, { eps: 1e-12, dropout: NO_DROPOUT }),
      stock: ([x, r, g, b]) => {
        const { mean, variance } = tf.moments(x!.add(r!), -1, true);
        return x!.add(r!).sub(mean).div(variance.add(1e-12).sqrt()).mul(g!).add(b!);
      },
    },
    {
      op: `embeddings [${T}] of ${V} x ${H}`,
      inputs: [
        [V, H],
        [S, H],
        [2, H],
      ],
      ours: ([word, position, type]) => {
        const { ids, zeros } = constants();
        return embeddings({ ids, positions: zeros, types: zeros }, { word: word!, position: position!, type: type! });
      },
      stock: ([word, position, type]) => {
        const { ids, zeros } = constants();
        return tf.gather(word!, ids).add(tf.gather(position!, zeros)).add(tf.gather(type!, zeros));
      },
    },
    {
      op: `cross-entropy [${T}, 2]`,
      inputs: [[T, 2]],
      ours: ([logits]) => crossEntropy(logits!, constants().labels),
      stock: ([logits]) => tf.losses.softmaxCrossEntropy(tf.oneHot(constants().labels, 2), logits!),
    },
  ];
}

/** Tensors made once for each backend that is current when they are asked for. */
function once<Name extends string>(make: () => Record<Name, tf.Tensor1D>): () => Record<Name, tf.Tensor1D> {
  const made = new Map<string, Record<Name, tf.Tensor1D>>();
  return () => {
    const name = tf.getBackend();
    const known = made.get(name) ?? make();
    for (const each of Object.values<tf.Tensor1D>(known)) tf.keep(each);
    made.set(name, known);
    return known;
  };
}

/** Milliseconds forward and backward, by the wall, dispatch by dispatch (not replayed). */
export async function measureOps(
  ours: GpuBackend,
  stockDevice: GPUDevice,
  sizes: OpSizes,
  repeats: number,
): Promise<readonly OpTime[]> {
  const times: OpTime[] = [];
  for (const { op, inputs, ...run } of cases(sizes)) {
    const time = async (backend: 'webgpu' | 'stock', device: GPUDevice, forward: OpCase['ours']): Promise<number> => {
      await tf.setBackend(backend);
      const tensors = inputs.map((shape) => tf.randomNormal([...shape], 0, 0.1));
      const dy = tf.keep(tf.tidy(() => tf.onesLike(forward(tensors))));
      const ms = await fastest(device, repeats, async () => {
        const { value, grads } = tf.engine().gradients(() => forward(tensors), tensors, dy);
        await value.data();
        tf.dispose([value, ...grads]);
      });
      tf.dispose([...tensors, dy]);
      return ms;
    };
    times.push({ op, ours: await time('webgpu', ours.device, run.ours), stock: await time('stock', stockDevice, run.stock) });
  }
  return times;
}
