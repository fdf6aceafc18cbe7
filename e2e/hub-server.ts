/**
 * A Hugging Face hub on this machine, for tests: the listing of a repository, `resolve/` with ranges, large files by a redirect to a second
 * host as the real one does, and CORS. A test spoils single answers by `spoil`.
 */
import { createHash } from 'node:crypto';
import { createServer as createHttp, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { FileContent } from './toy-model.ts';

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

export interface HubRequest {
  readonly host: 'hub' | 'cdn';
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly authorization: string | null;
  readonly range: string | null;
}

/** Answers in place of the hub when it returns true. */
export type Spoil = (request: HubRequest, response: ServerResponse, bytes: Buffer | null) => boolean;

export interface HubServer {
  readonly url: string;
  readonly ports: { readonly hub: number; readonly cdn: number };
  /** All but preflights, in order. */
  readonly requests: HubRequest[];
  spoil: Spoil;
  close(): Promise<void>;
}

export interface HubOptions {
  readonly models: Readonly<Record<string, readonly FileContent[]>>;
  /** Serves https; `cdnUrl` then is how the redirect calls the second host. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly cdnUrl: string };
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const blobId = (bytes: Buffer): string => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
const isLarge = (name: string): boolean => /\.(safetensors|bin|model)$/.test(name);

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, range',
  'access-control-expose-headers': 'X-Error-Code, X-Error-Message, X-Linked-Size, X-Linked-Etag, Content-Range, Retry-After',
};

/** What the hub answers for a repository that is not there, or that a stranger may not see. */
export function answer(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): true {
  response.writeHead(status, { ...CORS, ...headers }).end();
  return true;
}

const ARRIVAL_MS = 200;

/** Sends a file, or the part that is asked for, at most `limit` bytes of it before the connection breaks. */
export function sendFile(response: ServerResponse, bytes: Buffer, range: string | null, limit = Infinity): true {
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  if (start >= bytes.length && bytes.length > 0) return answer(response, 416);
  const body = bytes.subarray(start);
  const partial = start > 0 ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {};
  response.writeHead(start > 0 ? 206 : 200, {
    ...CORS,
    ...partial,
    'content-length': body.length,
    'content-type': 'binary/octet-stream',
  });
  if (limit >= body.length) response.end(body);
  // A moment later: what is still in the socket when it is destroyed never arrives.
  else response.write(body.subarray(0, limit), () => setTimeout(() => response.destroy(), ARRIVAL_MS));
  return true;
}

function listen(handler: RequestListener, tls: HubOptions['tls']) {
  const server = tls ? createHttps({ key: tls.key, cert: tls.cert }, handler) : createHttp(handler);
  return new Promise<{ port: number; close: () => Promise<void> }>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const close = (): Promise<void> =>
        new Promise((closed) => {
          server.close(() => closed());
          server.closeAllConnections();
        });
      resolve({ port: (server.address() as AddressInfo).port, close });
    });
  });
}

export async function startHub({ models, tls }: HubOptions): Promise<HubServer> {
  const requests: HubRequest[] = [];
  const blobs = new Map<string, Buffer>();
  for (const files of Object.values(models)) for (const { buffer } of files) blobs.set(sha256(buffer), buffer);

  const record = (host: HubRequest['host'], request: IncomingMessage): HubRequest => {
    const { authorization = null, range = null } = request.headers;
    const seen = { host, method: request.method ?? '', path: request.url ?? '', authorization, range };
    if (seen.method !== 'OPTIONS') requests.push(seen);
    return seen;
  };
  const serve =
    (
      host: HubRequest['host'],
      find: (path: string) => Buffer | null,
      go: (path: string, request: HubRequest, response: ServerResponse) => void,
    ): RequestListener =>
    (request, response) => {
      const seen = record(host, request);
      const path = decodeURIComponent(seen.path.split('?')[0] ?? '');
      if (seen.method === 'OPTIONS') answer(response, 200);
      else if (!hub.spoil(seen, response, find(path))) go(path, seen, response);
    };

  const cdn = await listen(
    serve(
      'cdn',
      (path) => blobs.get(path.slice(1)) ?? null,
      (path, { range }, response) => {
        const bytes = blobs.get(path.slice(1));
        if (bytes) sendFile(response, bytes, range);
        else answer(response, 404);
      },
    ),
    tls,
  );
  const cdnUrl = tls?.cdnUrl ?? `http://127.0.0.1:${cdn.port}`;

  const findFile = (path: string): FileContent | null => {
    const [, id = '', name = ''] = /^\/(.+)\/resolve\/[^/]+\/(.+)$/.exec(path) ?? [];
    return models[id]?.find((file) => file.name === name) ?? null;
  };
  const main = await listen(
    serve(
      'hub',
      (path) => findFile(path)?.buffer ?? null,
      (path, { range }, response) => {
        const id = /^\/api\/models\/(.+)\/revision\/.+$/.exec(path)?.[1];
        const files = id === undefined ? undefined : models[id];
        if (id !== undefined) {
          if (!files) {
            answer(response, 401, { 'x-error-code': 'RepoNotFound' });
            return;
          }
          const siblings = files.map(({ name, buffer }) => ({
            rfilename: name,
            blobId: blobId(buffer),
            size: buffer.length,
            ...(isLarge(name) ? { lfs: { sha256: sha256(buffer), size: buffer.length, pointerSize: 135 } } : {}),
          }));
          response
            .writeHead(200, { ...CORS, 'content-type': 'application/json' })
            .end(JSON.stringify({ id, sha: COMMIT, siblings }));
          return;
        }
        const file = findFile(path);
        if (!file) answer(response, 404, { 'x-error-code': 'EntryNotFound' });
        else if (isLarge(file.name)) {
          const hash = sha256(file.buffer);
          answer(response, 302, {
            location: `${cdnUrl}/${hash}?signature=x`,
            'x-linked-etag': `"${hash}"`,
            'x-linked-size': `${file.buffer.length}`,
          });
        } else sendFile(response, file.buffer, range);
      },
    ),
    tls,
  );

  const hub: HubServer = {
    url: `http://127.0.0.1:${main.port}`,
    ports: { hub: main.port, cdn: cdn.port },
    requests,
    spoil: () => false,
    close: async () => {
      await Promise.all([main.close(), cdn.close()]);
    },
  };
  return hub;
}
