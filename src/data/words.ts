/**
 * The words of a text as 32-bit hashes, without case, accents, punctuation and white space: what is left when two people type the same
 * sentence. An ideograph or a kana is a word by itself, for there no space divides words. Apostrophes join ("don't" is one word).
 */
import { finish } from './hash.ts';

const SKIP = 1;
const HANGUL_FIRST = 0xac00;
const HANGUL_LAST = 0xd7a3;

interface Folding {
  /** Per UTF-16 unit the unit it counts as; 0 divides words, 1 counts for nothing. */
  readonly unit: Uint16Array;
  /** 1 where the unit is a word by itself. */
  readonly single: Uint8Array;
}

let folding: Folding | null = null;

function makeFolding(): Folding {
  const unit = new Uint16Array(2 ** 16);
  const single = new Uint8Array(2 ** 16);
  for (let code = 0; code < 2 ** 16; code++) {
    const isSurrogate = code >= 0xd800 && code <= 0xdfff;
    const character = String.fromCharCode(code);
    if (isSurrogate) unit[code] = code;
    else if (/[\p{M}'’ʼ\u200d\u00ad]/u.test(character)) unit[code] = SKIP;
    else if (/[\p{L}\p{N}]/u.test(character)) {
      const isHangul = code >= HANGUL_FIRST && code <= HANGUL_LAST;
      const base = isHangul ? character : character.normalize('NFKD');
      unit[code] = base.toLowerCase().charCodeAt(0);
      if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(character)) single[code] = 1;
    }
  }
  return { unit, single };
}

/** Writes the hashes of the first `out.length` words of `text`; returns how many there are. */
export function wordHashes(text: string, out: Uint32Array): number {
  const { unit, single } = (folding ??= makeFolding());
  const most = out.length;
  let count = 0;
  let hash = 0;
  for (let i = 0; i < text.length && count < most; i++) {
    const code = text.charCodeAt(i);
    const folded = unit[code]!;
    if (folded === SKIP) continue;
    if (folded === 0 || single[code] === 1) {
      if (hash !== 0) out[count++] = finish(hash);
      hash = 0;
      if (folded !== 0 && count < most) out[count++] = finish(Math.imul(0x811c9dc5 ^ folded, 0x01000193));
      continue;
    }
    hash = Math.imul((hash || 0x811c9dc5) ^ folded, 0x01000193);
  }
  if (hash !== 0 && count < most) out[count++] = finish(hash);
  return count;
}
