/** Recipes as files: transformers' names in JSON or YAML. Loaded with the settings dialog, for the YAML parser's sake. */
import { parseDocument, stringify } from 'yaml';
import type { CompleteArguments } from '../../engine/train/arguments.ts';
import { Problem } from '../../lib/problem.ts';

export type RecipeFormat = 'json' | 'yaml';

const LARGEST = 100_000;

export function recipeText(settings: CompleteArguments, format: RecipeFormat): string {
  return format === 'json' ? `${JSON.stringify(settings, null, 2)}\n` : stringify(settings);
}

/** The dictionary in a file; JSON is YAML too. Throws a `Problem` for what is neither, and for a file that is no recipe by its size. */
export function readRecipeText(name: string, text: string): unknown {
  const fix = 'Choose a JSON or YAML file with training arguments by the names of transformers.';
  if (text.length > LARGEST) {
    throw new Problem({
      where: name,
      expected: `at most ${LARGEST.toLocaleString('en-US')} characters`,
      found: text.length.toLocaleString('en-US'),
      fix,
    });
  }
  const document = parseDocument(text.replace(/^\ufeff/, ''), { prettyErrors: true });
  const [error] = document.errors;
  if (error) throw new Problem({ where: name, expected: 'JSON or YAML', found: error.message.split('\n')[0] ?? error.code, fix });
  return document.toJS({ maxAliasCount: 10 });
}
