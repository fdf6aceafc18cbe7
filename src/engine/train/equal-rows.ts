/** Made-up rows, for those who measure: random ids, two classes. */
import { createRandom } from '../../lib/random.ts';
import type { LabelledRows } from './arguments.ts';

/** `count` rows of `length` tokens with ids below `vocabularySize`; the same ones each time. */
export function equalRows(count: number, length: number, vocabularySize: number): LabelledRows {
  const random = createRandom(1);
  return {
    ids: Int32Array.from({ length: count * length }, () => random.below(vocabularySize)),
    offsets: Uint32Array.from({ length: count + 1 }, (_, row) => row * length),
    targets: { kind: 'single', labels: Int32Array.from({ length: count }, () => random.below(2)) },
  };
}
