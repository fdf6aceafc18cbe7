/**
 * The special tokens of a folder without tokenizer.json: their names from tokenizer_config.json and special_tokens_map.json, where they
 * differ from the family's, and the tokens that added_tokens.json and `added_tokens_decoder` add to the vocabulary.
 */
import { isObject, type JsonObject } from './json.ts';

export const SPECIAL_KEYS = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'] as const;
export type SpecialKey = (typeof SPECIAL_KEYS)[number];
export type SpecialNames = Readonly<Partial<Record<SpecialKey, string>>>;

/** An entry of a tokenizer.json's `added_tokens`. */
export interface AddedTokenJson {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;
}

/** The JSON files beside the vocabulary; those that are not there are empty objects. */
export interface TokenizerSettings {
  readonly config: JsonObject;
  readonly specialTokensMap: JsonObject;
  readonly addedTokens: JsonObject;
}

/** A name, or an object that has it. */
function contentOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return isObject(value) && typeof value['content'] === 'string' ? value['content'] : null;
}

/** What a special token is called here, its options (lstrip, ...) too where the files give them. */
export function specialNames(defaults: SpecialNames, { config, specialTokensMap }: TokenizerSettings): SpecialNames {
  const names: Partial<Record<SpecialKey, string>> = { ...defaults };
  for (const key of SPECIAL_KEYS) {
    const name = contentOf(specialTokensMap[key]) ?? contentOf(config[key]);
    if (name !== null) names[key] = name;
  }
  return names;
}

/** The options of the special token `content` in the files, none where it is a plain name. */
function optionsOf(content: string, { config, specialTokensMap }: TokenizerSettings): JsonObject {
  for (const settings of [specialTokensMap, config]) {
    for (const key of SPECIAL_KEYS) {
      const value = settings[key];
      if (isObject(value) && value['content'] === content) return value;
    }
  }
  return {};
}

function addedToken(id: number, content: string, options: JsonObject, special: boolean): AddedTokenJson {
  const { single_word, lstrip, rstrip, normalized } = options;
  return {
    id,
    content,
    single_word: single_word === true,
    lstrip: lstrip === true,
    rstrip: rstrip === true,
    normalized: typeof normalized === 'boolean' ? normalized : !special,
    special,
  };
}

/**
 * `added_tokens` in the order of their ids: what the files add, and the special tokens; those that the vocabulary has not come behind it, as
 * in Python. `size`: ids below it are the vocabulary's.
 */
export function collectAddedTokens(
  idOf: (token: string) => number | undefined,
  size: number,
  names: SpecialNames,
  settings: TokenizerSettings,
): readonly AddedTokenJson[] {
  const found = new Map<string, AddedTokenJson>();
  const specials = new Set(Object.values(names));
  const decoder = settings.config['added_tokens_decoder'];
  for (const [id, token] of Object.entries(isObject(decoder) ? decoder : {})) {
    const content = contentOf(token);
    if (content === null || !isObject(token) || !Number.isInteger(Number(id))) continue;
    found.set(content, addedToken(Number(id), content, token, token['special'] === true || specials.has(content)));
  }
  for (const [content, id] of Object.entries(settings.addedTokens)) {
    if (typeof id !== 'number' || found.has(content)) continue;
    found.set(content, addedToken(id, content, optionsOf(content, settings), specials.has(content)));
  }
  let next = Math.max(size, ...[...found.values()].map(({ id }) => id + 1));
  for (const content of specials) {
    if (found.has(content)) continue;
    found.set(content, addedToken(idOf(content) ?? next++, content, optionsOf(content, settings), true));
  }
  return [...found.values()].sort((a, b) => a.id - b.id);
}
