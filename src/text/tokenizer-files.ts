/**
 * From the text of `tokenizer.json` to a pipeline and its templates. Bad files end here, as a `Problem`: not JSON, no model, a part of a
 * kind that nobody knows.
 */
import { Problem } from '../lib/problem.ts';
import { isObject, type JsonObject } from './json.ts';
import { createPipeline, type Pipeline } from './pipeline.ts';
import { readTemplates, type Templates } from './template.ts';
import { TOKENIZER_FIX } from './tokenizer-problems.ts';
import type { TokenizerFiles } from './types.ts';

export interface LoadedTokenizer {
  readonly json: JsonObject;
  readonly pipeline: Pipeline;
  readonly templates: Templates;
}

/** The object in a file of JSON. Throws `Problem`. */
export function parseObject(where: string, text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const found =
      text.trim() === ''
        ? 'an empty file'
        : `a file that is not JSON (${error instanceof Error ? error.message : String(error)})`;
    throw new Problem({ where, expected: 'a JSON object', found, fix: TOKENIZER_FIX });
  }
  if (!isObject(value))
    throw new Problem({
      where,
      expected: 'a JSON object',
      found: `JSON of another kind (${text.slice(0, 40).trim()})`,
      fix: TOKENIZER_FIX,
    });
  return value;
}

/** Throws `Problem` when the files do not make a tokenizer. */
export function loadTokenizer({ tokenizerJson, tokenizerConfigJson }: TokenizerFiles): LoadedTokenizer {
  if (tokenizerConfigJson !== null) parseObject('tokenizer_config.json', tokenizerConfigJson);
  const json = parseObject('tokenizer.json', tokenizerJson);
  try {
    return { json, pipeline: createPipeline(json), templates: readTemplates(json) };
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem({
      where: 'tokenizer.json',
      expected: 'a tokenizer of a kind that Tabtune knows',
      found: error instanceof Error ? error.message : String(error),
      fix: TOKENIZER_FIX,
    });
  }
}
