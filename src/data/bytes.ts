/** First pass over a file: is it text, and in which encoding? Judged from every byte; nothing of it is kept. */
import { Problem } from '../lib/problem.ts';
import { recogniseBinary } from './signatures.ts';
import { createUtf8Counter } from './utf8.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

export interface EncodingJudgement {
  readonly encoding: Encoding;
  /** Bytes that are not UTF-8, where the file is neither UTF-8 nor UTF-16 throughout. */
  readonly invalidBytes: number;
}

export const ENCODING_NAMES: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
  'windows-1252': 'Windows-1252',
};

/** Bytes read at a time: few enough that progress and cancelling are prompt. */
const PIECE = 2 ** 20;
const HEAD = 2 ** 16;

/** The bytes of a blob, a piece at a time; stops with the signal's reason. Throws `Problem` when the file cannot be read any more. */
export async function* readPieces(blob: Blob, where: string, signal: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < blob.size; at += PIECE) {
    signal.throwIfAborted();
    try {
      yield new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer());
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      const fix = 'Close the program that holds it, or copy it elsewhere, and drop it again.';
      throw new Problem({ where, expected: 'a file that can be read', found: error.message, fix });
    }
  }
}

function notText(where: string, found: string, fix: string): Problem {
  return new Problem({ where, expected: 'a text file (CSV or TSV)', found, fix });
}

function countZeros(bytes: Uint8Array, limit: number): number {
  let count = 0;
  for (let at = bytes.indexOf(0); at >= 0 && count <= limit; at = bytes.indexOf(0, at + 1)) count++;
  return count;
}

/** UTF-16 by its byte order mark, or by zeros that stand in every second place (but for a few characters), as in Latin text. */
function utf16Of(head: Uint8Array): Encoding | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const zeros: [number, number] = [0, 0];
  for (let i = 0; i < head.length; i++) if (head[i] === 0) zeros[i & 1 ? 1 : 0]++;
  const enough = head.length * 0.1;
  const [even, odd] = zeros;
  if (odd > enough && even * 8 < odd) return 'utf-16le';
  if (even > enough && odd * 8 < even) return 'utf-16be';
  return null;
}

function isControl(byte: number): boolean {
  return byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13;
}

/** Throws `Problem` when the file is not text. `onBytes` hears how many bytes were seen. */
export async function judgeEncoding(
  blob: Blob,
  where: string,
  signal: AbortSignal,
  onBytes: (done: number) => void,
): Promise<EncodingJudgement> {
  const counter = createUtf8Counter();
  let done = 0;
  let zeros = 0;
  for await (const bytes of readPieces(blob, where, signal)) {
    if (done === 0) {
      const head = bytes.subarray(0, HEAD);
      const known = recogniseBinary(Array.from(head.subarray(0, 4096), (byte) => String.fromCharCode(byte)).join(''));
      if (known) throw notText(where, known.what, known.fix);
      const utf16 = utf16Of(head);
      if (utf16) return { encoding: utf16, invalidBytes: 0 };
      if (head.includes(0) || head.filter(isControl).length > head.length / 10) zeros = Infinity;
    }
    done += bytes.length;
    zeros += countZeros(bytes, PIECE / 1000);
    if (zeros > done / 1000)
      throw notText(where, 'binary data', 'Drop a CSV or TSV file; a spreadsheet can be saved as CSV (UTF-8).');
    counter.push(bytes);
    onBytes(done);
  }
  const { invalidBytes, multiByteCharacters } = counter.finish();
  // A few broken bytes among many good characters are damage; no good characters at all is another encoding.
  const encoding = invalidBytes === 0 || multiByteCharacters > invalidBytes ? 'utf-8' : 'windows-1252';
  return { encoding, invalidBytes };
}

/** Second pass: the text, a piece at a time, without its byte order mark; bytes that are no character become U+FFFD. */
export async function* readText(
  blob: Blob,
  encoding: Encoding,
  where: string,
  signal: AbortSignal,
  onBytes: (done: number) => void,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let done = 0;
  for await (const bytes of readPieces(blob, where, signal)) {
    done += bytes.length;
    const text = decoder.decode(bytes, { stream: true });
    onBytes(done);
    if (text) yield text;
  }
  const rest = decoder.decode();
  if (rest) yield rest;
}
