/** What the page shows where it cannot show all: the station whose tab is in front on narrower screens. */
import { createStore } from 'zustand/vanilla';
import { problemsStore, type Place } from './problems.ts';

export interface ViewState {
  readonly front: Place;
  show(place: Place): void;
}

export const viewStore = createStore<ViewState>()((set) => ({
  front: 'data',
  show: (front) => set({ front }),
}));

// A new problem brings its station to the front.
problemsStore.subscribe(({ problems }, before) => {
  const newest = problems.at(-1);
  if (newest && problems.length > before.problems.length) viewStore.getState().show(newest.place);
});
