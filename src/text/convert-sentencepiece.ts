/**
 * tokenizer.json from the sentencepiece models of XLM-RoBERTa (sentencepiece.bpe.model, as transformers 5's XLMRobertaTokenizer makes it)
 * and of DeBERTa-v2 and v3 (spm.model, as transformers' DebertaV2Converter makes it: with the model's own character map. transformers 5
 * itself puts NFC in its place, which is not what these models were trained with).
 */
import type { JsonObject } from './json.ts';
import { bertTemplate, requireToken } from './convert-vocabulary.ts';
import { PIECE_TYPE, readSentencePieceModel, type SentencePieceModel } from './sentencepiece-model.ts';
import { flagOf, type SlowFiles } from './slow-files.ts';
import { collectAddedTokens, specialNames, type AddedTokenJson, type SpecialNames } from './special-tokens.ts';

const XLM_NAMES = {
  bos_token: '<s>',
  eos_token: '</s>',
  sep_token: '</s>',
  cls_token: '<s>',
  unk_token: '<unk>',
  pad_token: '<pad>',
  mask_token: '<mask>',
} as const satisfies SpecialNames;
const DEBERTA_NAMES = {
  bos_token: '[CLS]',
  eos_token: '[SEP]',
  unk_token: '[UNK]',
  sep_token: '[SEP]',
  pad_token: '[PAD]',
  cls_token: '[CLS]',
  mask_token: '[MASK]',
} as const satisfies SpecialNames;

type Vocabulary = readonly (readonly [string, number])[];

function base64(bytes: Uint8Array): string {
  let characters = '';
  for (const byte of bytes) characters += String.fromCharCode(byte);
  return btoa(characters);
}

function idsOf(vocab: Vocabulary): (token: string) => number | undefined {
  const ids = new Map(vocab.map(([piece], id) => [piece, id]));
  return (token) => ids.get(token);
}

/** The model's control pieces (special) and its user-defined ones are found before a text is split, as the special tokens are. */
function addedTokens(
  { pieces }: SentencePieceModel,
  vocab: Vocabulary,
  names: SpecialNames,
  files: SlowFiles,
): readonly AddedTokenJson[] {
  const idOf = idsOf(vocab);
  const listed = collectAddedTokens(idOf, vocab.length, names, files.settings);
  const known = new Set(listed.map(({ content }) => content));
  const own = pieces.flatMap(({ piece, type }) => {
    const id = idOf(piece);
    const added = type === PIECE_TYPE.control || type === PIECE_TYPE.userDefined;
    if (!added || id === undefined || known.has(piece)) return [];
    const special = type === PIECE_TYPE.control;
    return [{ id, content: piece, single_word: false, lstrip: false, rstrip: false, normalized: false, special }];
  });
  return [...listed, ...own].sort((a, b) => a.id - b.id);
}

/** What both have: the parts around their normalizers and templates. */
function unigramJson(vocab: Vocabulary, unk_id: number, metaspace: JsonObject, parts: JsonObject): JsonObject {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    decoder: metaspace,
    model: { type: 'Unigram', unk_id, vocab, byte_fallback: false },
    ...parts,
  };
}

function metaspaceOf(prepend_scheme: string): JsonObject {
  return { type: 'Metaspace', replacement: '▁', prepend_scheme, split: true };
}

/** The ids are fairseq's: <s>, <pad>, </s>, <unk>, then the model's pieces without its first three, and <mask> at the end. */
export function convertXlmRoberta(files: SlowFiles): JsonObject {
  const where = 'sentencepiece.bpe.model';
  const model = readSentencePieceModel(where, files.bytes(where));
  const names = specialNames(XLM_NAMES, files.settings);
  const special = (name: string): readonly [string, number] => [name, 0];
  const vocab: Vocabulary = [
    special(names.bos_token ?? '<s>'),
    special(names.pad_token ?? '<pad>'),
    special(names.eos_token ?? '</s>'),
    special(names.unk_token ?? '<unk>'),
    ...model.pieces.slice(3).map(({ piece, score }) => [piece, score] as const),
    special(names.mask_token ?? '<mask>'),
  ];
  const idOf = idsOf(vocab);
  const [bos, bosId] = requireToken(where, names, 'bos_token', idOf);
  const [eos, eosId] = requireToken(where, names, 'eos_token', idOf);
  const item = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const text = (id: string) => ({ Sequence: { id, type_id: 0 } });
  const metaspace = metaspaceOf(flagOf(files.settings, 'add_prefix_space', true) ? 'always' : 'never');
  return unigramJson(vocab, 3, metaspace, {
    added_tokens: addedTokens(model, vocab, names, files),
    normalizer: model.charsmap.length === 0 ? null : { type: 'Precompiled', precompiled_charsmap: base64(model.charsmap) },
    pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, metaspace] },
    post_processor: {
      type: 'TemplateProcessing',
      single: [item(bos), text('A'), item(eos)],
      pair: [item(bos), text('A'), item(eos), item(eos), text('B'), item(eos)],
      special_tokens: {
        [bos]: { id: bos, ids: [bosId], tokens: [bos] },
        [eos]: { id: eos, ids: [eosId], tokens: [eos] },
      },
    },
  });
}

export function convertDebertaV2(files: SlowFiles): JsonObject {
  const where = 'spm.model';
  const { settings } = files;
  const model = readSentencePieceModel(where, files.bytes(where));
  const names = specialNames(DEBERTA_NAMES, settings);
  const vocab: Vocabulary = model.pieces.map(({ piece, score }) => [piece, score] as const);
  const idOf = idsOf(vocab);
  const metaspace = metaspaceOf(flagOf(settings, 'add_prefix_space', true) ? 'always' : 'first');
  const punctuation = flagOf(settings, 'split_by_punct', false) ? [{ type: 'Punctuation', behavior: 'Isolated' }] : [];
  return unigramJson(vocab, model.unknownId, metaspace, {
    added_tokens: addedTokens(model, vocab, names, files),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        ...(flagOf(settings, 'do_lower_case', false) ? [{ type: 'Lowercase' }] : []),
        { type: 'Strip', strip_left: true, strip_right: true },
        ...(model.charsmap.length === 0 ? [] : [{ type: 'Precompiled', precompiled_charsmap: base64(model.charsmap) }]),
        { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' },
      ],
    },
    pre_tokenizer: { type: 'Sequence', pretokenizers: [...punctuation, metaspace] },
    post_processor: bertTemplate(requireToken(where, names, 'cls_token', idOf), requireToken(where, names, 'sep_token', idOf)),
  });
}
