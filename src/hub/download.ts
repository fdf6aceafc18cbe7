/**
 * Downloads files whole, with progress over all of them, and makes sure that what came is what was asked for: complete, and no error page
 * in its place.
 */
import { Problem } from '../lib/problem.ts';

/** Bytes so far and in all; at the end they are equal. Called at every chunk. */
export type ByteProgress = (done: number, total: number) => void;

const OFFLINE = 'Check the connection and try again.';
const HOST_WRONG = 'The page is not served completely: build it again (npm start) or copy all of its files to the host.';

function nameOf(url: URL): string {
  return url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
}

interface OpenDownload {
  readonly name: string;
  readonly response: Response;
  /** Bytes that will come, null when the server does not tell. */
  readonly length: number | null;
}

/** Sends the request and checks what can be told from the answer's head. */
async function begin(url: URL, fetcher: typeof fetch, signal: AbortSignal): Promise<OpenDownload> {
  const name = nameOf(url);
  let response: Response;
  try {
    response = await fetcher(url, { signal });
  } catch {
    throw new Problem({ where: name, expected: `an answer from ${url.host}`, found: 'none', fix: OFFLINE });
  }
  if (!response.ok) {
    throw new Problem({
      where: name,
      expected: `the file at ${url.href}`,
      found: `an answer "${response.status}"`,
      fix: HOST_WRONG,
    });
  }
  if (/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) {
    throw new Problem({ where: name, expected: `the file at ${url.href}`, found: 'a web page in its place', fix: HOST_WRONG });
  }
  // Under a content encoding the length counts packed bytes, the stream gives unpacked ones.
  const header = response.headers.get('content-encoding') === null ? response.headers.get('content-length') : null;
  const length = header !== null && /^\d+$/.test(header) ? Number(header) : null;
  return { name, response, length };
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** Reads the body; with a known length into one array of that size, so that nothing is held twice. */
async function receive(
  { name, response, length }: OpenDownload,
  onBytes: (count: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const target = length === null ? null : new Uint8Array(length);
  const chunks: Uint8Array[] = [];
  let received = 0;
  const broken = (): Problem =>
    new Problem({
      where: name,
      expected: length === null ? 'the whole file' : `${length.toLocaleString('en-US')} bytes`,
      found: `${received.toLocaleString('en-US')} bytes before it broke off`,
      fix: OFFLINE,
    });
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read().catch(() => {
      throw broken();
    });
    if (done) break;
    if (target && received + value.length <= target.length) target.set(value, received);
    else chunks.push(value);
    received += value.length;
    onBytes(value.length);
  }
  if (length !== null && received !== length) throw broken();
  return target ?? join(chunks, received);
}

/** Downloads all, side by side; the first that fails ends the others. Contents come in the order of `urls`. Throws `Problem`. */
export async function downloadAll(
  urls: readonly URL[],
  onProgress: ByteProgress,
  fetcher: typeof fetch,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const abort = new AbortController();
  try {
    const downloads = await Promise.all(urls.map((url) => begin(url, fetcher, abort.signal)));
    const promised = downloads.reduce((sum, { length }) => sum + (length ?? 0), 0);
    let done = 0;
    const onBytes = (count: number): void => {
      done += count;
      onProgress(done, Math.max(done, promised));
    };
    return await Promise.all(downloads.map((download) => receive(download, onBytes)));
  } catch (error) {
    abort.abort();
    throw error;
  }
}
