import { describe, expect, test } from 'vitest';
import { markdownText, yamlString } from './escape-text.ts';
import { modelCard, type ModelCardFacts } from './model-card.ts';

const FACTS = {
  base: { name: 'Starter', licence: 'apache-2.0', language: 'en', hubId: null },
  pairs: false as boolean,
  severalLabels: false as boolean,
  training: {
    rows: { train: 2399, validation: 601, test: 0 },
    dataset: {
      name: 'reviews.csv',
      textColumn: 'text',
      secondTextColumn: null as string | null,
      labelColumn: 'label',
      mends: ['Dropped 3 exact duplicates'],
      fingerprint: 'abc123',
    },
    classes: [
      { label: 'negative', train: 1200, validation: 300, test: 0 },
      { label: 'positive', train: 1199, validation: 301, test: 0 },
    ],
    truncatedRows: 12,
    settings: { num_train_epochs: 1, learning_rate: 2e-4, load_best_model_at_end: false },
    steps: 75,
    seconds: 31.4,
    compute: 'CPU · 2 threads',
    stoppedEarly: false,
    learnt: null,
    evaluation: { loss: 0.27344, accuracy: 0.8950001, macroF1: 0.8949, perClassF1: [0.89, 0.8998] },
    test: null,
  },
} satisfies ModelCardFacts;

describe('modelCard', () => {
  test('of pairs: says both columns, and how to ask with two texts', () => {
    const dataset = {
      ...FACTS.training.dataset,
      name: 'mrpc.tsv',
      textColumn: '#1 String',
      secondTextColumn: '#2 String',
      labelColumn: 'Quality',
    };
    const card = modelCard({ ...FACTS, pairs: true, training: { ...FACTS.training, dataset } });
    expect(card).toContain(`Text column: ${markdownText('#1 String')}. Second text column: ${markdownText('#2 String')}. Label`);
    expect(card).toContain('classifier({"text": "The first text", "text_pair": "The second text"})');
    expect(modelCard(FACTS)).not.toContain('text_pair');
    const untrained = { ...FACTS, pairs: true, training: null };
    expect(modelCard(untrained)).toContain('text_pair');
    expect(modelCard({ ...untrained, adapter: { classes: ['a', 'b'] } })).toContain('text_pair');
  });

  test('of several labels a row: counts rows, not labels, and says what is predicted', () => {
    const training = { ...FACTS.training, rows: { train: 1900, validation: 480, test: 0 } };
    const several = { ...FACTS, severalLabels: true, training };
    const lines = modelCard(several).split('\n');
    expect(lines).toContain('1,900 rows to train on, 480 rows to validate. 12 rows were cut at max_length.');
    expect(lines).toContain('| accuracy (all labels of a row right) | 0.8950 |');
    expect(lines.join()).toContain('Label column: label; a row may have several labels, or none.');
    expect(lines.join()).toContain('those from 0.5 on are predicted');
    expect(modelCard(FACTS)).not.toMatch(/several|0\.5/);
    expect(modelCard({ ...several, adapter: { classes: ['a', 'b'] } })).toContain('problem_type="multi_label_classification"');
  });

  test('says what it was trained on, how, and what it reached', () => {
    const card = modelCard(FACTS);
    expect(card.split('---')[1]).toBe(
      '\nlibrary_name: transformers\npipeline_tag: text-classification\nlicense: "apache-2.0"\nlanguage: "en"\ntags:\n- text-classification\n- bert\n- tabtune\nmetrics:\n- accuracy\n- f1\n',
    );
    for (const line of [
      'File: reviews.csv. Text column: text. Label column: label.',
      '2,399 rows to train on, 601 rows to validate. 12 rows were cut at max_length.',
      'Fingerprint of the data as it was used (SHA-256): `abc123`.',
      '- Dropped 3 exact duplicates',
      '| negative | 1200 | 300 |',
      '| accuracy | 0.8950 |',
      '| F1 of positive | 0.8998 |',
      '| `learning_rate` | 0.0002 |',
      'Trained by Tabtune on CPU · 2 threads.',
    ]) {
      expect(card.split('\n')).toContain(line);
    }
    expect(card).toContain('75 steps in 31 s.');
    expect(card).toContain('pipeline("text-classification", model="path/to/that/folder", top_k=None)');
  });

  test('has a column for the test rows where there are some', () => {
    const { training } = FACTS;
    const tested = { ...training.evaluation, accuracy: 0.75 };
    const classes = training.classes.map((one) => ({ ...one, test: 50 }));
    const rows = { ...training.rows, test: 100 };
    const lines = modelCard({ ...FACTS, training: { ...training, rows, classes, test: tested } }).split('\n');
    expect(lines).toContain('| negative | 1200 | 300 | 50 |');
    expect(lines).toContain('| accuracy | 0.8950 | 0.7500 |');
    expect(lines.join()).toContain('601 rows to validate, 100 rows to test.');
  });

  test('leaves out what is not known', () => {
    const base = { name: 'my-bert', licence: null, language: null, hubId: null };
    const card = modelCard({ ...FACTS, base, training: null });
    expect(card).not.toMatch(/license|language:|base_model|metrics|accuracy/);
    expect(card).toContain('exported again without training');
    expect(modelCard({ ...FACTS, base, training: { ...FACTS.training, evaluation: null } })).toContain(
      'The model was not evaluated.',
    );
  });

  test('labels and names of any kind stay inside their line and cell', () => {
    const evil = [
      'a: b # "x"',
      '<script>alert(1)</script>',
      'x | y\n---\n# Title',
      '![i](http://e.example/p.png)',
      '`code`',
      'www.e.example',
    ];
    const classes = evil.map((label) => ({ label, train: 1, validation: 1, test: 0 }));
    const dataset = {
      name: '---\nlicense: mit\n<img src=x>',
      textColumn: '*t*',
      secondTextColumn: '| --- |',
      labelColumn: '</td>',
      mends: ['Dropped\n# Title'],
      fingerprint: 'abc',
    };
    const plain = modelCard({
      ...FACTS,
      training: { ...FACTS.training, classes: evil.map(() => ({ label: 'x', train: 1, validation: 1, test: 0 })) },
    });
    const card = modelCard({ ...FACTS, training: { ...FACTS.training, dataset, classes } });
    expect(card.split('\n').length).toBe(plain.split('\n').length);
    const rows = card.split('\n').filter((line) => line.endsWith('| 1 | 1 |'));
    expect(rows.length).toBe(evil.length);
    // Cells: a bar that no backslash precedes.
    for (const row of rows) expect(row.split(/(?<!\\)\|/).length).toBe(5);
    expect(card.split('\n')).toContain('| \\<script\\>alert(1)\\</script\\> | 1 | 1 |');
    expect(card).not.toMatch(/(?<!\\)</);
    expect(card).not.toMatch(/https?:\/\//);
  });
});

describe('yamlString', () => {
  test.each([
    'plain',
    'a: b # "x"',
    "it's",
    'yes',
    '12',
    '- x',
    'tab\there',
    'two\nlines',
    '\\',
    'é 日本 👍',
    '\u2028\u0085\u007f\ufeff',
  ])('%j', (text) => {
    const yaml = yamlString(text);
    // A double-quoted YAML scalar without line breaks whose escapes are all JSON's is what JSON makes of it.
    expect(JSON.parse(yaml)).toBe(text);
    expect(yaml).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/);
  });

  test('half a character is written as unknown', () => {
    expect(yamlString('a\ud83d')).toBe('"a\ufffd"');
  });
});

describe('markdownText', () => {
  test('every mark that begins markup is escaped, words stay readable', () => {
    expect(markdownText('reviews (2024), v1.2 - 50 %; done/undone?')).toBe('reviews (2024), v1.2 - 50 %; done/undone?');
    expect(markdownText('*a* _b_ `c` [d](e) <f> g|h ~i~ $j$ #k &amp; l@m !n \\o')).toBe(
      '\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\<f\\> g\\|h \\~i\\~ \\$j\\$ \\#k \\&amp; l\\@m \\!n \\\\o',
    );
    expect(markdownText('see WWW.x.org https://x.org')).toBe('see WWW\\.x.org https\\://x.org');
  });

  test('long text is cut by characters, not inside one', () => {
    expect(markdownText('👍'.repeat(10), 4)).toBe('👍👍👍…');
  });
});

test('an adapter says what it needs and how peft puts it onto its model', () => {
  const base = { name: 'Starter', licence: null, language: null, hubId: null };
  const card = modelCard({
    ...FACTS,
    base,
    training: { ...FACTS.training, learnt: '1.2 % of 22.7 million parameters learnt: the head' },
    adapter: { classes: ['a"b', 'c`'] },
  });
  expect(card).toContain('library_name: peft');
  expect(card).toContain('- lora');
  expect(card).toContain('{0: "a\\"b", 1: "c\\u0060"}');
  expect(card).toContain('PeftModel.from_pretrained(model,');
  expect(card).toContain('1.2 % of 22.7 million parameters learnt');
});
