/** The files that stand for a tokenizer in a folder without tokenizer.json, read and checked. */
import { Problem } from '../lib/problem.ts';
import { parseObject } from './tokenizer-files.ts';
import type { JsonObject } from './json.ts';
import type { TokenizerSettings } from './special-tokens.ts';

/** A Hugging Face folder's tokenizer, as its files are. */
export interface FolderTokenizer {
  readonly tokenizer: { readonly tokenizerJson: string | null; readonly tokenizerConfigJson: string | null };
  /** Further files by name: vocab.txt, vocab.json, merges.txt, spm.model, special_tokens_map.json, ... */
  readonly otherFiles: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

export interface SlowFiles {
  readonly settings: TokenizerSettings;
  has(name: string): boolean;
  /** Throws `Problem` when it is not there. */
  bytes(name: string): Uint8Array;
  /** Throws `Problem` when it is not there, or not UTF-8. */
  text(name: string): string;
}

export function openSlowFiles({ tokenizer: { tokenizerConfigJson }, otherFiles }: FolderTokenizer): SlowFiles {
  const find = (name: string) => otherFiles.find((file) => file.name === name)?.bytes;
  const bytes = (name: string): Uint8Array => {
    const found = find(name);
    if (found) return found;
    throw new Problem({
      where: name,
      expected: 'the tokenizer, as this family has it',
      found: otherFiles.length === 0 ? 'nothing' : `only ${otherFiles.map((file) => file.name).join(', ')}`,
      fix: 'Choose all files of the model together, its whole folder, or a zip of it.',
    });
  };
  const text = (name: string): string => {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes(name));
    } catch (error) {
      if (error instanceof Problem) throw error;
      const fix = 'The file is damaged or another one: download or copy it again.';
      throw new Problem({ where: name, expected: 'text in UTF-8', found: 'other bytes', fix });
    }
  };
  const json = (name: string): JsonObject => (find(name) ? parseObject(name, text(name)) : {});
  const config = tokenizerConfigJson === null ? {} : parseObject('tokenizer_config.json', tokenizerConfigJson);
  const settings = { config, specialTokensMap: json('special_tokens_map.json'), addedTokens: json('added_tokens.json') };
  return { settings, has: (name) => find(name) !== undefined, bytes, text };
}

/** A flag of tokenizer_config.json, `standard` where it is missing or null. Throws `Problem` for anything but true and false. */
export function flagOf({ config }: TokenizerSettings, key: string, standard: boolean): boolean {
  const value = config[key] ?? standard;
  if (typeof value === 'boolean') return value;
  throw new Problem({
    where: `tokenizer_config.json, ${key}`,
    expected: 'true or false',
    found: JSON.stringify(value).slice(0, 60),
    fix: 'Correct the value, or take the file that came with the model.',
  });
}
