/**
 * A model small enough for a software GPU, made here and now: a word-level WordPiece vocabulary, random seeded weights in the
 * layout of a Hugging Face folder. It knows nothing before training; `toyDataset` is what it can learn in seconds.
 */
import { createRandom } from '../src/lib/random.ts';

export const GOOD_WORDS = ['loved', 'wonderful', 'great', 'delightful', 'superb', 'charming'];
export const BAD_WORDS = ['dull', 'waste', 'awful', 'boring', 'poor', 'terrible'];
const NEUTRAL_WORDS = [
  'i',
  'a',
  'the',
  'of',
  'it',
  'was',
  'every',
  'minute',
  'time',
  'film',
  'phone',
  'food',
  'and',
  'very',
  'this',
  'my',
];
const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const VOCABULARY = [...SPECIAL, ...NEUTRAL_WORDS, ...GOOD_WORDS, ...BAD_WORDS];

const HIDDEN = 32;
const FEED_FORWARD = 48;
const LAYERS = 2;
const POSITIONS = 32;

export interface FileContent {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

function json(name: string, value: unknown): FileContent {
  return { name, mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(value)) };
}

function tokenizerJson(): unknown {
  const special = (content: string) => ({
    id: VOCABULARY.indexOf(content),
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map(special),
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
        { Sequence: { id: 'B', type_id: 1 } },
        { SpecialToken: { id: '[SEP]', type_id: 1 } },
      ],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [VOCABULARY.indexOf('[CLS]')], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [VOCABULARY.indexOf('[SEP]')], tokens: ['[SEP]'] },
      },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(VOCABULARY.map((word, id) => [word, id])),
    },
  };
}

/** Shapes of a BertModel without prefix and without a classifier, as a hub checkpoint often comes. */
function weightShapes(): [string, number[]][] {
  const shapes: [string, number[]][] = [
    ['embeddings.word_embeddings.weight', [VOCABULARY.length, HIDDEN]],
    ['embeddings.position_embeddings.weight', [POSITIONS, HIDDEN]],
    ['embeddings.token_type_embeddings.weight', [2, HIDDEN]],
    ['embeddings.LayerNorm.weight', [HIDDEN]],
    ['embeddings.LayerNorm.bias', [HIDDEN]],
    ['pooler.dense.weight', [HIDDEN, HIDDEN]],
    ['pooler.dense.bias', [HIDDEN]],
  ];
  for (let layer = 0; layer < LAYERS; layer++) {
    const at = (name: string): string => `encoder.layer.${layer}.${name}`;
    for (const part of ['query', 'key', 'value']) {
      shapes.push([at(`attention.self.${part}.weight`), [HIDDEN, HIDDEN]], [at(`attention.self.${part}.bias`), [HIDDEN]]);
    }
    shapes.push(
      [at('attention.output.dense.weight'), [HIDDEN, HIDDEN]],
      [at('attention.output.dense.bias'), [HIDDEN]],
      [at('attention.output.LayerNorm.weight'), [HIDDEN]],
      [at('attention.output.LayerNorm.bias'), [HIDDEN]],
      [at('intermediate.dense.weight'), [FEED_FORWARD, HIDDEN]],
      [at('intermediate.dense.bias'), [FEED_FORWARD]],
      [at('output.dense.weight'), [HIDDEN, FEED_FORWARD]],
      [at('output.dense.bias'), [HIDDEN]],
      [at('output.LayerNorm.weight'), [HIDDEN]],
      [at('output.LayerNorm.bias'), [HIDDEN]],
    );
  }
  return shapes;
}

/** Written here by hand from the format's definition, so that the reader is tested against something else than our writer. */
function safetensors(shapes: readonly [string, readonly number[]][], seed: number): Buffer {
  const random = createRandom(seed);
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const parts: Buffer[] = [];
  let offset = 0;
  for (const [name, shape] of shapes) {
    const count = shape.reduce((product, side) => product * side, 1);
    const isScale = name.endsWith('LayerNorm.weight');
    const values = Float32Array.from({ length: count }, () => (isScale ? 1 : shape.length === 1 ? 0 : 0.15 * random.normal()));
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
    parts.push(Buffer.from(values.buffer));
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...parts]);
}

/** The files of the toy model's folder. `change` edits the list of weights, to break it. */
export function toyModelFiles(
  change: (shapes: [string, number[]][]) => [string, number[]][] = (shapes) => shapes,
): FileContent[] {
  return [
    json('config.json', {
      model_type: 'bert',
      architectures: ['BertModel'],
      vocab_size: VOCABULARY.length,
      hidden_size: HIDDEN,
      num_attention_heads: 2,
      num_hidden_layers: LAYERS,
      intermediate_size: FEED_FORWARD,
      max_position_embeddings: POSITIONS,
      type_vocab_size: 2,
      hidden_act: 'gelu',
      hidden_dropout_prob: 0.1,
      attention_probs_dropout_prob: 0.1,
      layer_norm_eps: 1e-12,
      initializer_range: 0.02,
      pad_token_id: 0,
    }),
    json('tokenizer.json', tokenizerJson()),
    json('tokenizer_config.json', { tokenizer_class: 'BertTokenizer', do_lower_case: true, model_max_length: POSITIONS }),
    { name: 'model.safetensors', mimeType: 'application/octet-stream', buffer: safetensors(change(weightShapes()), 5) },
  ];
}

/** Sentences with good words, bad words, both or neither, and a label for each kind that is in them: "good;bad", or none. */
export function toySeveralLabels(rows: number, seed = 4): FileContent {
  const random = createRandom(seed);
  const pick = (words: readonly string[]): string => words[random.below(words.length)] ?? '';
  const lines = ['text,labels'];
  for (let row = 0; row < rows; row++) {
    const words = [pick(NEUTRAL_WORDS), pick(NEUTRAL_WORDS), pick(NEUTRAL_WORDS)];
    const labels = ['good', 'bad'].filter((_, i) => ((row >> i) & 1) === 1);
    for (const label of labels) words[label === 'good' ? 0 : 2] = pick(label === 'good' ? GOOD_WORDS : BAD_WORDS);
    lines.push(`${words.join(' ')},${labels.join(';')}`);
  }
  return { name: 'several.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) };
}

/** Pairs of sentences; the label says whether the two are the same. */
export function toyPairs(rows: number): FileContent {
  const words = ['loved', 'minute', 'dull', 'waste', 'time'];
  const lines = Array.from({ length: rows }, (_, i) => {
    const word = words[i % words.length];
    const other = i % 2 ? word : words[(i + 2) % words.length];
    return `${i}\ti ${word} it\ti ${other} it\t${i % 2 ? 'same' : 'different'}`;
  });
  const table = ['id\tsentence1\tsentence2\tquality', ...lines].join('\n');
  return { name: 'pairs.tsv', mimeType: 'text/tab-separated-values', buffer: Buffer.from(table) };
}

/** Sentences that are good or bad by one word each, as a CSV. */
export function toyDataset(rows: number, seed = 3): FileContent {
  const random = createRandom(seed);
  const pick = (words: readonly string[]): string => words[random.below(words.length)] ?? '';
  const lines = ['text,label'];
  for (let row = 0; row < rows; row++) {
    const good = row % 2 === 0;
    const words = Array.from({ length: 3 + random.below(5) }, () => pick(NEUTRAL_WORDS));
    words.splice(random.below(words.length), 0, pick(good ? GOOD_WORDS : BAD_WORDS));
    lines.push(`${words.join(' ')},${good ? 'positive' : 'negative'}`);
  }
  return { name: 'toy.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) };
}
