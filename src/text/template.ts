/**
 * The special tokens around one text and around two, from a tokenizer.json's post-processor: [CLS] A [SEP] B [SEP] with the token types 0
 * and 1 in BERT, <s> A </s></s> B </s> with type 0 throughout in RoBERTa.
 */
import { isObject, type JsonObject } from './json.ts';
import { tokenizerProblem } from './tokenizer-problems.ts';

/** Special tokens, or the place of a text: 0 the first, 1 the second. */
export type TemplatePart = { readonly type: 0 | 1 } & ({ readonly ids: readonly number[] } | { readonly text: 0 | 1 });
/** In the order of the row; types go from 0 to 1 and never back. */
export type Template = readonly TemplatePart[];

export interface Templates {
  readonly single: Template;
  /** Null for a tokenizer that takes single texts only. */
  readonly pair: Template | null;
}

const FIX = 'Take a BERT-family tokenizer: [CLS] text [SEP], and [CLS] text [SEP] second text [SEP].';

export function specialTokensIn(template: Template): number {
  return template.reduce((sum, part) => sum + ('ids' in part ? part.ids.length : 0), 0);
}

/** [token, id], as the older post-processors name a special token. */
function namedId(json: JsonObject, key: 'cls' | 'sep'): readonly number[] {
  const value = json[key];
  const [, id] = Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof id !== 'number') throw tokenizerProblem(`post_processor.${key}`, 'a token and its id', value, FIX);
  return [id];
}

function readPart(item: unknown, place: string, idsOf: (name: unknown) => readonly number[]): TemplatePart {
  const { SpecialToken: special, Sequence: sequence } = isObject(item) ? item : {};
  const content = isObject(special) ? special : isObject(sequence) ? sequence : {};
  const { id, type_id: type = 0 } = content;
  if (type !== 0 && type !== 1) throw tokenizerProblem(`${place}, type_id`, '0 or 1', type, FIX);
  if (isObject(special)) return { type, ids: idsOf(id) };
  if (id !== 'A' && id !== 'B') throw tokenizerProblem(place, 'the texts A and B and special tokens', item, FIX);
  return { type, text: id === 'A' ? 0 : 1 };
}

function readTemplate(json: JsonObject, which: 'single' | 'pair'): Template {
  const place = `post_processor.${which}`;
  const items = json[which];
  const tokens = isObject(json['special_tokens']) ? json['special_tokens'] : {};
  const idsOf = (name: unknown): readonly number[] => {
    const token = typeof name === 'string' ? tokens[name] : undefined;
    const ids: unknown = isObject(token) ? token['ids'] : undefined;
    if (Array.isArray(ids) && ids.every((id): id is number => typeof id === 'number')) return ids;
    throw tokenizerProblem(`${place}, ${JSON.stringify(name)}`, 'its ids in special_tokens', ids, FIX);
  };
  if (!Array.isArray(items)) throw tokenizerProblem(place, 'a list', items, FIX);
  const template = (items as unknown[]).map((item) => readPart(item, place, idsOf));
  const texts = template.flatMap((part) => ('text' in part ? [part.text] : []));
  const expected = which === 'single' ? '0' : '0,1';
  if (texts.join() !== expected)
    throw tokenizerProblem(place, which === 'single' ? 'the text A' : 'the texts A and B', items, FIX);
  if (template.some(({ type }, i) => type < (template[i - 1]?.type ?? 0))) {
    throw tokenizerProblem(place, 'token types 0, then 1', items, FIX);
  }
  return template;
}

function aroundTexts(cls: readonly number[], sep: readonly number[], between: readonly number[], secondType: 0 | 1): Templates {
  const first: Template = [
    { type: 0, ids: cls },
    { type: 0, text: 0 },
    { type: 0, ids: sep },
  ];
  const second: Template = [
    { type: secondType, text: 1 },
    { type: secondType, ids: sep },
  ];
  return { single: first, pair: [...first, { type: 0, ids: between }, ...second] };
}

function hasPair({ pair }: JsonObject): boolean {
  return Array.isArray(pair) && pair.length > 0;
}

function find(json: unknown): Templates | null {
  if (!isObject(json)) return null;
  switch (json['type']) {
    case 'TemplateProcessing':
      return { single: readTemplate(json, 'single'), pair: hasPair(json) ? readTemplate(json, 'pair') : null };
    case 'BertProcessing':
      return aroundTexts(namedId(json, 'cls'), namedId(json, 'sep'), [], 1);
    case 'RobertaProcessing':
      return aroundTexts(namedId(json, 'cls'), namedId(json, 'sep'), namedId(json, 'sep'), 0);
    case 'Sequence': {
      const { processors } = json;
      const found = Array.isArray(processors) ? (processors as unknown[]).map(find).filter((each) => each !== null) : [];
      return found[0] ?? null;
    }
    case 'ByteLevel':
      return null;
    default:
      throw tokenizerProblem('post_processor.type', '"TemplateProcessing" or "RobertaProcessing"', json['type'], FIX);
  }
}

/** Throws `Problem`. Without a post-processor there are only the texts. */
export function readTemplates({ post_processor }: JsonObject): Templates {
  return find(post_processor) ?? aroundTexts([], [], [], 1);
}
