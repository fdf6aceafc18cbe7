/**
 * sentencepiece's precompiled character map (nmt_nfkc and its like) as Python `tokenizers` applies it (its `Precompiled` normalizer), in
 * place of the JavaScript library's, which approximates it by NFKC. The map is a darts-clone double array over UTF-8 bytes, whose
 * values are places in a pool of zero-terminated strings.
 */
import { Problem } from '../lib/problem.ts';

const WHERE = 'The character map of the tokenizer (precompiled_charsmap)';
const FIX = 'The file is damaged or incomplete: download or copy it again.';

/** Clusters of more bytes are always taken character by character. */
const LONGEST_CLUSTER = 5;
/**
 * What can be in one grapheme cluster with another character, wherever the cluster may be short enough to matter: marks, joiners, the
 * Thai and Lao vowels that combine, skin tones, CR LF, and the signs that stand before what they belong to.
 */
const JOINS =
  /[\r\p{M}\p{Grapheme_Extend}\p{Emoji_Modifier}\u200D\u0E33\u0EB3\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u0D4E]/u;
const PLAIN_ASCII = /^[ -~]*$/;
const REMEMBERED = 50_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A unit of the double array (Yata et al., darts-clone): label in the low byte and the top bit, offset in bits 10 to 30. */
function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}

function readParts(bytes: Uint8Array): { readonly units: Uint32Array; readonly pool: Uint8Array } {
  const size = bytes.length >= 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) : NaN;
  if (!(size > 0 && size % 4 === 0 && size + 4 <= bytes.length)) {
    const expected = 'the size of its table, then the table';
    throw new Problem({ where: WHERE, expected, found: `${bytes.length} bytes that are not one`, fix: FIX });
  }
  return { units: new Uint32Array(bytes.slice(4, 4 + size).buffer), pool: bytes.subarray(4 + size) };
}

/** Text to normalised text. Throws `Problem` when the bytes are no character map. */
export function createCharsmap(bytes: Uint8Array): (text: string) => string {
  const { units, pool } = readParts(bytes);

  /** The string of the shortest key that begins `chunk`; null where none does. It stands for the whole chunk, as in Python. */
  const lookUp = (chunk: string): string | null => {
    let at = offsetOf(units[0] ?? 0);
    for (const byte of encoder.encode(chunk)) {
      if (byte === 0) return null;
      at ^= byte;
      const unit = units[at] ?? 0;
      if ((unit & 0x800000ff) >>> 0 !== byte) return null;
      at ^= offsetOf(unit);
      if ((unit >>> 8) & 1) {
        const start = (units[at] ?? 0) & 0x7fffffff;
        const end = pool.indexOf(0, start);
        return decoder.decode(pool.subarray(start, end < 0 ? pool.length : end));
      }
    }
    return null;
  };

  const memory = new Map<string, string | null>();
  const transform = (chunk: string): string | null => {
    const known = memory.get(chunk);
    if (known !== undefined) return known;
    if (memory.size >= REMEMBERED) memory.clear();
    const found = lookUp(chunk);
    memory.set(chunk, found);
    return found;
  };
  const byCharacter = (text: string): string => {
    let result = '';
    for (const character of text) result += transform(character) ?? character;
    return result;
  };

  const asciiStays = Array.from({ length: 95 }, (_, i) => lookUp(String.fromCharCode(32 + i))).every((found) => found === null);
  // The newest Unicode's clusters, as in Python; only those of a few bytes are looked up whole.
  const clusters = new Intl.Segmenter('en', { granularity: 'grapheme' });

  return (text) => {
    if (asciiStays && PLAIN_ASCII.test(text)) return text;
    if (!JOINS.test(text)) return byCharacter(text);
    let result = '';
    for (const { segment } of clusters.segment(text)) {
      const short = segment.length <= LONGEST_CLUSTER && encoder.encode(segment).length <= LONGEST_CLUSTER;
      result += (short ? transform(segment) : null) ?? byCharacter(segment);
    }
    return result;
  };
}
