/** Fetches a file from elsewhere because a person asked for it: no cookies, no referrer, with progress, within bounds. */
import { Problem } from '../../lib/problem.ts';

export interface Download {
  /** The last part of the address that was really fetched. */
  readonly name: string;
  readonly file: Blob;
}

/** Bytes of one download. Larger files are better saved and dropped: then they are read from the disk. */
export const LARGEST_DOWNLOAD = 1024 * 2 ** 20;

const STATUS_WORDS: Readonly<Record<number, string>> = {
  401: 'a login is asked for',
  403: 'access is refused',
  404: 'nothing is there',
  410: 'it is gone',
  429: 'too many requests; the server wants a pause',
};

function problem(where: string, found: string, fix: string): Problem {
  return new Problem({ where, expected: 'a file that this page may fetch', found, fix });
}

const SAVE_IT = 'Save the file with your browser or another program, then drop it here.';

/** Throws `Problem` when the address is none, or not of the web. */
export function webAddress(text: string): URL {
  let url: URL | null = null;
  try {
    url = new URL(text.trim());
  } catch {
    url = null;
  }
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && /^(localhost|127\.0\.0\.1)$/.test(url.hostname))) return url;
  throw new Problem({
    where: text.length > 80 ? `${text.slice(0, 80)}…` : text,
    expected: 'an address that begins with https://',
    found: url ? `one that begins with ${url.protocol}` : 'no address',
    fix: 'Copy the whole address of the file from your browser.',
  });
}

/** The answer of a server, or a `Problem` in words: refused by CORS, offline, an error status. */
export async function request(url: URL, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { signal, credentials: 'omit', referrerPolicy: 'no-referrer', mode: 'cors' });
  } catch (error) {
    if (signal.aborted || !(error instanceof TypeError)) throw error;
    const found = 'no answer: the server does not allow other pages to fetch it (CORS), or it cannot be reached';
    throw problem(url.href, found, SAVE_IT);
  }
  if (response.ok) return response;
  const words = STATUS_WORDS[response.status];
  const found = `HTTP ${response.status}${words ? `, ${words}` : ''}`;
  throw problem(url.href, found, `Check the address in your browser. ${SAVE_IT}`);
}

function tooLarge(url: URL, bytes: number): Problem {
  const limit = `at most ${LARGEST_DOWNLOAD / 2 ** 20} MB`;
  const found = `${Math.round(bytes / 2 ** 20).toLocaleString('en-US')} MB`;
  return new Problem({
    where: url.href,
    expected: limit,
    found,
    fix: `${SAVE_IT} It is then read from the disk, piece by piece.`,
  });
}

/** `onBytes(done, total)`: total is null where the server does not tell it. */
export async function download(
  url: URL,
  signal: AbortSignal,
  onBytes: (done: number, total: number | null) => void,
): Promise<Download> {
  const response = await request(url, signal);
  const told = Number(response.headers.get('content-length') ?? Number.NaN);
  const total = Number.isFinite(told) && told > 0 ? told : null;
  if (total !== null && total > LARGEST_DOWNLOAD) throw tooLarge(url, total);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const chunk = await reader?.read().catch((error: unknown) => {
      if (signal.aborted || !(error instanceof TypeError)) throw error;
      throw problem(url.href, `a connection that broke off after ${done.toLocaleString('en-US')} bytes`, 'Try again.');
    });
    if (!chunk || chunk.done) break;
    done += chunk.value.length;
    if (done > LARGEST_DOWNLOAD) {
      await reader?.cancel();
      throw tooLarge(url, done);
    }
    parts.push(chunk.value);
    onBytes(done, total);
  }
  const path = new URL(response.url || url).pathname.split('/').at(-1) ?? '';
  return { name: decodeURIComponent(path) || url.hostname, file: new Blob(parts) };
}
