/**
 * Sentences that the person pinned, and what the model said to them at each evaluation of the run. The trainer worker scores them between
 * two steps; here their history is kept. Nothing of them is stored.
 */
import { createStore } from 'zustand/vanilla';
import type { PinnedScores } from '../protocol/trainer.ts';
import { report } from './problems.ts';
import { presentMaxLength } from './settings.ts';
import { call } from './workers.ts';

export interface PinnedEntry {
  readonly text: string;
  /** By step, none of them twice. */
  readonly history: readonly { readonly step: number | null; readonly probabilities: readonly number[] }[];
}

export interface PinnedState {
  readonly entries: readonly PinnedEntry[];
  /** Class names, in the order of the probabilities. */
  readonly classes: readonly string[];
  pin(text: string): Promise<void>;
  unpin(text: string): Promise<void>;
  /** Tells the trainer of a run to come which texts there are; it may be a fresh one. */
  send(): Promise<void>;
  take(scores: PinnedScores): void;
  /** Another run: the histories begin anew. */
  start(): void;
}

/** Each is one more row to compute at each evaluation. */
export const MOST_PINNED = 12;

export const pinnedStore = createStore<PinnedState>()((set, get) => {
  const ask = async (): Promise<void> => {
    try {
      const texts = get().entries.map(({ text }) => text);
      const scores = await call((link) => link.trainer.pin(texts, presentMaxLength()));
      if (scores) get().take(scores);
    } catch (error) {
      report('try', error, 'Pinned sentences');
    }
  };
  return {
    entries: [],
    classes: [],
    async pin(given) {
      const text = given.trim();
      const { entries } = get();
      if (text === '' || entries.length >= MOST_PINNED || entries.some((entry) => entry.text === text)) return;
      set({ entries: [...entries, { text, history: [] }] });
      await ask();
    },
    async unpin(text) {
      set(({ entries }) => ({ entries: entries.filter((entry) => entry.text !== text) }));
      await ask();
    },
    async send() {
      if (get().entries.length > 0) await ask();
    },
    take: ({ step, classes, texts }) =>
      set(({ entries }) => ({
        classes,
        entries: entries.map((entry) => {
          const scored = texts.find(({ text }) => text === entry.text);
          if (!scored || entry.history.some((each) => each.step === step)) return entry;
          return { ...entry, history: [...entry.history, { step, probabilities: scored.probabilities }] };
        }),
      })),
    start: () => set(({ entries }) => ({ entries: entries.map(({ text }) => ({ text, history: [] })) })),
  };
});
