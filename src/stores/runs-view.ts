/** What the runs view shows, and which runs are chosen. It opens with the table; what was chosen stays chosen. */
import { createStore } from 'zustand/vanilla';
import { runsStore } from './runs.ts';

export type RunsScreen =
  { readonly kind: 'table' } | { readonly kind: 'run'; readonly id: string } | { readonly kind: 'compare' };

/** A chosen run keeps its place, and so its colour, until it is no longer chosen. */
export interface ChosenRun {
  readonly id: string;
  readonly place: number;
}

export interface RunsViewState {
  readonly open: boolean;
  readonly screen: RunsScreen;
  /** In the order of their choice. */
  readonly chosen: readonly ChosenRun[];
  toggle(): void;
  close(): void;
  show(screen: RunsScreen): void;
  choose(id: string, chosen: boolean): void;
  chooseNone(): void;
}

export const LEAST_COMPARED = 2;
export const MOST_COMPARED = 6;

function freePlace(chosen: readonly ChosenRun[]): number {
  const taken = new Set(chosen.map(({ place }) => place));
  let place = 0;
  while (taken.has(place)) place++;
  return place;
}

export const runsViewStore = createStore<RunsViewState>()((set, get) => ({
  open: false,
  screen: { kind: 'table' },
  chosen: [],
  toggle: () => set(({ open }) => ({ open: !open, screen: { kind: 'table' } })),
  close: () => set({ open: false }),
  show: (screen) => set({ screen, open: true }),
  choose: (id, wanted) => {
    const { chosen } = get();
    const others = chosen.filter((each) => each.id !== id);
    if (!wanted) set({ chosen: others });
    else if (others.length === chosen.length) set({ chosen: [...chosen, { id, place: freePlace(chosen) }] });
  },
  chooseNone: () => set({ chosen: [] }),
}));

// What is deleted is neither chosen nor shown any more.
runsStore.subscribe(({ records }) => {
  if (!records) return;
  const there = new Set(records.map(({ id }) => id));
  const { chosen, screen } = runsViewStore.getState();
  const left = chosen.filter(({ id }) => there.has(id));
  if (left.length < chosen.length) runsViewStore.setState({ chosen: left });
  const isGone = screen.kind === 'run' ? !there.has(screen.id) : screen.kind === 'compare' && left.length < LEAST_COMPARED;
  if (isGone) runsViewStore.setState({ screen: { kind: 'table' } });
});
