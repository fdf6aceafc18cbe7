/** Near-duplicates against comparing every pair, on texts that were changed a little and much. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../lib/random.ts';
import { findNearPairs, jaccard, NEAR, shinglesOf } from './min-hash.ts';
import { groupTexts } from './text-groups.ts';

const now = (): Promise<void> => Promise.resolve();

/** Texts of 5 to 60 words from a vocabulary of unequal frequency, each followed by two changed copies. */
function changedTexts(originals: number, seed: number): string[] {
  const random = createRandom(seed);
  const word = (): string => `w${Math.floor(Math.exp(random.uniform() * Math.log(5000)))}`;
  return Array.from({ length: originals }, () => {
    const words = Array.from({ length: 5 + random.below(56) }, word);
    const changed = (times: number): string => {
      const copy = [...words];
      for (let i = 0; i < times; i++) {
        const at = random.below(copy.length);
        const kind = random.below(3);
        if (kind === 0) copy[at] = word();
        else copy.splice(at, kind === 1 ? 1 : 0, ...(kind === 2 ? [word()] : []));
      }
      return copy.join(' ');
    };
    return [words.join(' '), changed(1), changed(1 + random.below(5))];
  }).flat();
}

describe('near-duplicates', () => {
  it('finds nearly all pairs above the threshold, and no other', async () => {
    const texts = changedTexts(400, 11).filter((text) => text !== '');
    const { pairs, complete } = await findNearPairs(texts.length, (i) => texts[i]!, now);
    expect(complete).toBe(true);
    const shingles = texts.map((text) => shinglesOf(text));
    for (let p = 0; p < pairs.length; p += 2)
      expect(jaccard(shingles[pairs[p]!]!, shingles[pairs[p + 1]!]!)).toBeGreaterThanOrEqual(NEAR);
    const root = texts.map((_, i) => i);
    const rootOf = (i: number): number => (root[i] === i ? i : rootOf(root[i]!));
    for (let p = 0; p < pairs.length; p += 2) root[rootOf(pairs[p]!)] = rootOf(pairs[p + 1]!);
    let [similar, found] = [0, 0];
    for (let a = 0; a < texts.length; a++) {
      for (let b = a + 1; b < texts.length; b++) {
        if (jaccard(shingles[a]!, shingles[b]!) < NEAR) continue;
        similar++;
        if (rootOf(a) === rootOf(b)) found++;
      }
    }
    expect(similar).toBeGreaterThan(300);
    expect(found / similar).toBeGreaterThan(0.98);
  });

  it('groups by case, accents, punctuation and space, and keeps different texts apart', async () => {
    const texts = [
      'The café was great!',
      'the  CAFE was great',
      ' The café was great! ',
      'The café was dull!',
      'not good',
      'good',
      '好看的电影',
      '好看的电影！',
      "I don't know",
      'I dont know',
      '!!!',
      '???',
    ];
    const { exact, near } = await groupTexts(texts, now);
    expect([...exact]).toEqual([0, 1, 0, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect([...near]).toEqual([0, 0, 0, 3, 4, 5, 6, 6, 8, 8, 10, 11]);
  });

  it('does not take a short template for one text', async () => {
    const texts = Array.from({ length: 200 }, (_, i) => `a sentence about thing number ${i}`);
    const { near } = await groupTexts(texts, now);
    expect([...near]).toEqual(texts.map((_, i) => i));
  });

  it('stops when told', async () => {
    const texts = Array.from({ length: 40_000 }, (_, i) => `text number ${i}`);
    await expect(groupTexts(texts, () => Promise.reject(new Error('enough')))).rejects.toThrow('enough');
  });
});
