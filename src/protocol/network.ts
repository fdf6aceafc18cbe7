/**
 * What page and service worker say to each other: which requests were made and why, and which may leave the page's own origin. Without a
 * permit none may; a permit names what it is for and ends by itself.
 */

/** `network`: sent. `refused`: would have left the page's origin without a permit. Answers from this machine are not recorded. */
export type RequestOutcome = 'network' | 'refused';

export interface RequestRecord {
  /** Counts up from 1 in the life of the service worker. */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  /** Host and path, without a query. */
  readonly address: string;
  /** What it was for, as a noun: "the starter model". */
  readonly purpose: string;
  readonly outcome: RequestOutcome;
}

export interface Permit {
  /** As in `location.origin`. */
  readonly origin: string;
  readonly purpose: string;
  /** Milliseconds since 1970; it ends then. */
  readonly until: number;
}

/** Page to service worker. */
export type ToServiceWorker =
  | { readonly type: 'permit'; readonly permit: Permit }
  | { readonly type: 'revoke'; readonly origin: string }
  /** Fetch the starter and the sample now, so that they are there without a network. Counted like any request. */
  | { readonly type: 'keep' }
  | { readonly type: 'records' };

/** Service worker to every page of the origin. `first`: all that it still knows, asked for by `records`. */
export interface FromServiceWorker {
  readonly type: 'requests';
  readonly records: readonly RequestRecord[];
}
