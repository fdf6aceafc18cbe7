/**
 * What is worked out about the data once it is open: the lengths of its texts by the model's tokenizer, and what simple methods reach on it.
 * Both follow the data; the lengths also follow the model and max_length.
 */
import { createStore } from 'zustand/vanilla';
import type { Baseline } from '../data/baseline/baseline.ts';
import type { Finding } from '../data/doctor/finding.ts';
import type { LengthReport } from '../protocol/tokenizer.ts';
import { dataStore } from './data.ts';
import { modelStore } from './model.ts';
import { report } from './problems.ts';
import { presentMaxLength, settingsStore } from './settings.ts';
import { call, liveGeneration } from './workers.ts';

export interface DoctorState {
  /** Null until they are measured. */
  readonly lengths: LengthReport | null;
  readonly baseline: Baseline | null;
  /** The doctor is over the page. It stays there when the page's layout changes under it. */
  readonly open: boolean;
  show(): void;
  hide(): void;
}

/** The page is drawn first, and a person who goes on clicking is not kept waiting. */
const QUIET_MS = 400;

export const doctorStore = createStore<DoctorState>()((set) => ({
  lengths: null,
  baseline: null,
  open: false,
  show: () => set({ open: true }),
  hide: () => set({ open: false }),
}));

/** Runs `work` when nothing has called for a while; a call that is overtaken is dropped. */
function whenQuiet(work: (isLatest: () => boolean) => Promise<void>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest = 0;
  return () => {
    const mine = ++latest;
    clearTimeout(timer);
    timer = setTimeout(() => {
      work(() => mine === latest).catch((error: unknown) => report('data', error, 'The doctor'));
    }, QUIET_MS);
  };
}

/** Whether the live workers hold the model and data that can be trained on. */
function isReady(): boolean {
  const generation = liveGeneration();
  const { dataset, generation: ofData } = dataStore.getState();
  return dataset?.profile != null && generation !== 0 && ofData === generation && modelStore.getState().generation === generation;
}

const measure = whenQuiet(async (isLatest) => {
  const { info } = modelStore.getState();
  if (!isReady() || !info) return;
  const lengths = await call((link) => link.tokenizer.measureLengths(presentMaxLength(), info.maxLength));
  if (isLatest()) doctorStore.setState({ lengths });
});

const compare = whenQuiet(async (isLatest) => {
  if (!isReady()) return;
  const baseline = await call((link) => link.tokenizer.baseline());
  if (isLatest()) doctorStore.setState({ baseline });
});

/** Of everything that is said about the open data. */
export function allFindings(ofProfile: readonly Finding[], lengths: LengthReport | null): readonly Finding[] {
  const order = { blocker: 0, warning: 1, hint: 2 } as const;
  return [...ofProfile, ...(lengths?.findings ?? [])].sort((a, b) => order[a.severity] - order[b.severity]);
}

dataStore.subscribe(({ dataset }, before) => {
  if (dataset === before.dataset) return;
  doctorStore.setState({ lengths: null, baseline: null });
  measure();
  compare();
});

modelStore.subscribe(({ info }, before) => {
  if (info === before.info) return;
  measure();
  if (!doctorStore.getState().baseline) compare();
});

settingsStore.subscribe(({ drafts }, before) => {
  if (drafts.max_length !== before.drafts.max_length) measure();
});
