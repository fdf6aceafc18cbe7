/** What the page shows of an opened model, from its folder and its weights. */
import { parameterSpecs } from '../../src/engine/models/families.ts';
import { sizeOfShape } from '../../src/engine/models/parameters.ts';
import type { ModelWeights } from '../../src/engine/models/weights.ts';
import { TEXT_PAIR_KEY } from '../../src/formats/model-config.ts';
import type { ModelFolder } from '../../src/hub/model-folder.ts';
import type { ModelInfo } from '../../src/protocol/trainer.ts';

export function modelInfo(folder: ModelFolder, { config, classes, remarks }: ModelWeights): ModelInfo {
  const parameters = parameterSpecs(config, classes?.length ?? 0);
  return {
    name: folder.name,
    modelType: config.model_type,
    layers: config.num_hidden_layers,
    hiddenSize: config.hidden_size,
    parameters: parameters.reduce((sum, { shape }) => sum + sizeOfShape(shape), 0),
    bytes: folder.bytes,
    maxLength: config.max_position_embeddings - config.position_offset,
    classes,
    problemType: config.problemType,
    pairs: folder.config[TEXT_PAIR_KEY] === true,
    remarks,
  };
}
