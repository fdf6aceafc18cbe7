/** What Tabtune makes of a folder of reference/full_size.py: logits of its rows, on the SIMD kernels, read from the disk as a person's folder is. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { disposeBatch, makeBatch } from '../src/engine/models/classifier.ts';
import { parseConfig } from '../src/engine/models/config.ts';
import { createClassifier } from '../src/engine/models/create-classifier.ts';
import { readWeights } from '../src/engine/models/weights.ts';
import { startSimd } from '../src/engine/testing/node/simd.ts';
import { openFolderFiles } from '../src/headless/disk.ts';
import { openWeights } from '../src/hub/folder-weights.ts';
import { packBatch } from '../src/text/packing.ts';

/** Writes logits.json. Throws `Problem` for a folder that cannot be loaded. */
export async function computeLogits(folder: string): Promise<void> {
  await startSimd();
  const json = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(folder, name), 'utf8'));
  const rows = (await json('inputs.json')) as number[][];
  const files = await openFolderFiles(folder);
  const { file } = await openWeights({
    placeOf: (name) => join(folder, name),
    find: (name) => files.find(({ path }) => path === name),
    names: files.map(({ path }) => path),
  });
  const weights = readWeights(parseConfig(await json('config.json')), file);
  if (!weights.classes || weights.remarks.length > 0) throw new Error(`${folder}: ${weights.remarks.join(' ')}`);
  const model = createClassifier(weights, { classCount: weights.classes.length, keepClassifier: true, seed: 0 });
  const offsets = Uint32Array.from([0, ...rows.map((_, i) => rows.slice(0, i + 1).flat().length)]);
  const batch = makeBatch(packBatch({ ids: Int32Array.from(rows.flat()), offsets }, [...rows.keys()], 1), model);
  const logits = model.logits(batch, null);
  const values = [...(await logits.data())];
  const C = weights.classes.length;
  const written = { logits: rows.map((_, i) => values.slice(i * C, (i + 1) * C)), parameters: model.parameterCount };
  await writeFile(join(folder, 'logits.json'), JSON.stringify(written));
  logits.dispose();
  disposeBatch(batch);
  model.dispose();
}
