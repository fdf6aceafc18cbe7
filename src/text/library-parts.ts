/** The parts of a tokenizer.json that the JavaScript library computes as Python's does: made by it, alone. */
import { Tokenizer } from '@huggingface/tokenizers';

/** The library makes no part without a model; ours are our own. */
const NO_MODEL = { type: 'WordPiece', vocab: { '[UNK]': 0 }, unk_token: '[UNK]' };
const NO_PARTS = {
  model: NO_MODEL,
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
  added_tokens: [],
};

/** Throws the library's `Error` for a kind that it does not know. */
export function libraryNormalizer(config: object): (text: string) => string {
  const { normalizer } = new Tokenizer({ ...NO_PARTS, normalizer: config }, {});
  return (text) => normalizer?.normalize(text) ?? text;
}

/** Throws the library's `Error` for a kind that it does not know. */
export function libraryPreTokenizer(config: object): (text: string) => readonly string[] {
  const { pre_tokenizer } = new Tokenizer({ ...NO_PARTS, pre_tokenizer: config }, {});
  return (text) => pre_tokenizer?.pre_tokenize(text) ?? [text];
}
