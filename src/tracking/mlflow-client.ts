/**
 * MLflow's REST API (https://mlflow.org/docs/latest/rest-api.html), as much of it as sending a run takes. What a browser may not read is no
 * answer at all to it, so a server that does not name this page among its origins looks like one that is not there: the words say both.
 */
import { Problem } from '../lib/problem.ts';

export interface MlflowServer {
  /** As typed: "http://localhost:5000", "https://user:password@mlflow.example.com/prefix". */
  readonly address: string;
  /** The page's own origin, for the words. */
  readonly origin: string;
  readonly fetcher: typeof fetch;
  readonly signal: AbortSignal;
}

export interface MlflowClient {
  get(path: string, query: Readonly<Record<string, string>>): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
  /** Uploads a file below the server's own artifact store. */
  putArtifact(path: string, file: Blob): Promise<void>;
  /** Where a person looks at something of it. */
  readonly page: string;
}

/** An error that the server answered with. */
export class MlflowError extends Error {
  override readonly name = 'MlflowError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const LOCAL = ['localhost', '127.0.0.1'];

/** The address as a URL without credentials and without a slash at its end. Throws `Problem`. */
export function parseMlflowAddress(address: string): { readonly base: string; readonly authorization: string | null } {
  const typed = address.trim();
  const url = URL.canParse(typed) ? new URL(typed) : null;
  const isHere = url?.protocol === 'http:' && LOCAL.includes(url.hostname);
  if (!url || (url.protocol !== 'https:' && !isHere)) {
    throw new Problem({
      where: 'Address of the server',
      expected: 'an address such as https://mlflow.example.com, or http://localhost:5000 on this machine',
      found: typed === '' ? 'nothing' : `"${typed.slice(0, 120)}"`,
      fix: 'This page speaks to other machines over https only: put the server behind https, or forward its port to this machine (ssh -L 5000:localhost:5000 HOST).',
    });
  }
  const { username, password, origin, pathname } = url;
  const authorization =
    username === '' ? null : `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`;
  return { base: origin + pathname.replace(/\/+$/, ''), authorization };
}

/** How to start a server that lets this page in. */
export function corsWords(origin: string): string {
  return (
    `Check that it is running, and let this page in: mlflow server --cors-allowed-origins ${origin} ` +
    `(or MLFLOW_SERVER_CORS_ALLOWED_ORIGINS=${origin}; MLflow 3.5 or newer).`
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** `value[key]` as a text, `''` where there is none. */
export function textOf(value: unknown, ...path: readonly string[]): string {
  let at: unknown = value;
  for (const key of path) at = isRecord(at) ? at[key] : undefined;
  return typeof at === 'string' ? at : '';
}

function refused(base: string, status: number, text: string): Problem {
  const where = base;
  if (status === 401 || (status === 403 && !/host header/i.test(text))) {
    return new Problem({
      where,
      expected: 'to be let in',
      found: `that the server refuses (${status})`,
      fix: 'Give name and password in the address: https://NAME:PASSWORD@HOST.',
    });
  }
  if (status === 403) {
    return new Problem({
      where,
      expected: 'the server to know itself by this name',
      found: text.slice(0, 200),
      fix: `Start it with --allowed-hosts ${new URL(base).host}.`,
    });
  }
  return new Problem({
    where,
    expected: 'an MLflow tracking server',
    found: `status ${status}: ${text.slice(0, 200) || 'nothing'}`,
    fix: 'Check the address; MLflow 2 or 3 answers there.',
  });
}

export function connectMlflow({ address, origin, fetcher, signal }: MlflowServer): MlflowClient {
  const { base, authorization } = parseMlflowAddress(address);
  const send = async (
    path: string,
    init: Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> },
  ): Promise<unknown> => {
    let response: Response;
    try {
      response = await fetcher(base + path, {
        ...init,
        signal,
        credentials: 'omit',
        headers: { ...init.headers, ...(authorization === null ? {} : { Authorization: authorization }) },
      });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new Problem({
        where: base,
        expected: 'an answer that this page may read',
        found: `none: no server is there, or it does not let ${origin} in`,
        fix: corsWords(origin),
      });
    }
    const text = await response.text();
    let json: unknown = null;
    try {
      json = JSON.parse(text === '' ? '{}' : text);
    } catch {
      // Not JSON: not what the API answers with.
    }
    const code = textOf(json, 'error_code');
    if (!response.ok && code !== '') throw new MlflowError(code, response.status, textOf(json, 'message'));
    if (!response.ok || json === null) throw refused(base, response.status, text);
    return json;
  };
  const json = { 'Content-Type': 'application/json' };
  return {
    page: base,
    get: (path, query) => send(`/api/2.0/mlflow/${path}?${new URLSearchParams(query).toString()}`, { method: 'GET' }),
    post: (path, body) => send(`/api/2.0/mlflow/${path}`, { method: 'POST', headers: json, body: JSON.stringify(body) }),
    putArtifact: async (path, file) => {
      const encoded = path.split('/').map(encodeURIComponent).join('/');
      await send(`/api/2.0/mlflow-artifacts/artifacts/${encoded}`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/octet-stream' },
        body: file,
      });
    },
  };
}
