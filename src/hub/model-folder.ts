/**
 * A Hugging Face model folder: config.json, the tokenizer's files and weights that belong together, found among any files. It is opened
 * the same way whether it was dropped, zipped or came with the page. What the tensors mean is the engine's business, and whether the
 * tokenizer is one that can be used is the tokenizer's.
 */
import type { TensorFile } from '../formats/tensor-file.ts';
import { Problem } from '../lib/problem.ts';
import { gatherFiles, type FolderFile } from './folder-files.ts';
import { adapterAlone, missingTokenizer, missingWeights, twoModels } from './folder-problems.ts';
import { readJson } from './folder-text.ts';
import { openWeights, WEIGHT_FILES, WEIGHTS } from './folder-weights.ts';

export interface ModelFolder {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** `tokenizerJson` is null where older files (vocab.txt, spm.model, ...) stand for it; they are among `otherFiles`. */
  readonly tokenizer: { readonly tokenizerJson: string | null; readonly tokenizerConfigJson: string | null };
  /** Over the files as they came: of those on the disk nothing is kept in memory. */
  readonly weights: TensorFile;
  /** Bytes of the weights as they came. */
  readonly bytes: number;
  /** Further files of the tokenizer, which also go with the model when it is exported. Not used here. */
  readonly otherFiles: readonly { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[];
}

const CONFIG = 'config.json';
const TOKENIZER = 'tokenizer.json';
const TOKENIZER_CONFIG = 'tokenizer_config.json';
/** Each is a vocabulary that a tokenizer can be made of. */
const VOCABULARIES = ['vocab.txt', 'vocab.json', 'spm.model', 'sentencepiece.bpe.model'];
const TOKENIZER_EXTRAS = ['special_tokens_map.json', 'added_tokens.json', 'merges.txt', ...VOCABULARIES];

/** Far above what real models have; a file beyond is not what its name says. */
const MAX_CONFIG_BYTES = 4 * 2 ** 20;
const MAX_TOKENIZER_CONFIG_BYTES = 16 * 2 ** 20;
const MAX_TOKENIZER_BYTES = 128 * 2 ** 20;
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
  // What is missing is told before the files that are there are read.
  if (!configFile || !WEIGHT_FILES.some(find)) throw missingWeights(placeOf(WEIGHTS), siblings);
  if (!tokenizerFile && !VOCABULARIES.some((base) => find(base))) throw missingTokenizer(placeOf(TOKENIZER), siblings);

  const { value: config } = await readJson(configFile, placeOf(CONFIG), MAX_CONFIG_BYTES);
  const tokenizerJson = tokenizerFile ? (await readJson(tokenizerFile, placeOf(TOKENIZER), MAX_TOKENIZER_BYTES)).text : null;
  const tokenizerConfigFile = find(TOKENIZER_CONFIG);
  const tokenizerConfig =
    tokenizerConfigFile && (await readJson(tokenizerConfigFile, placeOf(TOKENIZER_CONFIG), MAX_TOKENIZER_CONFIG_BYTES));
  const weights = await openWeights({ placeOf, find, names: siblings });

  const otherFiles = [];
  for (const base of TOKENIZER_EXTRAS) {
    const file = find(base);
    if (file && file.size <= MAX_EXTRA_BYTES) otherFiles.push({ name: base, bytes: await file.read() });
  }
  const tokenizer = { tokenizerJson, tokenizerConfigJson: tokenizerConfig?.text ?? null };
  return { name: own, config, tokenizer, weights: weights.file, bytes: weights.bytes, otherFiles };
}

/** Opens what a person chose or dropped: a zip, a folder, or the loose files of one. Throws `Problem`. */
export async function openModelFolder(chosen: readonly File[]): Promise<ModelFolder> {
  const { zipName, files } = await gatherFiles(chosen);
  return openFolder(zipName?.replace(/\.zip$/i, '') ?? 'Model folder', files);
}
