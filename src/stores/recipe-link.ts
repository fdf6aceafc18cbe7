/**
 * Settings in a link, behind the `#`, where no server ever sees them: `#recipe=1&learning_rate=5e-5`. Only settings, never data. It names
 * what differs from the page's defaults; the number is raised when those change.
 */
import { ARGUMENTS } from '../engine/train/argument-table.ts';
import { completeArguments, type ArgumentName, type CompleteArguments } from '../engine/train/arguments.ts';
import { Problem } from '../lib/problem.ts';
import { LAYOUT, SETTINGS } from './setting-layout.ts';
import { draftOf, initialDraft, readDraft } from './settings.ts';

const VERSION = '1';
const LONGEST = 4000;

export function recipeHash(settings: CompleteArguments): string {
  const params = new URLSearchParams({ recipe: VERSION });
  for (const name of SETTINGS) {
    const draft = draftOf(settings[name]);
    if (draft !== initialDraft(name)) params.set(name, draft);
  }
  return `#${params.toString()}`;
}

function bad(expected: string, found: string): Problem {
  const fix = 'Nothing was changed. Ask for the link again, or set it by hand under "All settings".';
  return new Problem({ where: 'The recipe in the link', expected, found, fix });
}

function isSetting(name: string): name is ArgumentName {
  return Object.hasOwn(LAYOUT, name);
}

/** The settings of a link's hash, null when it holds none. Throws a `Problem` that names what does not fit. */
export function readRecipeHash(hash: string): CompleteArguments | null {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  const version = params.get('recipe');
  if (version === null) return null;
  if (hash.length > LONGEST) throw bad(`at most ${LONGEST} characters`, String(hash.length));
  if (version !== VERSION) throw bad(`a recipe of version ${VERSION}`, `version ${version}`);
  const settings = Object.fromEntries(SETTINGS.map((name) => [name, readDraft(name, initialDraft(name))]));
  for (const [name, draft] of params) {
    if (name === 'recipe') continue;
    if (!isSetting(name)) throw bad('names of settings', name.slice(0, 60));
    const value = readDraft(name, draft);
    if (value === undefined) throw bad(`${name} to be ${ARGUMENTS[name].expected}`, draft.slice(0, 60) || 'nothing');
    settings[name] = value;
  }
  return completeArguments(settings);
}
