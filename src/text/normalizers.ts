/**
 * The normalizer of a tokenizer.json as a function, as Python `tokenizers` (Rust) computes it. Ours is what the JavaScript library does
 * otherwise: BERT's clean-up (it splits no Chinese character beyond U+FFFF), lower case (it writes the final sigma), white space (it
 * takes U+FEFF for some, and U+0085 for none) and the precompiled character map (it takes NFKC). The rest is the library's.
 */
import { createCharsmap } from './charsmap.ts';
import { isObject, type JsonObject } from './json.ts';
import { libraryNormalizer } from './library-parts.ts';
import { tokenizerProblem } from './tokenizer-problems.ts';

export type Normalize = (text: string) => string;

/** Control, format, private use; tab and line ends stay, they are spaces in the next step. Unassigned characters stay too. */
const REMOVED = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\uFFFD]/gu;
/** The ideograph blocks that `tokenizers` 0.23 puts spaces around, with its gap between U+2B81F and U+2B920. */
const IDEOGRAPH =
  /[\u{3400}-\u{4DBF}\u{4E00}-\u{9FFF}\u{F900}-\u{FAFF}\u{20000}-\u{2A6DF}\u{2A700}-\u{2B81F}\u{2B920}-\u{2CEAF}\u{2F800}-\u{2FA1F}]/gu;
const PLAIN_ASCII = /^[ -~]*$/;
const BASE64 = /^[A-Za-z0-9+/]*=*$/;

/** Lower case character by character, as Rust's `char::to_lowercase`: without the rule for a final sigma. */
function lowercase(text: string): string {
  if (!text.includes('Σ')) return text.toLowerCase();
  return text
    .split('Σ')
    .map((part) => part.toLowerCase())
    .join('σ');
}

/**
 * The order is Rust's: clean, space ideographs, strip accents (NFD without marks), lower-case. Every character's result depends on itself
 * and on the combining marks after it, never on anything across a space: `word-cache.ts` relies on that.
 */
function bertNormalizer({ clean_text, handle_chinese_chars, strip_accents, lowercase: lowers }: JsonObject): Normalize {
  const [cleans, spaces, lower] = [clean_text, handle_chinese_chars, lowers].map((flag) => flag !== false);
  const strips = typeof strip_accents === 'boolean' ? strip_accents : lower;
  return (text) => {
    if (PLAIN_ASCII.test(text)) return lower ? text.toLowerCase() : text;
    let result = text;
    if (cleans) result = result.replace(REMOVED, '').replace(/\s/g, ' ');
    if (spaces) result = result.replace(IDEOGRAPH, ' $& ');
    if (strips) result = result.normalize('NFD').replace(/\p{Mn}/gu, '');
    return lower ? lowercase(result) : result;
  };
}

function stripNormalizer({ strip_left, strip_right }: JsonObject): Normalize {
  return (text) => {
    const right = strip_right === true ? text.replace(/\p{White_Space}+$/u, '') : text;
    return strip_left === true ? right.replace(/^\p{White_Space}+/u, '') : right;
  };
}

function precompiledNormalizer({ precompiled_charsmap: map }: JsonObject): Normalize {
  if (typeof map !== 'string' || !BASE64.test(map)) {
    throw tokenizerProblem('normalizer.precompiled_charsmap', 'bytes in base64', map);
  }
  return createCharsmap(Uint8Array.from(atob(map), (character) => character.charCodeAt(0)));
}

function sequenceNormalizer({ normalizers }: JsonObject): Normalize {
  if (!Array.isArray(normalizers)) throw tokenizerProblem('normalizer.normalizers', 'a list', normalizers);
  const chain = (normalizers as unknown[]).map(createNormalizer);
  return (text) => chain.reduce((result, normalize) => normalize(result), text);
}

/** Throws `Problem`, or the library's `Error` for a kind that nobody knows. */
export function createNormalizer(json: unknown): Normalize {
  if (json === null || json === undefined) return (text) => text;
  if (!isObject(json)) throw tokenizerProblem('normalizer', 'an object', json);
  switch (json['type']) {
    case 'Sequence':
      return sequenceNormalizer(json);
    case 'BertNormalizer':
      return bertNormalizer(json);
    case 'Precompiled':
      return precompiledNormalizer(json);
    case 'Lowercase':
      return lowercase;
    case 'Strip':
      return stripNormalizer(json);
    default:
      return libraryNormalizer(json);
  }
}
