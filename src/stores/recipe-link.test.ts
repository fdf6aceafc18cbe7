import { describe, expect, it } from 'vitest';
import { completeArguments } from '../engine/train/arguments.ts';
import { readRecipeHash, recipeHash } from './recipe-link.ts';

const usual = completeArguments({ load_best_model_at_end: true });

describe('a recipe in a link', () => {
  it('is short, and reads back as it was', () => {
    expect(recipeHash(usual)).toBe('#recipe=1');
    const mine = { ...usual, learning_rate: 5e-5, class_weights: [1, 2.5], eval_strategy: 'steps', eval_steps: 20 } as const;
    expect(recipeHash(mine)).toMatch(/learning_rate=5e-5/);
    expect(recipeHash(mine).length).toBeLessThan(140);
    expect(readRecipeHash(recipeHash(mine))).toEqual(mine);
  });

  it('is not there in other hashes', () => {
    expect(['', '#', '#top', '#learning_rate=1'].map(readRecipeHash)).toEqual([null, null, null, null]);
  });

  it.each([
    ['#recipe=1&learning_rate=fast', /learning_rate to be a number.*found fast/],
    ['#recipe=1&learning_rate=', /found nothing/],
    ['#recipe=1&num_epochs=3', /names of settings, found num_epochs/],
    ['#recipe=1&__proto__=3', /names of settings/],
    ['#recipe=1&toString=3', /names of settings/],
    ['#recipe=9', /version 9/],
    [`#recipe=1&seed=${'1'.repeat(5000)}`, /at most 4000 characters/],
    ['#recipe=1&eval_strategy=no', /compare evaluations/],
  ])('says what is wrong with %s', (hash, words) => {
    expect(() => readRecipeHash(hash)).toThrow(words);
  });
});
