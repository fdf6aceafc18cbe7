/**
 * What LoRA leaves, in Node: the page's own services train a toy model with it, the base model, the adapter and the merged model are written as
 * folders, with the logits that Tabtune gives. scripts/test-oracles.mjs hands them to reference/check_adapter.py.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toyDataset, toyModelFiles, type FileContent } from '../e2e/toy-model.ts';
import { readZip } from '../src/formats/zip.ts';
import { startCompute } from '../src/headless/compute.ts';
import { openModelFolder } from '../src/hub/model-folder.ts';
import type { ExportForm, TrainSettings } from '../src/protocol/trainer.ts';
import { createTokenizerService } from '../workers/tokenizer/service.ts';
import { createTrainerService } from '../workers/trainer/service.ts';
import { predictExport } from './predict-export.ts';

const SETTINGS: TrainSettings = {
  num_train_epochs: 2,
  learning_rate: 0.01,
  per_device_train_batch_size: 8,
  weight_decay: 0.01,
  warmup_ratio: 0.1,
  max_grad_norm: 1,
  seed: 42,
  max_length: 32,
  evaluations_per_epoch: 1,
  train_layers: 'lora',
  lora_r: 4,
  lora_target_modules: 'all-linear',
};

function filesOf(contents: readonly FileContent[]): File[] {
  return contents.map(({ name, buffer }) => new File([new Uint8Array(buffer)], name));
}

async function write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), bytes);
}

/** Writes base/, adapter/, merged/, merged.zip and predictions.json into `out`. */
export async function exportAdapter(out: string, texts: readonly string[]): Promise<void> {
  const tokenizer = createTokenizerService(() => Promise.reject(new Error('there is no sample here')));
  const trainer = createTrainerService({
    startBackend: (choice) => startCompute(choice, 2),
    tune: () => Promise.resolve(null),
    openFolder: () => openModelFolder(filesOf(toyModelFiles())),
    proxy: (callback) => callback,
  });
  trainer.connect(tokenizer);
  await tokenizer.open(
    { kind: 'files', files: filesOf([toyDataset(240)]) },
    {},
    { validationShare: 0.2, seed: 42 },
    () => undefined,
  );
  await trainer.useCompute('cpu');
  await trainer.openModel({ kind: 'files', files: [] }, () => undefined);
  await trainer.train(SETTINGS, () => undefined);

  for (const { name, buffer } of toyModelFiles()) await write(join(out, 'base'), name, buffer);
  for (const form of ['adapter', 'merged'] satisfies ExportForm[]) {
    const { zip, fileName } = await trainer.exportModel(form);
    for (const file of await readZip(zip, fileName)) await write(join(out, form), file.path, await file.read());
    if (form === 'merged') await write(out, 'merged.zip', new Uint8Array(await zip.arrayBuffer()));
  }
  const predictions = await predictExport(join(out, 'merged.zip'), texts, SETTINGS.max_length);
  await writeFile(join(out, 'predictions.json'), JSON.stringify(predictions));
}
