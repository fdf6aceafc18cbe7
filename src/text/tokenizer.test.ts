import { existsSync, readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../lib/problem.ts';
import { encodeRows } from './encode-rows.ts';
import { createTokenizer } from './tokenizer.ts';
import { loadTokenizer } from './tokenizer-files.ts';
import type { TokenizerFiles, TokenRows } from './types.ts';

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

const files: TokenizerFiles = {
  tokenizerJson: read('public/models/starter/tokenizer.json'),
  tokenizerConfigJson: read('public/models/starter/tokenizer_config.json'),
};
const starter = createTokenizer(files);
const stock = new Tokenizer(JSON.parse(files.tokenizerJson) as object, JSON.parse(files.tokenizerConfigJson ?? '{}') as object);
const [CLS, SEP] = [2, 3];
const LONG = 1_000_000;

interface Fixture {
  readonly max_length: number;
  readonly rows: readonly (readonly [string, readonly number[], readonly number[] | null])[];
}
const fixture = JSON.parse(read('reference/fixtures/tokenizer/starter.json')) as Fixture;

function rowsOf({ ids, offsets }: TokenRows): number[][] {
  return Array.from({ length: offsets.length - 1 }, (_, i) => Array.from(ids.subarray(offsets[i], offsets[i + 1])));
}
function encodeOne(text: string, maxLength: number): number[] {
  return rowsOf(starter.encode([text], maxLength))[0] ?? [];
}
function cut(ids: readonly number[], maxLength: number): number[] {
  return ids.length <= maxLength ? [...ids] : [...ids.slice(0, maxLength - 1), SEP];
}
function sampleTexts(): string[] {
  return ['amazon', 'imdb', 'yelp'].flatMap((name) =>
    (JSON.parse(read(`node_modules/sentiment/test/fixtures/${name}.json`)) as { text: string }[]).map(({ text }) => text),
  );
}

describe('the starter tokenizer', () => {
  it('gives the ids of Python tokenizers on 1,000 odd lines, whole and cut', () => {
    expect(fixture.rows).toHaveLength(1000);
    const texts = fixture.rows.map(([text]) => text);
    expect(rowsOf(starter.encode(texts, 4096))).toEqual(fixture.rows.map(([, ids]) => ids));
    const short = fixture.rows.map(([, ids, shortened]) => shortened ?? ids);
    expect(rowsOf(starter.encode(texts, fixture.max_length))).toEqual(short);
  });

  it('gives the ids of the library on every row of the sample', () => {
    const texts = sampleTexts();
    expect(texts.length).toBeGreaterThan(3000);
    expect(rowsOf(starter.encode(texts, 4096))).toEqual(texts.map((text) => stock.encode(text).ids));
  });

  it('gives the same ids word by word as for the whole text', () => {
    const { pipeline } = loadTokenizer(files);
    const word = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constant('[SEP]'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), fc.constantFrom(' ', '\n', '\t ', '\u00a0'), (words, space) => {
        const text = words.join(space);
        const ids: number[] = [];
        pipeline.encode(text, ids);
        expect(encodeOne(text, 4096)).toEqual([CLS, ...ids, SEP]);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('truncation', () => {
  it('keeps [CLS] and [SEP] and never gives more than max_length', () => {
    const text = 'a dull waste of time, and then [SEP] some more of it';
    const whole = encodeOne(text, 512);
    expect(whole[0]).toBe(CLS);
    expect(whole.at(-1)).toBe(SEP);
    for (let maxLength = 3; maxLength < whole.length + 2; maxLength++) {
      const ids = encodeOne(text, maxLength);
      expect(ids).toEqual(cut(whole, maxLength));
    }
  });

  it('refuses a max_length without room for a text', () => {
    for (const maxLength of [2, 0, -1, 3.5, Number.NaN]) expect(() => starter.encode(['text'], maxLength)).toThrow(Problem);
  });

  it('counts the rows it cut', async () => {
    const texts = ['one', 'one two three four', 'one two', ''];
    const calls: [number, number][] = [];
    const rows = await encodeRows(starter, texts, 4, (done, total) => calls.push([done, total]));
    expect(rows.truncatedRows).toBe(1);
    expect(Array.from(rows.offsets)).toEqual([0, 3, 7, 11, 13]);
    expect(rows.ids.length).toBe(13);
    expect(calls.at(-1)).toEqual([4, 4]);
  });

  it('reads only as much of a long text as it needs, with the same ids', () => {
    const texts = [
      'a b '.repeat(LONG / 4),
      '中文'.repeat(LONG / 2),
      '!?'.repeat(LONG / 2),
      'ab-'.repeat(LONG / 3),
      `${'x'.repeat(150)}.`.repeat(900),
    ];
    const time = (run: () => void): number => {
      const started = performance.now();
      run();
      return performance.now() - started;
    };
    let [ours, library] = [0, 0];
    for (const text of texts) {
      ours += time(() => expect(encodeOne(text, 128)).toHaveLength(128));
      // 40,000 characters are more than enough for 128 ids, and a twenty-fifth of the text.
      library += time(() => expect(encodeOne(text, 128)).toEqual(cut(stock.encode(text.slice(0, 40_000)).ids, 128)));
    }
    expect(ours).toBeLessThan(library);
    expect(encodeOne('a'.repeat(LONG), 128)).toEqual([CLS, 1, SEP]);
  });

  it('lets other work in between while it tokenizes', async () => {
    const texts = Array.from({ length: 30_000 }, (_, i) => `row ${i} of many with a word${i} that is new`);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await encodeRows(starter, texts, 64, () => undefined);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
  });
});

describe('other tokenizers', () => {
  const folder = new URL('../../../shared/models/all-MiniLM-L6-v2/', import.meta.url);
  it.skipIf(!existsSync(folder))('all-MiniLM-L6-v2 gives the ids of the library (needs ../shared)', () => {
    const its: TokenizerFiles = {
      tokenizerJson: readFileSync(new URL('tokenizer.json', folder), 'utf8'),
      tokenizerConfigJson: readFileSync(new URL('tokenizer_config.json', folder), 'utf8'),
    };
    const plain = new Tokenizer(JSON.parse(its.tokenizerJson) as object, JSON.parse(its.tokenizerConfigJson ?? '{}') as object);
    const texts = sampleTexts().slice(0, 500);
    expect(rowsOf(createTokenizer(its).encode(texts, 4096))).toEqual(texts.map((text) => plain.encode(text).ids));
  });

  const bytes = 'abcdefghijklmnopqrstuvwxyz.,!'.split('');
  const roberta = {
    added_tokens: ['<s>', '</s>', '<unk>'].map((content, id) => ({ id, content, special: true })),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: { type: 'RobertaProcessing', sep: ['</s>', 1], cls: ['<s>', 0], trim_offsets: true, add_prefix_space: false },
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      unk_token: '<unk>',
      vocab: Object.fromEntries(
        ['<s>', '</s>', '<unk>', ...bytes, 'Ġ', 'Ċ', 'Ġt', 'th', 'Ġth', 'he'].map((token, id) => [token, id]),
      ),
      merges: ['t h', 'Ġ t', 'Ġt h', 'h e'],
    },
  };

  it('a byte-level BPE is cut in the same way, and a prefix of a long text is enough', () => {
    const tokenizer = createTokenizer({ tokenizerJson: JSON.stringify(roberta), tokenizerConfigJson: null });
    const library = new Tokenizer(roberta, {});
    for (const text of ['', 'the', 'the other\n\n  thing, then. ', 'then the other '.repeat(200), 'the'.repeat(500)]) {
      const whole = library.encode(text).ids;
      for (const maxLength of [3, 4, 7, 16, 100, 5000]) {
        const expected = whole.length <= maxLength ? whole : [...whole.slice(0, maxLength - 1), 1];
        expect(rowsOf(tokenizer.encode([text], maxLength))[0]).toEqual(expected);
      }
    }
    expect(tokenizer.encode(['then the other '.repeat(LONG / 15)], 128).ids).toHaveLength(128);
  });
});

describe('bad tokenizer files', () => {
  const json = JSON.parse(files.tokenizerJson) as { model: Record<string, unknown> };
  const broken: [string, TokenizerFiles, RegExp][] = [
    ['no JSON', { tokenizerJson: '{"model": ', tokenizerConfigJson: null }, /not JSON/],
    ['an empty file', { tokenizerJson: '', tokenizerConfigJson: null }, /empty file/],
    ['a list', { tokenizerJson: '[1, 2]', tokenizerConfigJson: null }, /another kind/],
    ['no model', { tokenizerJson: '{"version": "1.0"}', tokenizerConfigJson: null }, /model: expected a vocabulary/],
    [
      'no vocabulary',
      { tokenizerJson: JSON.stringify({ ...json, model: { type: 'WordPiece' } }), tokenizerConfigJson: null },
      /model\.vocab: expected a vocabulary/,
    ],
    [
      'no unknown token',
      { tokenizerJson: JSON.stringify({ ...json, model: { ...json.model, unk_token: '[NONE]' } }), tokenizerConfigJson: null },
      /\[NONE\]/,
    ],
    [
      'an unknown part',
      { tokenizerJson: JSON.stringify({ ...json, pre_tokenizer: { type: 'Magic' } }), tokenizerConfigJson: null },
      /Magic/,
    ],
    ['a broken config', { ...files, tokenizerConfigJson: 'null' }, /tokenizer_config\.json/],
  ];
  it.each(broken)('%s is a problem that says where', (_, bad, words) => {
    expect(() => createTokenizer(bad)).toThrow(Problem);
    expect(() => createTokenizer(bad)).toThrow(words);
  });
});
