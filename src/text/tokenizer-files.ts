/**
 * From the text of `tokenizer.json` and `tokenizer_config.json` to the library's tokenizer. Bad files end here, as a `Problem`:
 * not JSON, no model, a part of a kind that the library does not know.
 */
import { Tokenizer } from '@huggingface/tokenizers';
import { Problem } from '../lib/problem.ts';
import { RustBertNormalizer } from './bert-normalizer.ts';
import type { TokenizerFiles } from './types.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface LoadedTokenizer {
  readonly library: Tokenizer;
  readonly json: JsonObject;
  readonly config: JsonObject;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const FIX =
  'Take the tokenizer.json that came with the model; `AutoTokenizer.from_pretrained(...).save_pretrained(...)` writes it again.';

function parseObject(where: string, text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const found =
      text.trim() === ''
        ? 'an empty file'
        : `a file that is not JSON (${error instanceof Error ? error.message : String(error)})`;
    throw new Problem({ where, expected: 'a JSON object', found, fix: FIX });
  }
  if (!isObject(value))
    throw new Problem({
      where,
      expected: 'a JSON object',
      found: `JSON of another kind (${text.slice(0, 40).trim()})`,
      fix: FIX,
    });
  return value;
}

function checkModel(json: JsonObject): void {
  const where = 'tokenizer.json, model';
  const { model } = json;
  const expected = 'a vocabulary and its type (WordPiece, BPE or Unigram)';
  if (!isObject(model))
    throw new Problem({ where, expected, found: model === undefined ? 'no model' : 'something else', fix: FIX });
  const { vocab, type } = model;
  const size = Array.isArray(vocab) ? vocab.length : isObject(vocab) ? Object.keys(vocab).length : 0;
  if (size === 0) throw new Problem({ where, expected, found: 'no vocabulary', fix: FIX });
  if (type !== 'WordPiece' || !isObject(vocab)) return;
  const { unk_token } = model;
  if (typeof unk_token !== 'string' || typeof vocab[unk_token] !== 'number') {
    const found = `${JSON.stringify(unk_token)}, which is not in the vocabulary`;
    throw new Problem({ where: `${where}.unk_token`, expected: 'a token of the vocabulary, for unknown words', found, fix: FIX });
  }
}

/** Throws `Problem` when the files do not make a tokenizer. */
export function loadTokenizer(files: TokenizerFiles): LoadedTokenizer {
  const config = files.tokenizerConfigJson === null ? {} : parseObject('tokenizer_config.json', files.tokenizerConfigJson);
  const parts = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, added_tokens: [] };
  const json = { ...parts, ...parseObject('tokenizer.json', files.tokenizerJson) };
  checkModel(json);
  try {
    const library = new Tokenizer(json, config);
    const { normalizer }: JsonObject = json;
    if (library.normalizer && isObject(normalizer) && normalizer['type'] === 'BertNormalizer') {
      library.normalizer = new RustBertNormalizer(library.normalizer.config);
    }
    return { library, json, config };
  } catch (error) {
    throw new Problem({
      where: 'tokenizer.json',
      expected: 'a tokenizer of a kind that Tabtune knows',
      found: error instanceof Error ? error.message : String(error),
      fix: FIX,
    });
  }
}
