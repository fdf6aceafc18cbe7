/**
 * Requests to the Hugging Face hub: with the token, with patience, and with words for every refusal. Plain fetch of the hub's two
 * addresses (`/api/models/ID/revision/REV` and `/ID/resolve/REV/FILE`): `@huggingface/hub` would bring uploads, Xet and its own
 * WebAssembly, and neither resumes into a file nor checks a hash while it streams.
 */
import { Problem } from '../lib/problem.ts';
import { answerProblem, offline, Transient, unreachable, type Asked } from './hub-problems.ts';

export interface HubConnection {
  /** Without a slash at its end. Only it ever gets the token: browsers and Node drop the header when a redirect leaves the host. */
  readonly endpoint: string;
  readonly token: string | null;
  readonly signal: AbortSignal;
  readonly fetcher: typeof fetch;
  readonly patience: Patience;
}

export interface Patience {
  /** Milliseconds before the second, third, ... try. */
  readonly delays: readonly number[];
  /** A server that asks for more is not waited for. */
  readonly longest: number;
  /** Milliseconds without a byte after which a connection counts as broken. */
  readonly stall: number;
}

export const PATIENCE: Patience = { delays: [500, 1000, 2000, 4000, 8000], longest: 60_000, stall: 30_000 };

function isOffline(): boolean {
  return 'navigator' in globalThis && 'onLine' in navigator && !navigator.onLine;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason instanceof Error ? signal.reason : new Error('cancelled'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** Tries until `work` succeeds, fails for good, or failed too often without coming any further. Throws `Problem`. */
export async function withPatience<T>(
  { patience, signal }: HubConnection,
  where: string,
  work: () => Promise<T>,
  /** A number that grows when a try came further than the one before. */
  reached: () => number = () => 0,
): Promise<T> {
  let failures = 0;
  let best = reached();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Transient)) throw error;
      if (isOffline()) throw offline(where);
      if (reached() > best) failures = 0;
      best = reached();
      const delay = patience.delays[failures++];
      const wait = Math.max(delay ?? 0, error.after ?? 0);
      if (delay === undefined || wait > patience.longest) throw error.problem;
      await pause(wait, signal);
    }
  }
}

/** Ends a request that gives nothing for a while. `alive` is to be called at every sign of life, `done` at the end. */
export function watchStall({ signal, patience }: HubConnection) {
  const stalled = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const done = (): void => clearTimeout(timer);
  const alive = (): void => {
    done();
    timer = setTimeout(() => stalled.abort(), patience.stall);
  };
  alive();
  return { signal: AbortSignal.any([signal, stalled.signal]), alive, done };
}

/** One request. Throws `Problem`, or `Transient` where another try may help. 206 and 416 are the caller's to understand. */
export async function request(
  connection: HubConnection,
  path: string,
  asked: Omit<Asked, 'hasToken'>,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  const { endpoint, token, fetcher } = connection;
  const url = new URL(endpoint + path);
  let response: Response;
  try {
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    response = await fetcher(url, {
      headers: { ...headers, ...authorization },
      signal,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
  } catch {
    connection.signal.throwIfAborted();
    throw unreachable(asked.where, url.host);
  }
  if (response.ok || response.status === 416) return response;
  await response.body?.cancel();
  throw answerProblem(response, { ...asked, hasToken: token !== null });
}

/** A small JSON document of the hub, retried like everything else. Throws `Problem`. */
export async function requestJson(connection: HubConnection, path: string, asked: Omit<Asked, 'hasToken'>): Promise<unknown> {
  return withPatience(connection, asked.where, async () => {
    const watch = watchStall(connection);
    try {
      const response = await request(connection, path, asked, {}, watch.signal);
      const text = await response.text().catch(() => {
        connection.signal.throwIfAborted();
        throw unreachable(asked.where, new URL(connection.endpoint).host);
      });
      return parse(text, asked.where);
    } finally {
      watch.done();
    }
  });
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem({
      where,
      expected: 'an answer of the hub in JSON',
      found: `"${text.slice(0, 60)}"`,
      fix: 'A proxy or a sign-in page may answer in place of the hub: open huggingface.co in this browser and look.',
    });
  }
}
