import { describe, expect, it } from 'vitest';
import { Problem } from '../lib/problem.ts';
import { completeTokenizer } from './complete-tokenizer.ts';
import { familyFolder, folderOf, readFamily, sentencePieceFile, starterVocabulary } from './testing/family-fixtures.ts';
import { createTokenizer } from './tokenizer.ts';
import { longestFirst } from './truncate.ts';

const roberta = readFamily('roberta');
const spm = sentencePieceFile(readFamily('deberta-v2').files['spm.model'] ?? '');
const WORDS = '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\n';

/** The model file with further fields behind it. */
function spmWith(...fields: readonly number[]): Uint8Array {
  return new Uint8Array(Buffer.concat([spm, Uint8Array.from(fields)]));
}

function tokenizerOf(modelType: string, files: Readonly<Record<string, string | Uint8Array>>, config: object | null = null) {
  return createTokenizer(completeTokenizer(folderOf(files, config), modelType));
}

describe('what the files beside a vocabulary say', () => {
  it('names of special tokens, options and added tokens', () => {
    const tokenizer = tokenizerOf('bert', {
      'vocab.txt': '<p>\n<u>\n<c>\n<s>\na\n',
      'special_tokens_map.json': JSON.stringify({
        unk_token: '<u>',
        cls_token: { content: '<c>' },
        sep_token: '<s>',
        pad_token: '<p>',
      }),
      'added_tokens.json': '{"zz top": 9}',
    });
    expect([...tokenizer.encode(['a zz top b'], 16).ids]).toEqual([2, 4, 9, 1, 3]);
  });

  it('do_lower_case: false keeps capitals', () => {
    expect([...tokenizerOf('bert', { 'vocab.txt': WORDS }).encode(['Ab'], 8).ids]).toEqual([2, 5, 6, 3]);
    expect([...tokenizerOf('bert', { 'vocab.txt': WORDS }, { do_lower_case: false }).encode(['Ab'], 8).ids]).toEqual([2, 1, 3]);
  });

  it('tokenizer_class goes before the family', () => {
    expect([
      ...tokenizerOf('roberta', { 'vocab.txt': WORDS }, { tokenizer_class: 'BertTokenizerFast' }).encode(['a'], 8).ids,
    ]).toEqual([2, 5, 3]);
  });

  it('a tokenizer.json is taken as it is', () => {
    const folder = folderOf({ 'vocab.txt': 'x' });
    const given = { ...folder, tokenizer: { tokenizerJson: '{"given": 1}', tokenizerConfigJson: '{}' } };
    expect(completeTokenizer(given, 'bert')).toEqual({ tokenizerJson: '{"given": 1}', tokenizerConfigJson: '{}' });
  });
});

describe('files that make no tokenizer are problems in words', () => {
  const merges = roberta.files['merges.txt'] ?? '';
  const vocab = roberta.files['vocab.json'] ?? '';
  const cases: [string, string, Record<string, string | Uint8Array>, object | null, RegExp][] = [
    [
      'no vocabulary of the family',
      'deberta-v2',
      { 'vocab.txt': WORDS },
      null,
      /spm\.model: expected the tokenizer.*found only vocab\.txt/,
    ],
    [
      'vocab.txt without [UNK]',
      'bert',
      { 'vocab.txt': WORDS.replace('[UNK]', 'x') },
      null,
      /vocab\.txt: expected the unk_token \[UNK\]/,
    ],
    [
      'vocab.txt without [CLS]',
      'bert',
      { 'vocab.txt': WORDS.replace('[CLS]', 'x') },
      null,
      /vocab\.txt: expected the cls_token \[CLS\]/,
    ],
    ['vocab.txt in other bytes', 'bert', { 'vocab.txt': Uint8Array.of(0xff, 0xfe) }, null, /expected text in UTF-8/],
    [
      'merges that name unknown tokens',
      'roberta',
      { 'vocab.json': vocab, 'merges.txt': `${merges}zzz yyy\n` },
      null,
      /merges\.txt, line \d+: expected tokens of vocab\.json, found "zzz"/,
    ],
    ['a merge of three', 'roberta', { 'vocab.json': vocab, 'merges.txt': 'a b c\n' }, null, /line 1: expected two tokens/],
    ['no merges', 'roberta', { 'vocab.json': vocab }, null, /merges\.txt: expected/],
    [
      'vocab.json that is no JSON',
      'roberta',
      { 'vocab.json': '{', 'merges.txt': merges },
      null,
      /vocab\.json: expected a JSON object/,
    ],
    [
      'an empty spm.model',
      'deberta-v2',
      { 'spm.model': new Uint8Array(0) },
      null,
      /spm\.model: expected a sentencepiece model, found no pieces/,
    ],
    [
      'a text for an spm.model',
      'deberta-v2',
      { 'spm.model': 'version https://git-lfs.github.com/spec/v1' },
      null,
      /spm\.model: expected a sentencepiece model/,
    ],
    ['a cut spm.model', 'deberta-v2', { 'spm.model': spm.slice(0, 20_001) }, null, /spm\.model: expected a sentencepiece model/],
    ['a sentencepiece model of kind BPE', 'deberta-v2', { 'spm.model': spmWith(18, 2, 24, 2) }, null, /found one of kind BPE/],
    ['a cut character map', 'deberta-v2', { 'spm.model': spmWith(26, 5, 18, 3, 1, 2, 3) }, null, /character map/],
    [
      'a class that is not known',
      'bert',
      { 'vocab.txt': WORDS },
      { tokenizer_class: 'BertJapaneseTokenizer' },
      /BertJapaneseTokenizer/,
    ],
    ['a flag that is none', 'bert', { 'vocab.txt': WORDS }, { do_lower_case: 'yes' }, /do_lower_case: expected true or false/],
  ];
  it.each(cases)('%s', (_, modelType, files, config, words) => {
    expect(() => tokenizerOf(modelType, files, config)).toThrow(Problem);
    expect(() => tokenizerOf(modelType, files, config)).toThrow(words);
  });

  it('a tokenizer.json of a type that is not known, or whose parts do not fit', () => {
    const json = JSON.parse(completeTokenizer(familyFolder('roberta', roberta), 'roberta').tokenizerJson) as Record<
      string,
      object
    >;
    const broken: [Record<string, unknown>, RegExp][] = [
      [
        { model: { ...json['model'], type: 'WordLevel' } },
        /model\.type: expected "WordPiece", "BPE" or "Unigram", found "WordLevel"/,
      ],
      [{ model: { ...json['model'], merges: [['Ġ', 'nothing like it']] } }, /model\.merges\[0\]/],
      [{ model: { ...json['model'], end_of_word_suffix: '</w>' } }, /end_of_word_suffix/],
      [{ post_processor: { type: 'Magic' } }, /post_processor\.type/],
      [{ pre_tokenizer: { type: 'Punctuation', behavior: 'Removed' } }, /behavior/],
      [{ normalizer: { type: 'Precompiled', precompiled_charsmap: 'ä' } }, /precompiled_charsmap/],
      [{ added_tokens: [{ content: 'x' }] }, /added_tokens\[0\]/],
    ];
    for (const [parts, words] of broken) {
      const tokenizerJson = JSON.stringify({ ...json, ...parts });
      expect(() => createTokenizer({ tokenizerJson, tokenizerConfigJson: null })).toThrow(Problem);
      expect(() => createTokenizer({ tokenizerJson, tokenizerConfigJson: null })).toThrow(words);
    }
  });
});

describe('pairs', () => {
  const bert = tokenizerOf('bert', { 'vocab.txt': starterVocabulary() });

  it('keep all special tokens, and say where type 1 begins', () => {
    const rows = bert.encode(['one two three', 'one'], 8, ['four five six', '']);
    const [cls, sep] = [rows.ids[0]!, rows.ids[7]!];
    expect([...rows.offsets]).toEqual([0, 8, 12]);
    expect([...(rows.typeOneFrom ?? [])]).toEqual([4, 3]);
    expect([rows.ids[0], rows.ids[3], rows.ids[7], rows.ids[10], rows.ids[11]]).toEqual([cls, sep, sep, sep, sep]);
    expect(bert.encode(['one'], 8).typeOneFrom).toBeUndefined();
  });

  it('read only as much of long texts as they need', () => {
    const [first, second] = ['some words '.repeat(20_000), 'other words '.repeat(25_000)];
    const started = performance.now();
    const rows = bert.encode([first], 128, [second]);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(rows.ids).toHaveLength(128);
  });

  it('need room for a piece of each', () => {
    expect(() => bert.encode(['a'], 4, ['b'])).toThrow(/at least 5/);
    expect(bert.encode(['a a'], 5, ['b b']).ids).toHaveLength(5);
  });

  it('longest_first leaves the shorter text, then halves', () => {
    expect(longestFirst(3, 4, 10)).toEqual([3, 4]);
    expect(longestFirst(3, 20, 10)).toEqual([3, 7]);
    expect(longestFirst(20, 3, 10)).toEqual([7, 3]);
    expect(longestFirst(20, 30, 11)).toEqual([5, 6]);
    expect(longestFirst(30, 20, 11)).toEqual([6, 5]);
    expect(longestFirst(20, 20, 11)).toEqual([5, 6]);
  });

  it('are refused by a tokenizer without a template for them', () => {
    const json = JSON.parse(completeTokenizer(folderOf({ 'vocab.txt': WORDS }), 'bert').tokenizerJson) as {
      post_processor: { pair: unknown };
    };
    json.post_processor.pair = [];
    const tokenizer = createTokenizer({ tokenizerJson: JSON.stringify(json), tokenizerConfigJson: null });
    expect(() => tokenizer.encode(['a'], 16, ['b'])).toThrow(/post_processor\.pair/);
    expect(tokenizer.encode(['a'], 16).ids).toHaveLength(3);
  });
});
