/** A repository's listing: which commit it is, which of its files a model needs, with their sizes and hashes. */
import { Problem } from '../lib/problem.ts';
import { missingTokenizer, missingWeights } from './folder-problems.ts';
import type { HubId } from './hub-id.ts';
import { requestJson, type HubConnection } from './hub-connection.ts';

/** How a file's bytes are known to be the right ones. */
export type Checksum =
  /** Large files: the LFS object's name, which the hub also sends as X-Linked-Etag (behind a redirect no page may read that header). */
  | { readonly kind: 'sha256'; readonly hex: string }
  /** Small files: git's name of the blob, the SHA-1 of "blob SIZE\0" and the bytes. */
  | { readonly kind: 'git'; readonly hex: string };

export interface HubFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly checksum: Checksum | null;
}

export interface HubListing {
  readonly id: string;
  /** As asked for: a branch, tag or commit. */
  readonly revision: string;
  readonly commit: string;
  /** Those that a model needs, small ones first. */
  readonly files: readonly HubFile[];
}

const CONFIG = 'config.json';
const TOKENIZER_FILES = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.txt',
  'vocab.json',
  'merges.txt',
  'spm.model',
  'sentencepiece.bpe.model',
];
/** From one of these a tokenizer can be made. */
const TOKENIZERS = ['tokenizer.json', 'vocab.txt', 'vocab.json', 'spm.model', 'sentencepiece.bpe.model'];

/** In the order in which they are preferred, as `transformers` does. */
const WEIGHTS: readonly { readonly one: string; readonly index: string; readonly shard: RegExp }[] = [
  { one: 'model.safetensors', index: 'model.safetensors.index.json', shard: /^model-\d+-of-\d+\.safetensors$/ },
  { one: 'pytorch_model.bin', index: 'pytorch_model.bin.index.json', shard: /^pytorch_model-\d+-of-\d+\.bin$/ },
];

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isHex(value: unknown, digits: number): value is string {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value);
}

function readSibling(sibling: unknown): HubFile | null {
  if (!isRecord(sibling)) return null;
  const { rfilename: name, size, blobId, lfs } = sibling;
  if (typeof name !== 'string') return null;
  if (isRecord(lfs) && isSize(lfs['size'])) {
    const { size: bytes, sha256: hex } = lfs;
    return isSize(bytes) ? { name, size: bytes, checksum: isHex(hex, 64) ? { kind: 'sha256', hex } : null } : null;
  }
  return isSize(size) ? { name, size, checksum: isHex(blobId, 40) ? { kind: 'git', hex: blobId } : null } : null;
}

function pickWeights(files: ReadonlyMap<string, HubFile>): readonly HubFile[] | null {
  for (const { one, index, shard } of WEIGHTS) {
    const single = files.get(one);
    if (single) return [single];
    const indexFile = files.get(index);
    if (indexFile) return [indexFile, ...[...files.values()].filter(({ name }) => shard.test(name))];
  }
  return null;
}

/** Which files of a repository make a model. Throws `Problem` saying what is missing, before anything is downloaded. */
export function pickFiles(all: readonly HubFile[], id: string): readonly HubFile[] {
  const files = new Map(all.map((file) => [file.name, file]));
  const names = all.map(({ name }) => name).filter((name) => !name.includes('/') && !name.startsWith('.'));
  const config = files.get(CONFIG);
  const weights = pickWeights(files);
  if (!config || !weights) {
    if (weights) throw noConfig(id, names);
    throw missingWeights(id, names);
  }
  if (!TOKENIZERS.some((name) => files.has(name))) throw missingTokenizer(id, names);
  const tokenizer = TOKENIZER_FILES.flatMap((name) => files.get(name) ?? []);
  return [config, ...tokenizer, ...weights];
}

function noConfig(id: string, names: readonly string[]): Problem {
  return new Problem({
    where: id,
    expected: 'a config.json, which says what kind of model it is',
    found: `only ${names.slice(0, 6).join(', ')}`,
    fix: 'Choose a repository of the transformers library: its page at huggingface.co says "Transformers" under the name.',
  });
}

/** Asks the hub. Throws `Problem`: no such model, no right to it, no connection, no files of a model. */
export async function listModel(connection: HubConnection, { id, revision }: HubId): Promise<HubListing> {
  const wanted = revision ?? 'main';
  const path = `/api/models/${id}/revision/${encodeURIComponent(wanted)}?blobs=true`;
  const json = await requestJson(connection, path, { where: id, id, revision: wanted });
  const { sha, siblings } = isRecord(json) ? json : {};
  if (typeof sha !== 'string' || !/^\w{7,64}$/.test(sha) || !Array.isArray(siblings)) {
    throw new Problem({
      where: id,
      expected: "the hub's list of its files",
      found: 'another answer',
      fix: 'The hub may have changed: look for a newer version of this page, or choose a downloaded folder of the model.',
    });
  }
  const files = siblings.flatMap((sibling: unknown) => readSibling(sibling) ?? []);
  return { id, revision: wanted, commit: sha, files: pickFiles(files, id) };
}
