import { describe, expect, it } from 'vitest';
import { createCharsmap } from './charsmap.ts';
import { completeTokenizer } from './complete-tokenizer.ts';
import {
  bytesOf,
  charsmapFixture,
  cutLength,
  familyFolder,
  fnv,
  hashOfRow,
  idsOfRow,
  lines,
  pairOf,
  readFamily,
  type FamilyFixture,
} from './testing/family-fixtures.ts';
import { createTokenizer, type TextTokenizer } from './tokenizer.ts';
import type { TokenizerFiles, TokenRows } from './types.ts';

const FAMILIES: readonly [string, string][] = [
  ['bert-uncased', 'bert'],
  ['bert-cased', 'distilbert'],
  ['roberta', 'roberta'],
  ['xlm-roberta', 'xlm-roberta'],
  ['deberta-v2', 'deberta-v2'],
];
const LONG = 100_000;

function jsonOf(name: string, modelType: string, fixture: FamilyFixture): TokenizerFiles {
  return completeTokenizer(familyFolder(name, fixture), modelType);
}

/** Lines that differ, as [line, text]; row i is one call, for lengths of its own. */
function differing(expected: readonly number[], encode: (i: number) => TokenRows): [number, string][] {
  return expected.flatMap((hash, i) => (hashOfRow(encode(i), 0) === hash ? [] : [[i, lines[i] ?? ''] as [number, string]]));
}

function expectPythonIds(tokenizer: TextTokenizer, { single, cut, pair, pair_cut }: FamilyFixture): void {
  expect(single).toHaveLength(1000);
  const whole = tokenizer.encode(lines, LONG);
  single.forEach((ids, i) => expect(idsOfRow(whole, i), JSON.stringify(lines[i])).toEqual(ids));
  const second = (i: number): [string] => [lines[pairOf(i)] ?? ''];
  expect(differing(cut, (i) => tokenizer.encode([lines[i] ?? ''], cutLength(i)))).toEqual([]);
  expect(differing(pair, (i) => tokenizer.encode([lines[i] ?? ''], LONG, second(i)))).toEqual([]);
  expect(differing(pair_cut, (i) => tokenizer.encode([lines[i] ?? ''], cutLength(i), second(i)))).toEqual([]);
}

describe('ids and token types of Python, on 1,000 lines: alone, as pairs, and both cut', () => {
  it.each(FAMILIES)('%s, without a tokenizer.json', (name, modelType) => {
    const fixture = readFamily(name);
    expectPythonIds(createTokenizer(jsonOf(name, modelType, fixture)), fixture);
  });

  it("XLM-RoBERTa's tokenizer.json as transformers 4 wrote it", () => {
    const fixture = readFamily('xlm-roberta-4');
    const { tokenizerJson } = jsonOf('xlm-roberta', 'xlm-roberta', readFamily('xlm-roberta'));
    const { model } = JSON.parse(tokenizerJson) as { model: unknown };
    const parts = JSON.stringify(fixture.parts).replace(
      '"precompiled_charsmap":null',
      `"precompiled_charsmap":"${charsmapFixture.charsmap}"`,
    );
    const json = { ...(JSON.parse(parts) as object), model };
    expectPythonIds(createTokenizer({ tokenizerJson: JSON.stringify(json), tokenizerConfigJson: null }), fixture);
  });
});

describe("sentencepiece's character map nmt_nfkc", () => {
  const normalize = createCharsmap(bytesOf(charsmapFixture.charsmap));

  it("is Python's on every code point", () => {
    const changed = new Map(charsmapFixture.changed);
    expect(changed.size).toBeGreaterThan(4000);
    const points = Array.from({ length: 0x10ffff }, (_, i) => i + 1).filter((point) => point < 0xd800 || point > 0xdfff);
    const expected = (point: number): string => changed.get(point) ?? String.fromCodePoint(point);
    // Many in one text, each a cluster of its own: U+0001 divides them, and the map removes it.
    for (let i = 0; i < points.length; i += 256) {
      const some = points.slice(i, i + 256);
      const text = some.map((point) => `${String.fromCodePoint(point)}\u0001`).join('');
      expect(normalize(text), `from U+${some[0]?.toString(16)}`).toBe(some.map(expected).join(''));
    }
  });

  it("is Python's on clusters of letters and marks", () => {
    const { texts, normalized } = charsmapFixture;
    expect(texts.length).toBeGreaterThan(1000);
    const wrong = texts.filter((text, i) => fnv(new TextEncoder().encode(normalize(text))) !== normalized[i]);
    expect(wrong).toEqual([]);
  });
});
