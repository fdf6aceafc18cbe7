/** First pass over a file: is it text, and in which encoding? Judged from every byte; nothing of it is kept but a sample. */
import { Problem } from '../lib/problem.ts';
import { readHead, type ByteSource, type OnBytes } from './byte-source.ts';
import { detectEncoding } from './encodings.ts';
import { recogniseBinary } from './signatures.ts';
import type { Encoding } from './types.ts';
import { createUtf8Counter } from './utf8.ts';

export interface EncodingJudgement {
  readonly encoding: Encoding;
  /** Bytes that are not UTF-8, where the file is neither UTF-8 nor UTF-16 throughout. */
  readonly invalidBytes: number;
  /** Bytes in all, unpacked. */
  readonly bytes: number;
}

/** Bytes that formats are told by. */
export const HEAD = 2 ** 16;
/** Lines with bytes above 127 are what another encoding is guessed from: so much of each, of each piece of the file, and in all. */
const LINE = 2 ** 10;
const LINES_A_PIECE = 2 ** 14;
const MOST_LINES = 2 ** 18;
const MOST_ZEROS_SHARE = 1 / 1000;
const ESCAPE = 0x1b;

function notText(where: string, found: string, fix: string): Problem {
  return new Problem({ where, expected: 'a text file, or another with a table in it', found, fix });
}

function countZeros(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at + 1)) count++;
  return count;
}

function isControl(byte: number): boolean {
  return byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== ESCAPE;
}

/**
 * UTF-16 by its byte order mark; else by zeros that stand in one of two places only: every second byte in Latin text, in others at
 * least those of spaces and line ends, and then no character is broken or a control.
 */
function utf16Of(head: Uint8Array): Encoding | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const zeros: [number, number] = [0, 0];
  for (let i = 0; i < head.length; i++) if (head[i] === 0) zeros[i & 1 ? 1 : 0]++;
  const [even, odd] = zeros;
  const encoding = odd > even * 8 ? 'utf-16le' : even > odd * 8 ? 'utf-16be' : null;
  if (!encoding) return null;
  if (even + odd > head.length * 0.1) return encoding;
  const whole = head.subarray(0, head.length - (head.length % 2));
  const text = new TextDecoder(encoding).decode(whole);
  return Math.min(even, odd) === 0 && text.includes('\n') && !/[\uFFFD\0-\x08\x0e-\x1f]/.test(text.slice(0, -1))
    ? encoding
    : null;
}

/** Keeps lines that are not all ASCII, from all over the file. */
function createSampler(): { add(piece: Uint8Array): void; bytes(): Uint8Array } {
  const all = new Uint8Array(MOST_LINES);
  let filled = 0;
  return {
    add(piece) {
      const full = Math.min(MOST_LINES, filled + LINES_A_PIECE);
      for (let at = 0; at < piece.length && filled < full; at++) {
        if (piece[at]! < 128) continue;
        const start = Math.max(piece.lastIndexOf(10, at) + 1, at - LINE);
        const end = piece.indexOf(10, at);
        const line = piece.subarray(start, Math.min(end < 0 ? piece.length : end + 1, at + LINE)).subarray(0, full - filled);
        all.set(line, filled);
        filled += line.length;
        at = start + line.length - 1;
      }
    },
    bytes: () => all.subarray(0, filled),
  };
}

/** The first bytes of a file that is text. Throws `Problem` when they are those of something else, by name. */
export async function readTextHead(source: ByteSource, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const head = await readHead(source, HEAD, signal);
  const known = recogniseBinary(Array.from(head.subarray(0, 4096), (byte) => String.fromCharCode(byte)).join(''));
  if (known) throw notText(source.name, known.what, known.fix);
  return head;
}

/**
 * Strict UTF-8 over the whole file first, else UTF-16, else what chardet makes of the bytes above 127. Throws `Problem` when the file
 * is no text.
 */
export async function judgeEncoding(source: ByteSource, signal: AbortSignal, onBytes: OnBytes): Promise<EncodingJudgement> {
  const head = await readTextHead(source, signal);
  const utf16 = utf16Of(head);
  const binary = notText(source.name, 'binary data', 'Drop a table; a spreadsheet can be saved as CSV (UTF-8).');
  if (!utf16 && (head.filter(isControl).length > head.length / 10 || countZeros(head) > head.length * MOST_ZEROS_SHARE))
    throw binary;
  const counter = createUtf8Counter();
  const sampler = createSampler();
  let bytes = 0;
  let zeros = 0;
  for await (const piece of source.pieces(signal, onBytes)) {
    bytes += piece.length;
    if (utf16) continue;
    zeros += countZeros(piece);
    counter.push(piece);
    sampler.add(piece);
  }
  if (utf16) return { encoding: utf16, invalidBytes: 0, bytes };
  if (zeros > bytes * MOST_ZEROS_SHARE) throw binary;
  const { invalidBytes, multiByteCharacters } = counter.finish();
  // ISO-2022-JP is written in ASCII, with escapes that switch its meaning.
  if (invalidBytes === 0 && multiByteCharacters === 0 && hasJapaneseEscape(head))
    return { encoding: 'iso-2022-jp', invalidBytes, bytes };
  // A few broken bytes among many good characters are damage; no good characters at all is another encoding.
  const isUtf8 = invalidBytes === 0 || multiByteCharacters > invalidBytes;
  return { encoding: isUtf8 ? 'utf-8' : detectEncoding(sampler.bytes()), invalidBytes, bytes };
}

function hasJapaneseEscape(head: Uint8Array): boolean {
  for (let at = head.indexOf(ESCAPE); at >= 0; at = head.indexOf(ESCAPE, at + 1)) {
    if (head[at + 1] === 0x24 && (head[at + 2] === 0x40 || head[at + 2] === 0x42)) return true;
  }
  return false;
}

/** Second pass: the text, a piece at a time, without its byte order mark; bytes that are no character become U+FFFD. */
export async function* readText(
  source: ByteSource,
  encoding: Encoding,
  signal: AbortSignal,
  onBytes: OnBytes,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const piece of source.pieces(signal, onBytes)) {
    const text = decoder.decode(piece, { stream: true });
    if (text) yield text;
  }
  const rest = decoder.decode();
  if (rest) yield rest;
}
