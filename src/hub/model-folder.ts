/**
 * A Hugging Face model folder: config.json, the tokenizer's files and model.safetensors that belong together, found among any files. It is opened
 * the same way whether it was dropped, zipped or came with the page. What the tensors mean is the engine's business, and whether the
 * tokenizer is one that can be used is the tokenizer's.
 */
import { readSafetensors, type SafetensorsFile } from '../formats/safetensors.ts';
import { Problem } from '../lib/problem.ts';
import { gatherFiles, type FolderFile } from './folder-files.ts';
import { adapterAlone, missingTokenizer, missingWeights, twoModels } from './folder-problems.ts';

export interface ModelFolder {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** `tokenizerJson` is null where older files (vocab.txt, spm.model, ...) stand for it; they are among `otherFiles`. */
  readonly tokenizer: { readonly tokenizerJson: string | null; readonly tokenizerConfigJson: string | null };
  /** Over the bytes as they came, which stay in memory: a training can start from them any number of times. */
  readonly weights: SafetensorsFile;
  /** Bytes of the weights as they came. */
  readonly bytes: number;
  /** Further files of the tokenizer, which also go with the model when it is exported. Not used here. */
  readonly otherFiles: readonly { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[];
}

const CONFIG = 'config.json';
const TOKENIZER = 'tokenizer.json';
const TOKENIZER_CONFIG = 'tokenizer_config.json';
const WEIGHTS = 'model.safetensors';
/** Each is a vocabulary that a tokenizer can be made of. */
const VOCABULARIES = ['vocab.txt', 'vocab.json', 'spm.model', 'sentencepiece.bpe.model'];
const TOKENIZER_EXTRAS = ['special_tokens_map.json', 'added_tokens.json', 'merges.txt', ...VOCABULARIES];

/** Far above what real models have; a file beyond is not what its name says. */
const MAX_BYTES: Readonly<Record<string, number>> = {
  [CONFIG]: 4 * 2 ** 20,
  [TOKENIZER_CONFIG]: 16 * 2 ** 20,
  [TOKENIZER]: 128 * 2 ** 20,
  // An ArrayBuffer cannot be larger in every browser.
  [WEIGHTS]: 2 ** 31 - 1,
};
const MAX_EXTRA_BYTES = 32 * 2 ** 20;

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function depthOf(path: string): number {
  return path.split('/').length;
}

/** The folder with a config.json that is nearest the top: models often carry others further down (pooling, ONNX). */
function findFolder(files: readonly FolderFile[], where: string): string {
  const configs = files.filter(({ path }) => path === CONFIG || path.endsWith(`/${CONFIG}`));
  const top = Math.min(...configs.map(({ path }) => depthOf(path)));
  const [first, second] = configs.filter(({ path }) => depthOf(path) === top);
  if (first && second) throw twoModels(where, [first.path, second.path]);
  if (first) return directoryOf(first.path);
  if (files.some(({ path }) => /(^|\/)adapter_config\.json$/.test(path))) throw adapterAlone(where);
  throw new Problem({
    where: `${where}, ${CONFIG}`,
    expected: `a model folder with ${CONFIG}, ${TOKENIZER} and ${WEIGHTS}`,
    found: `no ${CONFIG} among ${listNames(files)}`,
    fix: 'Choose all files of the model together, its whole folder, or a zip of it.',
  });
}

function listNames(files: readonly FolderFile[]): string {
  const names = files.slice(0, 6).map(({ path }) => path.slice(-60));
  if (files.length > names.length) names.push(`${files.length - names.length} more`);
  return names.length === 0 ? 'no files' : names.join(', ');
}

async function readText(file: FolderFile, where: string): Promise<string> {
  const limit = MAX_BYTES[file.path.slice(directoryOf(file.path).length)] ?? MAX_EXTRA_BYTES;
  if (file.size > limit) throw tooLarge(where, file.size, limit);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.read());
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem({
      where,
      expected: 'text in UTF-8',
      found: 'other bytes',
      fix: 'The file is damaged or another one: download or copy it again.',
    });
  }
}

function tooLarge(where: string, size: number, limit: number): Problem {
  return new Problem({
    where,
    expected: `at most ${limit.toLocaleString('en-US')} bytes`,
    found: `${size.toLocaleString('en-US')} bytes`,
    fix: 'Choose a smaller model, or check that the file is what its name says.',
  });
}

/** Reads a file that must be one JSON object, and gives the text and what it says. */
async function readJson(file: FolderFile, where: string): Promise<{ text: string; value: Record<string, unknown> }> {
  const text = await readText(file, where);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Problem({
      where,
      expected: 'JSON',
      found: error instanceof Error ? error.message.slice(0, 120) : 'something else',
      fix: 'The file is damaged or incomplete: download or copy it again, or mend it with an editor.',
    });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return { text, value: value as Record<string, unknown> };
  const found = Array.isArray(value) ? 'a JSON list' : `the JSON ${text.slice(0, 20)}`;
  throw new Problem({ where, expected: 'a JSON object, { ... }', found, fix: 'Choose the file that belongs to the model.' });
}

/**
 * Opens the model among the files. `name` is what the folder is called where the paths do not say it. Throws `Problem` for whatever
 * is missing, twice there, damaged or too large.
 */
export async function openFolder(name: string, files: readonly FolderFile[]): Promise<ModelFolder> {
  const directory = findFolder(files, name);
  const own = directory.split('/').at(-2) ?? name;
  const find = (base: string): FolderFile | undefined => {
    const [first, second] = files.filter(({ path }) => path === directory + base);
    if (first && second) throw twoModels(own, [first.path, second.path]);
    return first;
  };
  const placeOf = (base: string): string => `${own}, ${base}`;
  const siblings = files.filter(({ path }) => directoryOf(path) === directory).map(({ path }) => path.slice(directory.length));

  const configFile = find(CONFIG);
  const tokenizerFile = find(TOKENIZER);
  const weightsFile = find(WEIGHTS);
  // What is missing is told before the files that are there are read.
  if (!configFile || !weightsFile) throw missingWeights(placeOf(WEIGHTS), siblings);
  if (!tokenizerFile && !VOCABULARIES.some((base) => find(base))) throw missingTokenizer(placeOf(TOKENIZER), siblings);

  const { value: config } = await readJson(configFile, placeOf(CONFIG));
  const tokenizerJson = tokenizerFile ? (await readJson(tokenizerFile, placeOf(TOKENIZER))).text : null;
  const tokenizerConfigFile = find(TOKENIZER_CONFIG);
  const tokenizerConfig = tokenizerConfigFile ? await readJson(tokenizerConfigFile, placeOf(TOKENIZER_CONFIG)) : null;

  const limit = MAX_BYTES[WEIGHTS] ?? 0;
  if (weightsFile.size > limit) throw tooLarge(placeOf(WEIGHTS), weightsFile.size, limit);
  const weights = readSafetensors(await weightsFile.read(), placeOf(WEIGHTS));

  const otherFiles = [];
  for (const base of TOKENIZER_EXTRAS) {
    const file = find(base);
    if (file && file.size <= MAX_EXTRA_BYTES) otherFiles.push({ name: base, bytes: await file.read() });
  }
  const tokenizer = { tokenizerJson, tokenizerConfigJson: tokenizerConfig?.text ?? null };
  return { name: own, config, tokenizer, weights, bytes: weightsFile.size, otherFiles };
}

/** Opens what a person chose or dropped: a zip, a folder, or the loose files of one. Throws `Problem`. */
export async function openModelFolder(chosen: readonly File[]): Promise<ModelFolder> {
  const { zipName, files } = await gatherFiles(chosen);
  return openFolder(zipName?.replace(/\.zip$/i, '') ?? 'Model folder', files);
}
