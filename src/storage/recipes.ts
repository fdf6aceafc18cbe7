/**
 * Recipes on this machine: named settings, a few hundred bytes each, in `localStorage`. What stands there may be older than the page or
 * edited by hand, so it is read as something unknown; what it means is the reader's to judge.
 */
import { Problem } from '../lib/problem.ts';

export interface StoredRecipe {
  readonly name: string;
  readonly settings: unknown;
}

/** What of the browser's `Storage` is used. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem'>;

const KEY = 'tabtune.recipes';

function isRecipe(value: unknown): value is StoredRecipe {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string' && 'settings' in value;
}

/** In the order they were saved; empty where nothing can be read. */
export function readRecipes(shelf: Shelf): readonly StoredRecipe[] {
  try {
    const stored: unknown = JSON.parse(shelf.getItem(KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isRecipe) : [];
  } catch {
    return [];
  }
}

/** Throws a `Problem` when the browser lets nothing be kept. */
export function writeRecipes(shelf: Shelf, recipes: readonly StoredRecipe[]): void {
  try {
    shelf.setItem(KEY, JSON.stringify(recipes));
  } catch (error) {
    throw new Problem({
      where: 'Recipes',
      expected: 'room in the browser to keep them',
      found: error instanceof Error ? error.message : String(error),
      fix: 'Allow this site to keep data (a private window may not), or save the recipe as a file.',
    });
  }
}
