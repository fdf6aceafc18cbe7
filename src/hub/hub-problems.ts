/** What the hub's answers mean, in words that a person can act on. Its error codes: huggingface_hub, utils/_http.py. */
import { Problem } from '../lib/problem.ts';

/** A failure that may go away by itself: worth another try, after so many milliseconds where the server says so. */
export class Transient extends Error {
  constructor(
    readonly problem: Problem,
    readonly after: number | null = null,
  ) {
    super(problem.message);
  }
}

const KEPT = 'What came so far is kept: try again and it goes on from there.';

export function offline(where: string): Problem {
  return new Problem({
    where,
    expected: 'a connection to the internet',
    found: 'that this machine is offline',
    fix: `Connect and try again, or use a model that is on this machine already. ${KEPT}`,
  });
}

/** `fetch` tells apart neither a dead host nor an answer that the browser's rules (CORS, a blocker) keep from the page. */
export function unreachable(where: string, host: string): Transient {
  return new Transient(
    new Problem({
      where,
      expected: `an answer from ${host}`,
      found: 'none that this page may read',
      fix: `A firewall, a proxy or a browser extension may keep it away, or the hub does not let this page read the model (CORS). Otherwise try again later. ${KEPT}`,
    }),
  );
}

export function brokeOff(where: string, received: number, size: number): Transient {
  return new Transient(
    new Problem({
      where,
      expected: `${size.toLocaleString('en-US')} bytes`,
      found: `${received.toLocaleString('en-US')} bytes before it broke off`,
      fix: `Check the connection. ${KEPT}`,
    }),
  );
}

function isGated(response: Response): boolean {
  return response.headers.get('x-error-code') === 'GatedRepo';
}

function refused(where: string, response: Response, id: string, hasToken: boolean): Problem {
  if (isGated(response)) {
    return new Problem({
      where,
      expected: `the right to download ${id}`,
      found: 'a gated model, which its owner gives only to those who accepted its terms',
      fix: hasToken
        ? 'Accept the terms on the model’s page at huggingface.co with the account that the token belongs to.'
        : 'Accept the terms on the model’s page at huggingface.co, then give an access token of that account under "Revision and token".',
    });
  }
  if (response.status === 403) {
    return new Problem({
      where,
      expected: `the right to download ${id}`,
      found: 'that the hub forbids it (403)',
      fix: 'Check that the token may read this model (its permissions are under Settings, Access Tokens at huggingface.co).',
    });
  }
  // To a stranger the hub does not tell a private model from one that is not there.
  return new Problem({
    where,
    expected: hasToken ? 'a token that the hub knows' : `a public model ${id}`,
    found: hasToken ? 'that it refuses this one (401)' : 'none, or a private one (401)',
    fix: hasToken
      ? 'Make a new access token at huggingface.co (Settings, Access Tokens) and copy the whole of it.'
      : 'Check the spelling; for a private model give an access token under "Revision and token".',
  });
}

function missing(where: string, response: Response, id: string, revision: string): Problem {
  const code = response.headers.get('x-error-code');
  if (code === 'RevisionNotFound') {
    return new Problem({
      where,
      expected: `the revision "${revision}" of ${id}`,
      found: 'none of that name (404)',
      fix: 'Leave the revision empty for the latest, or copy a branch, tag or commit from the model’s page.',
    });
  }
  const file = code === 'EntryNotFound';
  return new Problem({
    where,
    expected: file ? 'a file that the hub lists' : `a model ${id} on the hub`,
    found: 'none (404)',
    fix: file
      ? 'The model was changed meanwhile: try again.'
      : 'Check the spelling: copy the name from the top of the model’s page.',
  });
}

/** Milliseconds of a Retry-After header, which has seconds or a date; null when there is none. */
function retryAfter(response: Response): number | null {
  const header = response.headers.get('retry-after');
  if (header === null) return null;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : null;
}

export interface Asked {
  readonly where: string;
  readonly id: string;
  readonly revision: string;
  readonly hasToken: boolean;
}

/** What to throw for an answer that is not a success: a `Problem`, or `Transient` where waiting may help. */
export function answerProblem(response: Response, { where, id, revision, hasToken }: Asked): Problem | Transient {
  const { status } = response;
  if (status === 401 || status === 403) return refused(where, response, id, hasToken);
  if (status === 404) return missing(where, response, id, revision);
  if (status === 429) {
    const after = retryAfter(response);
    const wait = after === null ? 'some minutes' : `${Math.ceil(after / 1000)} seconds`;
    const problem = new Problem({
      where,
      expected: 'the file',
      found: 'that the hub asks to wait, too many requests came from here (429)',
      fix: `Try again in ${wait}${hasToken ? '' : '; with an access token the limit is higher'}. ${KEPT}`,
    });
    return new Transient(problem, after);
  }
  const problem = new Problem({
    where,
    expected: 'the file',
    found: `an answer "${status}" of the hub`,
    fix: `The hub has a problem of its own: try again later. ${KEPT}`,
  });
  return status >= 500 ? new Transient(problem, retryAfter(response)) : problem;
}
