/**
 * The open dataset outlives the page: it is kept on the browser's disk when it is opened and after each change, and is there after a reload.
 * A run that is kept needs its data too: whoever keeps runs tells their fingerprints (`dataNeeds`), and reopens what they were trained on
 * (`reopenData`). Where nothing can be kept the page goes on in memory and says so.
 */
import { createStore } from 'zustand/vanilla';
import type { DataSource } from '../data/types.ts';
import type { ProblemText } from '../lib/problem.ts';
import type { KeptDataset, KeptUse } from '../protocol/tokenizer.ts';
import { dataStore } from './data.ts';
import { problemText, report } from './problems.ts';
import { call } from './workers.ts';

export interface KeptDataState {
  /** `memory`: it is not kept, `why` says why; null where a person did not want it. */
  readonly status: 'none' | 'keeping' | 'kept' | 'memory';
  readonly kept: KeptDataset | null;
  readonly why: ProblemText | null;
  /** Removes what is kept of the open dataset; it stays open, and is not kept again. */
  remove(): Promise<void>;
  /** Keeps the open dataset after all. */
  keep(): void;
}

/** Fingerprints of the data that kept runs were trained on: their datasets are never removed to make room. */
export const dataNeeds: (() => Promise<readonly string[]>)[] = [];

/** The fingerprint that this tab had last, and the last one of any tab. */
const PLACE = 'tabtune.data';
/** A dataset whose columns are not settled has no fingerprint: the latest is meant. */
const LATEST = 'latest';

/** A private window may have neither: then nothing comes back, which is all there is to say. */
function remember(fingerprint: string | null): void {
  for (const shelf of ['sessionStorage', 'localStorage'] as const) {
    try {
      if (fingerprint === null) window[shelf].removeItem(PLACE);
      else window[shelf].setItem(PLACE, fingerprint);
    } catch {
      return;
    }
  }
}

function remembered(): string | null {
  try {
    return window.sessionStorage.getItem(PLACE) ?? window.localStorage.getItem(PLACE);
  } catch {
    return null;
  }
}

/** The source that a person does not want kept. */
let declined: DataSource | null = null;
let wanted = false;
let working = false;

export const keptDataStore = createStore<KeptDataState>()((set, get) => ({
  status: 'none',
  kept: null,
  why: null,
  async remove() {
    const { kept } = get();
    declined = dataStore.getState().source;
    remember(null);
    try {
      if (kept) await call((link) => link.tokenizer.removeKept(kept.key));
      set({ status: 'memory', kept: null, why: null });
    } catch (error) {
      report('data', error, 'What is kept of the data');
    }
  },
  keep() {
    declined = null;
    keepSoon();
  },
}));

async function keepOnce(): Promise<void> {
  const { dataset, source } = dataStore.getState();
  if (!dataset || source === declined) return;
  keptDataStore.setState(({ kept }) => ({ status: kept ? 'kept' : 'keeping', why: null }));
  try {
    await dataStore.getState().ensure();
    const needed = (await Promise.all(dataNeeds.map((ask) => ask()))).flat();
    // Asked for here, because a worker may not: the browser then does not clear it away when the disk gets full.
    if (window.isSecureContext) await navigator.storage.persist();
    const kept = await call((link) => link.tokenizer.keep(needed));
    if (source !== dataStore.getState().source || source === declined) return;
    remember(dataset.profile?.fingerprint ?? LATEST);
    keptDataStore.setState({ status: 'kept', kept, why: null });
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return;
    if (source !== dataStore.getState().source) return;
    remember(null);
    keptDataStore.setState({ status: 'memory', kept: null, why: problemText(error, dataset.summary.name) });
  }
}

/** One at a time; of changes that come meanwhile the last counts. */
function keepSoon(): void {
  wanted = true;
  if (working) return;
  working = true;
  void (async () => {
    while (wanted) {
      wanted = false;
      await keepOnce();
    }
    working = false;
  })();
}

dataStore.subscribe(({ dataset, source }, before) => {
  if (dataset === before.dataset || !dataset) return;
  if (source !== before.source) keptDataStore.setState({ status: 'keeping', kept: null, why: null });
  keepSoon();
});

async function openUse({ source, reading, choice, split, mends }: KeptUse): Promise<boolean> {
  return dataStore.getState().open(source, reading, { choice, split, mends });
}

/**
 * Opens the data of this fingerprint from this machine: the very same rows, split and order. False where it is not kept, or where it gives
 * other data now (another version of the page may read or split it in another way).
 */
export async function reopenData(fingerprint: string): Promise<boolean> {
  if (dataStore.getState().dataset?.profile?.fingerprint === fingerprint) return true;
  const use = await call((link) => link.tokenizer.findKept(fingerprint));
  if (!use || !(await openUse(use))) return false;
  return dataStore.getState().dataset?.profile?.fingerprint === fingerprint;
}

/** At the start of the page: what this tab had before the reload, or what the last tab had. True when it is open again. */
export async function restoreData(): Promise<boolean> {
  const last = remembered();
  if (last === null) return false;
  try {
    const use = await call((link) => link.tokenizer.findKept(last === LATEST ? null : last));
    const { dataset, opening } = dataStore.getState();
    // Somebody was quicker than the disk.
    if (dataset || opening) return false;
    if (use) return await openUse(use);
  } catch (error) {
    report('data', error, 'The data of the last visit');
  }
  remember(null);
  return false;
}
