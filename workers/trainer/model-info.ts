/** What the page shows of an opened model, from its folder and its weights. */
import { bertParameters, sizeOfShape } from '../../src/engine/models/bert-parameters.ts';
import type { BertWeights } from '../../src/engine/models/weights.ts';
import type { ModelFolder } from '../../src/hub/model-folder.ts';
import type { ModelInfo } from '../../src/protocol/trainer.ts';

export function modelInfo(folder: ModelFolder, { config, classes, remarks }: BertWeights): ModelInfo {
  const encoder = bertParameters(config, classes?.length ?? 0);
  return {
    name: folder.name,
    modelType: config.model_type,
    layers: config.num_hidden_layers,
    hiddenSize: config.hidden_size,
    parameters: encoder.reduce((sum, { shape }) => sum + sizeOfShape(shape), 0),
    bytes: folder.bytes,
    maxLength: config.max_position_embeddings,
    classes,
    remarks,
  };
}
