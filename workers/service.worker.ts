/**
 * The service worker: the page works without a network, every request that leaves this machine is counted, and none goes to another origin
 * unless the person did something that needs it. On hosts that send no headers it also isolates the page (COOP, COEP), without
 * which there are no threads. It knows nothing of data and models.
 */
import { type PrecacheEntry } from 'workbox-precaching';
import type { FromServiceWorker, RequestOutcome, RequestRecord, ToServiceWorker } from '../src/protocol/network.ts';
import { createPageFiles } from './service/files.ts';
import { createPermits } from './service/permits.ts';

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: readonly PrecacheEntry[] };

const MOST_RECORDS = 500;
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const scope = self.registration.scope;
const files = createPageFiles(self.__WB_MANIFEST, scope);
const permits = createPermits();
const records: RequestRecord[] = [];
let requests = 0;

/** What a file of the page is for. */
function purposeOf(url: URL): string {
  const path = url.href.slice(scope.length);
  if (path.startsWith('models/')) return 'the starter model';
  if (path.startsWith('sample/')) return 'the sample';
  return 'the page itself';
}

async function send(message: FromServiceWorker): Promise<void> {
  for (const client of await self.clients.matchAll({ type: 'window', includeUncontrolled: true })) client.postMessage(message);
}

function record(request: Request, purpose: string, outcome: RequestOutcome): void {
  const { host, pathname } = new URL(request.url);
  const made: RequestRecord = {
    number: ++requests,
    at: Date.now(),
    method: request.method,
    address: host + pathname,
    purpose,
    outcome,
  };
  records.push(made);
  if (records.length > MOST_RECORDS) records.shift();
  void send({ type: 'requests', records: [made] });
}

/** The same answer with the headers that isolate the page. */
function isolated(response: Response): Response {
  if (response.type === 'error' || response.type === 'opaque' || response.type === 'opaqueredirect') return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  const { status, statusText } = response;
  // These have no body, and may not be given one.
  const body = status === 204 || status === 304 ? null : response.body;
  return new Response(body, { status, statusText, headers });
}

function fetchOwn(request: Request, url: URL): ReturnType<typeof files.fetch> {
  record(request, purposeOf(url), 'network');
  return files.fetch(url, () => fetch(request));
}

async function answerOwn(event: FetchEvent, url: URL): Promise<Response> {
  const here = event.request.method === 'GET' ? await files.find(url) : null;
  if (here) return isolated(here);
  const { response, kept } = fetchOwn(event.request, url);
  event.waitUntil(kept);
  return isolated(await response);
}

async function answerForeign(request: Request, origin: string): Promise<Response> {
  const permit = await permits.storedFor(origin);
  record(request, permit?.purpose ?? 'nothing that was asked for', permit ? 'network' : 'refused');
  return permit ? fetch(request) : Response.error();
}

self.addEventListener('install', (event) => event.waitUntil(files.install(event)));

self.addEventListener('activate', (event) => {
  event.waitUntil(files.activate(event).then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (url.href.startsWith(scope)) {
    event.respondWith(answerOwn(event, url));
    return;
  }
  const permit = permits.knownFor(url.origin);
  // Left to the browser: a long download does not need this worker to stay alive.
  if (permit) record(event.request, permit.purpose, 'network');
  else event.respondWith(answerForeign(event.request, url.origin));
});

self.addEventListener('message', (event) => {
  const message = event.data as ToServiceWorker;
  switch (message.type) {
    case 'permit':
      event.waitUntil(permits.grant(message.permit).then(() => event.ports[0]?.postMessage('done')));
      break;
    case 'revoke':
      event.waitUntil(permits.revoke(message.origin));
      break;
    case 'keep':
      event.waitUntil(keepLarge());
      break;
    case 'records':
      event.source?.postMessage({ type: 'requests', records } satisfies FromServiceWorker);
      break;
    default:
      message satisfies never;
  }
});

/** One after the other, so that the person's own requests come first. */
async function keepLarge(): Promise<void> {
  for (const url of await files.missing()) if (!(await files.find(url))) await fetchOwn(new Request(url), url).kept;
}
