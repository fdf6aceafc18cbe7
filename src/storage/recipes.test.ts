import { expect, it } from 'vitest';
import { Problem } from '../lib/problem.ts';
import { readRecipes, writeRecipes, type Shelf } from './recipes.ts';

function shelf(start: string | null = null): Shelf {
  let kept = start;
  return { getItem: () => kept, setItem: (_key, value) => (kept = value) };
}

it('gives back what was written', () => {
  const here = shelf();
  expect(readRecipes(here)).toEqual([]);
  const recipes = [{ name: 'short texts', settings: { max_length: 32 } }];
  writeRecipes(here, recipes);
  expect(readRecipes(here)).toEqual(recipes);
});

it.each(['{', '7', '[{"name": 1}, null, {"name": "x"}]'])('has no recipe in %s', (text) => {
  expect(readRecipes(shelf(text))).toEqual([]);
});

it('says so when nothing can be kept', () => {
  const full: Shelf = {
    getItem: () => null,
    setItem: () => {
      throw new Error('QuotaExceededError');
    },
  };
  expect(() => writeRecipes(full, [])).toThrow(Problem);
});
