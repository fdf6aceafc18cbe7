/** The config.json of a trained classifier: the one that came in, with what training changed. */

import type { ProblemType } from '../lib/targets.ts';

/** Not `transformers`' own, which keeps it: whether the model was trained on pairs of texts. */
export const TEXT_PAIR_KEY = 'tabtune_text_pair';

/** Keys of old checkpoints that would contradict the new classes. */
const REPLACED = ['num_labels', '_num_labels', 'finetuning_task', TEXT_PAIR_KEY];

/**
 * Hugging Face's configuration for a text classifier with these classes, in the order of their index; `architecture` is its class in
 * `transformers` ("BertForSequenceClassification"); `pairs` is kept for Tabtune, to ask for two texts when it opens the model again. Unknown keys and `transformers_version` stay as they came.
 */
export function classifierConfig(
  config: Readonly<Record<string, unknown>>,
  architecture: string,
  classes: readonly string[],
  problemType: ProblemType,
  pairs = false,
): Record<string, unknown> {
  const kept = Object.entries(config).filter(([key]) => !REPLACED.includes(key));
  return {
    ...Object.fromEntries(kept),
    architectures: [architecture],
    id2label: Object.fromEntries(classes.map((label, id) => [String(id), label])),
    label2id: Object.fromEntries(classes.map((label, id) => [label, id])),
    problem_type: problemType,
    // transformers 4 reads the first, 5 the second.
    torch_dtype: 'float32',
    dtype: 'float32',
    ...(pairs ? { [TEXT_PAIR_KEY]: true } : {}),
  };
}
