/**
 * The pre-tokenizer of a tokenizer.json as a function from text to words, as Python `tokenizers` (Rust) computes it. Ours is what the
 * JavaScript library does otherwise: Metaspace (it does not split), Punctuation (it keeps runs together), and white space (it takes U+FEFF
 * for some, and U+0085 for none). The rest is the library's.
 */
import { isObject, type JsonObject } from './json.ts';
import { libraryPreTokenizer } from './library-parts.ts';
import { tokenizerProblem } from './tokenizer-problems.ts';

/** `first`: the text begins where the whole text begins. */
export type PreTokenize = (text: string, first: boolean) => readonly string[];

const PUNCTUATION = String.raw`\p{P}!-\/:-@\[-\x60\{-~`;
/** GPT-2's pattern: contractions, then letters, digits or others with a space before them, then white space. */
const BYTE_LEVEL =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

const encoder = new TextEncoder();
/** A printable character for every byte (GPT-2): itself where it is one, else one from U+0100 on. */
const BYTE_CHARACTERS = ((): readonly string[] => {
  let next = 256;
  const printable = (byte: number): boolean => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
})();

/** A word as the characters of its bytes. */
export function byteCharacters(word: string): string {
  let result = '';
  for (const byte of encoder.encode(word)) result += BYTE_CHARACTERS[byte]!;
  return result;
}

/** The words of a byte-level pre-tokenizer before their bytes become characters. */
export function byteLevelWords({ add_prefix_space, use_regex }: JsonObject): PreTokenize {
  return (text) => {
    const spaced = add_prefix_space !== false && !text.startsWith(' ') ? ` ${text}` : text;
    return use_regex === false ? [spaced] : (spaced.match(BYTE_LEVEL) ?? []);
  };
}

/** Spaces become `replacement`, one is put before the text, and words begin with it. */
function metaspace({ replacement = '▁', prepend_scheme, add_prefix_space, split }: JsonObject): PreTokenize {
  if (typeof replacement !== 'string' || !/^.$/u.test(replacement)) {
    throw tokenizerProblem('pre_tokenizer.replacement', 'one character', replacement);
  }
  const scheme = prepend_scheme ?? (add_prefix_space === false ? 'never' : 'always');
  const mark = replacement.replace(/[\\\]^-]/, '\\$&');
  const words = new RegExp(`[${mark}]?[^${mark}]+|[${mark}]`, 'gu');
  return (text, first) => {
    const spaced = text.replaceAll(' ', () => replacement);
    const prepends = (scheme === 'always' || (scheme === 'first' && first)) && !spaced.startsWith(replacement);
    const whole = prepends ? replacement + spaced : spaced;
    return split === false ? [whole] : (whole.match(words) ?? []);
  };
}

function punctuation({ behavior = 'Isolated' }: JsonObject): PreTokenize {
  const isolated = typeof behavior === 'string' && behavior.toLowerCase() === 'isolated';
  if (!isolated) throw tokenizerProblem('pre_tokenizer.behavior', '"Isolated"', behavior);
  const words = new RegExp(`[^${PUNCTUATION}]+|[${PUNCTUATION}]`, 'gu');
  return (text) => text.match(words) ?? [];
}

function sequence({ pretokenizers }: JsonObject): PreTokenize {
  if (!Array.isArray(pretokenizers)) throw tokenizerProblem('pre_tokenizer.pretokenizers', 'a list', pretokenizers);
  const chain = (pretokenizers as unknown[]).map(createPreTokenizer);
  return (text, first) =>
    chain.reduce<readonly string[]>(
      (words, split) => words.flatMap((word, i) => split(word, first && i === 0)),
      text === '' ? [] : [text],
    );
}

/** Throws `Problem`, or the library's `Error` for a kind that nobody knows. */
export function createPreTokenizer(json: unknown): PreTokenize {
  if (json === null || json === undefined) return (text) => [text];
  if (!isObject(json)) throw tokenizerProblem('pre_tokenizer', 'an object', json);
  switch (json['type']) {
    case 'Sequence':
      return sequence(json);
    case 'ByteLevel': {
      const words = byteLevelWords(json);
      return (text, first) => words(text, first).map(byteCharacters);
    }
    case 'Metaspace':
      return metaspace(json);
    case 'Punctuation':
      return punctuation(json);
    case 'WhitespaceSplit':
      return (text) => text.match(/\P{White_Space}+/gu) ?? [];
    default:
      return libraryPreTokenizer(json);
  }
}
