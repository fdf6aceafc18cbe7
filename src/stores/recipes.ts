/** Recipes: settings that were saved by a name, and what became of the last one that was loaded, from a link or a file too. */
import { createStore } from 'zustand/vanilla';
import type { CompleteArguments } from '../engine/train/arguments.ts';
import { fromTrainingArguments } from '../engine/train/read-arguments.ts';
import { plural } from '../lib/counts.ts';
import { readRecipes, writeRecipes, type Shelf, type StoredRecipe } from '../storage/recipes.ts';
import { problemsStore, report } from './problems.ts';
import { readRecipeHash, recipeHash } from './recipe-link.ts';
import { SETTINGS } from './setting-layout.ts';
import { draftOf, initialDraft, presentSettings, settingsStore } from './settings.ts';

export interface RecipesState {
  readonly names: readonly string[];
  /** What was last done with a recipe, in sentences; empty before. */
  readonly said: readonly string[];
  /** Keeps the present settings under a name; one of that name is replaced. */
  save(name: string): void;
  load(name: string): void;
  remove(name: string): void;
  /** Takes over what a file was read as: a dictionary of training arguments. */
  take(source: string, read: () => unknown): void;
  /** Takes over a link's settings; a link that names none changes nothing. */
  openLink(hash: string): void;
  /** The present settings as a link's hash, null where a field is wrong (which is then listed as a problem). */
  link(): string | null;
}

export const LONGEST_NAME = 60;

function namesOf(recipes: readonly StoredRecipe[]): readonly string[] {
  return recipes.map(({ name }) => name).sort((a, b) => a.localeCompare(b));
}

function inPlace(source: string, settings: CompleteArguments): string {
  const changed = SETTINGS.filter((name) => draftOf(settings[name]) !== initialDraft(name)).length;
  return `The settings of ${source} are in place: ${changed === 0 ? 'all defaults' : `${plural(changed, 'setting')} beside the defaults`}.`;
}

export function createRecipesStore(shelf: Shelf) {
  return createStore<RecipesState>()((set) => {
    const keep = (recipes: readonly StoredRecipe[]): void => {
      writeRecipes(shelf, recipes);
      set({ names: namesOf(recipes) });
    };
    /** Does it, or lists why it could not be done. */
    const attempt = (work: () => void): void => {
      problemsStore.getState().clear('training');
      try {
        work();
      } catch (error) {
        set({ said: [] });
        report('training', error, 'Recipes');
      }
    };
    return {
      names: namesOf(readRecipes(shelf)),
      said: [],
      save: (given) =>
        attempt(() => {
          const name = given.trim().slice(0, LONGEST_NAME);
          const settings = presentSettings();
          if (name === '' || !settings) return;
          keep([...readRecipes(shelf).filter((recipe) => recipe.name !== name), { name, settings }]);
          set({ said: [`"${name}" is saved in this browser.`] });
        }),
      load: (name) =>
        attempt(() => {
          const recipe = readRecipes(shelf).find((each) => each.name === name);
          if (!recipe) return;
          const { settings, remarks } = fromTrainingArguments(recipe.settings);
          settingsStore.getState().load(settings);
          set({ said: [inPlace(`"${name}"`, settings), ...remarks] });
        }),
      remove: (name) =>
        attempt(() => {
          keep(readRecipes(shelf).filter((recipe) => recipe.name !== name));
          set({ said: [`"${name}" is deleted.`] });
        }),
      take: (source, read) =>
        attempt(() => {
          const { settings, remarks } = fromTrainingArguments(read());
          settingsStore.getState().load(settings);
          set({ said: [inPlace(source, settings), ...remarks] });
        }),
      openLink: (hash) =>
        attempt(() => {
          const settings = readRecipeHash(hash);
          if (!settings) return;
          settingsStore.getState().load(settings);
          set({ said: [inPlace('the link', settings)] });
        }),
      link: () => {
        const settings = presentSettings();
        return settings && recipeHash(settings);
      },
    };
  });
}

/** A shelf that holds nothing, where the browser refuses its own even to be looked at. */
const NO_SHELF: Shelf = {
  getItem: () => null,
  setItem: () => {
    throw new Error('the browser keeps nothing for this site');
  },
};

function browserShelf(): Shelf {
  try {
    return 'localStorage' in globalThis ? globalThis.localStorage : NO_SHELF;
  } catch {
    return NO_SHELF;
  }
}

export const recipesStore = createRecipesStore(browserShelf());
