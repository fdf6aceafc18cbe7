/**
 * The sentence that the person types and what the model says to it. Only the latest text counts: while one question is under way, the
 * next waits and replaces any that waited before it.
 */
import { createStore } from 'zustand/vanilla';
import type { Prediction } from '../protocol/trainer.ts';
import { dataStore, type DataState } from './data.ts';
import { modelStore, type ModelState } from './model.ts';
import { problemsStore, report } from './problems.ts';
import { runStore, type RunState } from './run.ts';
import { presentMaxLength } from './settings.ts';
import { call, liveGeneration } from './workers.ts';

/** Milliseconds of quiet after a key before the model is asked. */
export const DEBOUNCE = 150;

export interface TryState {
  readonly text: string;
  /** The second text of a pair, asked with where `usesPairs`. */
  readonly secondText: string;
  readonly prediction: Prediction | null;
  type(text: string): void;
  typeSecond(text: string): void;
  /** Asks again for the present text: the weights may be newer. */
  refresh(): void;
}

/** Whether there are weights with a trained head: trained here, or imported. */
export function canPredict(): boolean {
  const generation = liveGeneration();
  if (generation === 0) return false;
  const { info, generation: modelGeneration } = modelStore.getState();
  return runStore.getState().trainedIn === generation || (modelGeneration === generation && info?.classes != null);
}

/** Whether the model takes pairs: the one that is trained here by its data, else an imported one, else the one that the open data would make. */
export function usesPairs(
  { trainedPairs }: Pick<RunState, 'trainedPairs'>,
  { info }: Pick<ModelState, 'info'>,
  { dataset }: Pick<DataState, 'dataset'>,
): boolean {
  if (trainedPairs !== null) return trainedPairs;
  if (info?.classes) return info.pairs;
  return dataset?.profile.choice.secondText != null;
}

/** The same of what is on the page now. */
export function presentPairs(): boolean {
  return usesPairs(runStore.getState(), modelStore.getState(), dataStore.getState());
}

export const tryStore = createStore<TryState>()((set, get) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts the questions; the last is the only one whose answer is shown. */
  let latest = 0;
  let asking = false;

  const answer = async ({ text, secondText }: TryState): Promise<Prediction | null> => {
    if (text.trim() === '' || !canPredict()) return null;
    return call((link) => link.trainer.predict(text, presentMaxLength(), presentPairs() ? secondText : null));
  };

  const ask = async (): Promise<void> => {
    latest++;
    if (asking) return;
    asking = true;
    try {
      for (let mine = 0; mine !== latest;) {
        mine = latest;
        const prediction = await answer(get());
        if (mine === latest) set({ prediction: get().text.trim() === '' ? null : prediction });
      }
      problemsStore.getState().clear('try');
    } catch (error) {
      set({ prediction: null });
      report('try', error, 'The prediction');
    } finally {
      asking = false;
    }
  };

  const askSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), DEBOUNCE);
  };

  return {
    text: '',
    secondText: '',
    prediction: null,
    type(text) {
      set(text.trim() === '' ? { text, prediction: null } : { text });
      askSoon();
    },
    typeSecond(secondText) {
      set({ secondText });
      askSoon();
    },
    refresh() {
      if (get().text.trim() !== '') void ask();
    },
  };
});

runStore.subscribe((now, before) => {
  const evaluated = now.evaluation !== before.evaluation && now.evaluation !== null;
  const ended = now.result !== before.result && now.result !== null;
  const otherWeights = now.trainedIn !== before.trainedIn;
  if (evaluated || ended || otherWeights) tryStore.getState().refresh();
});
