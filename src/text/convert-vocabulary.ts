/**
 * tokenizer.json from the vocabularies of BERT, DistilBERT and ELECTRA (vocab.txt, WordPiece) and of RoBERTa (vocab.json and merges.txt,
 * byte-level BPE), part by part as transformers 5 makes it (BertTokenizer, RobertaTokenizer).
 */
import { Problem } from '../lib/problem.ts';
import type { JsonObject } from './json.ts';
import { flagOf, type SlowFiles } from './slow-files.ts';
import { collectAddedTokens, specialNames, type SpecialKey, type SpecialNames } from './special-tokens.ts';
import { parseObject } from './tokenizer-files.ts';

const BERT_NAMES = {
  unk_token: '[UNK]',
  sep_token: '[SEP]',
  pad_token: '[PAD]',
  cls_token: '[CLS]',
  mask_token: '[MASK]',
} as const satisfies SpecialNames;
const ROBERTA_NAMES = {
  bos_token: '<s>',
  eos_token: '</s>',
  sep_token: '</s>',
  cls_token: '<s>',
  unk_token: '<unk>',
  pad_token: '<pad>',
  mask_token: '<mask>',
} as const satisfies SpecialNames;

const FIX = 'Take the file that came with the model; the names of special tokens are in tokenizer_config.json.';

/** [CLS] A [SEP] and [CLS] A [SEP] B [SEP], the second text with token type 1. */
export function bertTemplate(cls: readonly [string, number], sep: readonly [string, number]): JsonObject {
  const special = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } });
  const text = (id: string, type_id: number) => ({ Sequence: { id, type_id } });
  const single = [special(cls[0], 0), text('A', 0), special(sep[0], 0)];
  return {
    type: 'TemplateProcessing',
    single,
    pair: [...single, text('B', 1), special(sep[0], 1)],
    special_tokens: Object.fromEntries([cls, sep].map(([id, number]) => [id, { id, ids: [number], tokens: [id] }])),
  };
}

/** The special token's name and id. Throws `Problem` when the vocabulary has it not. */
export function requireToken(
  where: string,
  names: SpecialNames,
  key: SpecialKey,
  idOf: (token: string) => number | undefined,
): readonly [string, number] {
  const name = names[key] ?? '';
  const id = idOf(name);
  if (id !== undefined) return [name, id];
  throw new Problem({ where, expected: `the ${key} ${name} in the vocabulary`, found: 'a vocabulary without it', fix: FIX });
}

/** vocab.txt: a piece a line, its id is the line's number from 0. */
export function convertWordPiece(files: SlowFiles): JsonObject {
  const where = 'vocab.txt';
  const { settings } = files;
  const lines = files.text(where).split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const vocab = new Map(lines.map((line, id) => [line, id]));
  const idOf = (token: string): number | undefined => vocab.get(token);
  const names = specialNames(BERT_NAMES, settings);
  const [unk_token] = requireToken(where, names, 'unk_token', idOf);
  const cls = requireToken(where, names, 'cls_token', idOf);
  const sep = requireToken(where, names, 'sep_token', idOf);
  const { strip_accents } = settings.config;
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: collectAddedTokens(idOf, lines.length, names, settings),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: flagOf(settings, 'tokenize_chinese_chars', true),
      strip_accents: typeof strip_accents === 'boolean' ? strip_accents : null,
      lowercase: flagOf(settings, 'do_lower_case', true),
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: bertTemplate(cls, sep),
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocab),
    },
  };
}

/** merges.txt: two tokens a line, the likeliest first; a first line "#version" is none of them. */
function readMerges(text: string, idOf: (token: string) => number | undefined): (readonly [string, string])[] {
  const merges: (readonly [string, string])[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    if (line === '' || line.startsWith('#version')) return;
    const fail = (expected: string, found: string): never => {
      throw new Problem({ where: `merges.txt, line ${i + 1}`, expected, found, fix: FIX });
    };
    const [left, right, ...more] = line.split(' ');
    if (!left || !right || more.length > 0)
      return fail('two tokens with a space between them', JSON.stringify(line.slice(0, 60)));
    for (const token of [left, right, left + right]) {
      if (idOf(token) === undefined) fail('tokens of vocab.json', `${JSON.stringify(token)}, which is not in it`);
    }
    merges.push([left, right]);
  });
  return merges;
}

export function convertByteLevel(files: SlowFiles): JsonObject {
  const where = 'vocab.json';
  const { settings } = files;
  const vocab = parseObject(where, files.text(where));
  const idOf = (token: string): number | undefined => {
    const id = Object.hasOwn(vocab, token) ? vocab[token] : undefined;
    return typeof id === 'number' ? id : undefined;
  };
  const names = specialNames(ROBERTA_NAMES, settings);
  const add_prefix_space = flagOf(settings, 'add_prefix_space', false);
  const byteLevel = { type: 'ByteLevel', trim_offsets: true, use_regex: true };
  const size = Object.values(vocab).reduce<number>((most, id) => Math.max(most, typeof id === 'number' ? id + 1 : 0), 0);
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: collectAddedTokens(idOf, size, names, settings),
    normalizer: null,
    pre_tokenizer: { ...byteLevel, add_prefix_space },
    post_processor: {
      type: 'RobertaProcessing',
      sep: requireToken(where, names, 'sep_token', idOf),
      cls: requireToken(where, names, 'cls_token', idOf),
      trim_offsets: true,
      add_prefix_space,
    },
    decoder: { ...byteLevel, add_prefix_space: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges: readMerges(files.text('merges.txt'), idOf),
    },
  };
}
