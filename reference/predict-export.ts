/**
 * What Tabtune itself makes of an exported zip, in Node: opened, tokenized and computed by the code that the page uses, on the reference
 * kernels. scripts/test-oracles.mjs gives the result to reference/check_export.py.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { disposeBatch, makeBatch } from '../src/engine/models/classifier.ts';
import { parseConfig } from '../src/engine/models/config.ts';
import { createClassifier } from '../src/engine/models/create-classifier.ts';
import { readWeights } from '../src/engine/models/weights.ts';
import { start } from '../src/engine/testing/node/cpu.ts';
import { openModelFolder } from '../src/hub/model-folder.ts';
import { completeTokenizer } from '../src/text/complete-tokenizer.ts';
import { packBatch } from '../src/text/packing.ts';
import { createTokenizer } from '../src/text/tokenizer.ts';

export interface ExportPredictions {
  readonly max_length: number;
  readonly texts: readonly string[];
  readonly classes: readonly string[];
  /** [texts][classes] */
  readonly logits: readonly (readonly number[])[];
  /** [texts][tokens] */
  readonly ids: readonly (readonly number[])[];
}

/** Logits of each text alone. Throws `Problem` for a zip that does not hold a classifier. */
export async function predictExport(zipPath: string, texts: readonly string[], maxLength: number): Promise<ExportPredictions> {
  await start();
  const folder = await openModelFolder([new File([await readFile(zipPath)], basename(zipPath))]);
  const config = parseConfig(folder.config);
  const tokenizer = completeTokenizer(folder, config.model_type);
  const weights = readWeights(config, folder.weights);
  if (!weights.classes) throw new Error(`${zipPath} has no classifier`);
  const model = createClassifier(weights, { classCount: weights.classes.length, keepClassifier: true, seed: 0 });
  const rows = createTokenizer(tokenizer).encode(texts, maxLength);
  const logits: number[][] = [];
  const ids: number[][] = [];
  for (let row = 0; row < texts.length; row++) {
    const batch = makeBatch(packBatch(rows, [row], 1), model);
    const values = model.logits(batch, null);
    logits.push([...(await values.data())]);
    ids.push([...rows.ids.subarray(rows.offsets[row], rows.offsets[row + 1])]);
    values.dispose();
    disposeBatch(batch);
  }
  model.dispose();
  return { max_length: maxLength, texts, classes: weights.classes, logits, ids };
}
