/** Models of any size without files. */
import type { ModelConfig } from '../src/engine/models/family.ts';
import { parameterSpecs } from '../src/engine/models/families.ts';
import { sizeOfShape } from '../src/engine/models/parameters.ts';
import type { ModelWeights } from '../src/engine/models/weights.ts';
import { createRandom } from '../src/lib/random.ts';

export function randomWeights(config: ModelConfig): ModelWeights {
  const random = createRandom(3);
  const values = new Map(
    parameterSpecs(config, 2).map(({ name, shape }) => {
      const start = name.endsWith('LayerNorm.weight') ? 1 : 0;
      return [name, Float32Array.from({ length: sizeOfShape(shape) }, () => start + 0.02 * random.normal())];
    }),
  );
  return { config, values, classes: null, remarks: [] };
}
