/** What reference/tokenizer_families.py wrote: 1,000 lines, small tokenizers of every family as folders have them, and Python's ids. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { FolderTokenizer } from '../slow-files.ts';
import type { TokenRows } from '../types.ts';

const FOLDER = new URL('../../../reference/fixtures/tokenizer/', import.meta.url);

export interface FamilyFixture {
  /** Names to contents: text, or base64 for a sentencepiece model without its character map. */
  readonly files: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly parts?: Readonly<Record<string, unknown>>;
  readonly auto_differs?: number;
  /** Ids of every line; and per line the FNV-1a of ids, -1 and token types: alone and cut, as a pair, as a pair and cut. */
  readonly single: readonly (readonly number[])[];
  readonly cut: readonly number[];
  readonly pair: readonly number[];
  readonly pair_cut: readonly number[];
}

export interface CharsmapFixture {
  readonly charsmap: string;
  /** Every code point that the map changes, and what it becomes. */
  readonly changed: readonly (readonly [number, string])[];
  readonly texts: readonly string[];
  /** FNV-1a of the UTF-8 bytes, each as 32 bits. */
  readonly normalized: readonly number[];
}

function readPacked(name: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(new URL(`${name}.json.gz`, FOLDER))).toString('utf8'));
}

export const lines = readPacked('lines') as readonly string[];
export const charsmapFixture = readPacked('charsmap') as CharsmapFixture;

export function readFamily(name: string): FamilyFixture {
  return readPacked(name) as FamilyFixture;
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

/** A protobuf field of bytes: tag, length as a varint, content. */
function field(number: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = [number * 8 + 2];
  let { length } = content;
  for (; length > 127; length >>>= 7) head.push((length & 127) | 128);
  return concat(Uint8Array.of(...head, length), content);
}

function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

/** The model file: protobuf merges what is appended, normalizer_spec (3) with its precompiled_charsmap (2), into the message. */
export function sentencePieceFile(base64: string): Uint8Array<ArrayBuffer> {
  return concat(bytesOf(base64), field(3, field(2, bytesOf(charsmapFixture.charsmap))));
}

/** The starter's vocabulary as the older vocab.txt. */
export function starterVocabulary(): string {
  const path = new URL('../../../public/models/starter/tokenizer.json', import.meta.url);
  const { model } = JSON.parse(readFileSync(path, 'utf8')) as { model: { vocab: Record<string, number> } };
  const tokens = Object.entries(model.vocab).sort(([, a], [, b]) => a - b);
  return tokens.map(([token]) => `${token}\n`).join('');
}

/** A folder's tokenizer files without tokenizer.json. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>>, config: object | null = null): FolderTokenizer {
  const otherFiles = Object.entries(files).map(([name, content]) => ({
    name,
    bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content,
  }));
  return { tokenizer: { tokenizerJson: null, tokenizerConfigJson: config && JSON.stringify(config) }, otherFiles };
}

/** The tokenizer files of a family's fixture, whole. */
export function familyFolder(name: string, { files, config }: FamilyFixture): FolderTokenizer {
  if (name.startsWith('bert')) return folderOf({ 'vocab.txt': starterVocabulary() }, config);
  const whole = Object.entries(files).map(([path, content]) => [
    path,
    path.endsWith('.model') ? sentencePieceFile(content) : content,
  ]);
  return folderOf(Object.fromEntries(whole) as Record<string, string | Uint8Array>);
}

/** 32-bit FNV-1a of whole numbers, four bytes each, the lowest first. */
export function fnv(numbers: Iterable<number>): number {
  let value = 0x811c9dc5;
  for (const number of numbers) {
    for (let shift = 0; shift < 32; shift += 8) value = Math.imul(value ^ ((number >>> shift) & 255), 0x01000193);
  }
  return value >>> 0;
}

export function idsOfRow({ ids, offsets }: TokenRows, row: number): number[] {
  return Array.from(ids.subarray(offsets[row], offsets[row + 1]));
}

/** As the fixture hashes a row. */
export function hashOfRow(rows: TokenRows, row: number): number {
  const ids = idsOfRow(rows, row);
  const turn = rows.typeOneFrom?.[row] ?? ids.length;
  return fnv([...ids, -1, ...ids.map((_, i) => Number(i >= turn))]);
}

export function cutLength(i: number): number {
  return 6 + ((i * 7) % 31);
}

export function pairOf(i: number): number {
  return (i * 37 + 11) % lines.length;
}
