/**
 * The tokenizer of a folder: its tokenizer.json, or one made of the older files that the model's family has in its place. What was made is
 * what `transformers` makes of the same files, and is written beside them on export.
 */
import { Problem } from '../lib/problem.ts';
import { convertDebertaV2, convertXlmRoberta } from './convert-sentencepiece.ts';
import { convertByteLevel, convertWordPiece } from './convert-vocabulary.ts';
import type { JsonObject } from './json.ts';
import { openSlowFiles, type FolderTokenizer, type SlowFiles } from './slow-files.ts';
import type { TokenizerFiles } from './types.ts';

type Convert = (files: SlowFiles) => JsonObject;

/** By `tokenizer_class`, without its ending "Fast". */
const CONVERTERS: Readonly<Record<string, Convert>> = {
  BertTokenizer: convertWordPiece,
  DistilBertTokenizer: convertWordPiece,
  ElectraTokenizer: convertWordPiece,
  RobertaTokenizer: convertByteLevel,
  XLMRobertaTokenizer: convertXlmRoberta,
  DebertaV2Tokenizer: convertDebertaV2,
};

/** The class that a family has where tokenizer_config.json names none. */
const CLASS_OF_FAMILY: Readonly<Record<string, string>> = {
  bert: 'BertTokenizer',
  distilbert: 'DistilBertTokenizer',
  electra: 'ElectraTokenizer',
  roberta: 'RobertaTokenizer',
  'xlm-roberta': 'XLMRobertaTokenizer',
  'deberta-v2': 'DebertaV2Tokenizer',
};

const FIX =
  'In Python, AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER) writes tokenizer.json, if its class has a fast version.';

/** `modelType`: of config.json. Throws `Problem` when no tokenizer can be made of the files. */
export function completeTokenizer(folder: FolderTokenizer, modelType: string): TokenizerFiles {
  const { tokenizerJson, tokenizerConfigJson } = folder.tokenizer;
  if (tokenizerJson !== null) return { tokenizerJson, tokenizerConfigJson };
  const files = openSlowFiles(folder);
  const name = files.settings.config['tokenizer_class'] ?? CLASS_OF_FAMILY[modelType];
  const convert = typeof name === 'string' ? CONVERTERS[name.replace(/Fast$/, '')] : undefined;
  if (!convert) {
    throw new Problem({
      where: 'tokenizer_config.json, tokenizer_class',
      expected: `tokenizer.json, or one of ${Object.keys(CONVERTERS).join(', ')}`,
      found: JSON.stringify(name ?? null).slice(0, 60),
      fix: FIX,
    });
  }
  return { tokenizerJson: JSON.stringify(convert(files)), tokenizerConfigJson };
}
