import { beforeEach, expect, it } from 'vitest';
import type { Shelf } from '../storage/recipes.ts';
import { problemsStore } from './problems.ts';
import { createRecipesStore } from './recipes.ts';
import { settingsStore } from './settings.ts';

function shelf(): Shelf {
  let kept: string | null = null;
  return { getItem: () => kept, setItem: (_key, value) => (kept = value) };
}
const rate = () => settingsStore.getState().drafts.learning_rate;
const problems = () => problemsStore.getState().problems.map(({ found }) => found);

beforeEach(() => {
  settingsStore.getState().reset();
  problemsStore.getState().clear('training');
});

it('saves, loads, replaces and deletes by name, and another visit finds them', () => {
  const here = shelf();
  const recipes = createRecipesStore(here).getState();
  settingsStore.getState().edit('learning_rate', '3e-5');
  recipes.save(' careful ');
  settingsStore.getState().reset();
  const later = createRecipesStore(here);
  expect(later.getState().names).toEqual(['careful']);
  later.getState().load('careful');
  expect(rate()).toBe('3e-5');
  expect(later.getState().said[0]).toBe('The settings of "careful" are in place: 1 setting beside the defaults.');
  settingsStore.getState().edit('learning_rate', '1e-5');
  later.getState().save('careful');
  expect(later.getState().names).toEqual(['careful']);
  later.getState().remove('careful');
  expect(later.getState().names).toEqual([]);
});

it('keeps nothing while a field is wrong, and says which', () => {
  const recipes = createRecipesStore(shelf());
  settingsStore.getState().edit('learning_rate', 'fast');
  recipes.getState().save('x');
  expect(recipes.getState().names).toEqual([]);
  expect(problems()).toEqual([expect.stringMatching(/^Learning rate must be/)]);
  expect(recipes.getState().link()).toBeNull();
});

it('takes a dictionary with the names of transformers 4, and says what is not followed', () => {
  const recipes = createRecipesStore(shelf());
  recipes.getState().take('args.json', () => ({ evaluation_strategy: 'epoch', learning_rate: '5e-5', bf16: true }));
  expect(settingsStore.getState().drafts).toMatchObject({
    eval_strategy: 'epoch',
    learning_rate: '5e-5',
    evaluations_per_epoch: '1',
  });
  expect(recipes.getState().said.join(' ')).toMatch(/bf16 is not used/);
});

it('changes nothing for a bad link or file', () => {
  const recipes = createRecipesStore(shelf());
  settingsStore.getState().edit('learning_rate', '3e-5');
  recipes.getState().openLink('#recipe=1&learning_rate=fast');
  recipes.getState().openLink('#elsewhere');
  expect(rate()).toBe('3e-5');
  recipes.getState().take('x.json', () => [1]);
  expect(rate()).toBe('3e-5');
  expect(problems()).toEqual(['a list']);
  recipes.getState().openLink('#recipe=1&learning_rate=1e-5');
  expect(rate()).toBe('1e-5');
  expect(problems()).toEqual([]);
});
