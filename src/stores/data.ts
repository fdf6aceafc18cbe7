/** The open dataset: what the tokenizer worker says about it. The page never holds its rows, only ten of them to show. */
import { createStore } from 'zustand/vanilla';
import type { Mend } from '../data/mends.ts';
import type { ColumnChoice, DatasetProfile, DataSource, OpenedDataset, SplitSettings } from '../data/types.ts';
import { proxy } from '../protocol/bridge.ts';
import { problemsStore, report } from './problems.ts';
import { call, liveGeneration } from './workers.ts';

export interface DataState {
  readonly dataset: OpenedDataset | null;
  readonly source: DataSource | null;
  readonly split: SplitSettings;
  /** A file on its way in; `fraction` 0..1 of its bytes. */
  readonly opening: { readonly name: string; readonly fraction: number } | null;
  /** Another choice of columns or split is being made. */
  readonly choosing: boolean;
  readonly generation: number;
  /** Opens `source`; true when it became the dataset. A bad one is listed as a problem and the one before stays. */
  open(source: DataSource): Promise<boolean>;
  /** Other columns, another split or other mends; true when it was taken. On a problem everything stays as it was. */
  choose(change: DataChange): Promise<boolean>;
  /** Does one thing more to the data; true when it was done. */
  mend(mend: Mend): Promise<boolean>;
  /** Takes back the mend at this place of the profile's list, the last one without a number. */
  undo(place?: number): Promise<void>;
  /** Makes sure that the live workers hold the dataset (they may be fresh after a crash). Throws `Problem`. */
  ensure(): Promise<void>;
}

export interface DataChange {
  readonly choice?: Partial<ColumnChoice>;
  readonly split?: Partial<SplitSettings>;
  readonly mends?: readonly Mend[];
}

/** The mends that were applied, in their order. */
function mendsOf({ mends }: DatasetProfile): readonly Mend[] {
  return mends.map(({ mend }) => mend);
}

export function sourceName(source: DataSource): string {
  switch (source.kind) {
    case 'file':
      return source.file.name;
    case 'paste':
      return 'the pasted table';
    case 'sample':
      return 'the sample';
    default:
      return source satisfies never;
  }
}

let latest = 0;

export const dataStore = createStore<DataState>()((set, get) => {
  const read = (source: DataSource, split: SplitSettings, onFraction: (fraction: number) => void): Promise<OpenedDataset> =>
    call((link) =>
      link.tokenizer.open(
        source,
        split,
        proxy((done: number, total: number) => onFraction(total > 0 ? done / total : 0)),
      ),
    );
  const choose = (choice: ColumnChoice, split: SplitSettings, mends: readonly Mend[]): Promise<DatasetProfile> =>
    call((link) => link.tokenizer.choose(choice, split, mends));

  return {
    dataset: null,
    source: null,
    split: { validationShare: 0.2, seed: 42 },
    opening: null,
    choosing: false,
    generation: 0,
    async open(source) {
      const mine = ++latest;
      problemsStore.getState().clear('data');
      const name = sourceName(source);
      set({ opening: { name, fraction: 0 } });
      try {
        const dataset = await read(source, get().split, (fraction) => {
          if (mine === latest && get().opening) set({ opening: { name, fraction } });
        });
        if (mine !== latest) return false;
        set({ dataset, source, opening: null, generation: liveGeneration() });
        return true;
      } catch (error) {
        if (mine !== latest) return false;
        set({ opening: null });
        report('data', error, name);
        return false;
      }
    },
    async choose(change) {
      const { dataset } = get();
      if (!dataset) return false;
      const mine = ++latest;
      problemsStore.getState().clear('data');
      set({ choosing: true });
      try {
        await get().ensure();
        const mends = change.mends ?? mendsOf(dataset.profile);
        const choice = { ...dataset.profile.choice, ...change.choice };
        const profile = await choose(choice, { ...get().split, ...change.split }, mends);
        if (mine !== latest) return false;
        set({ dataset: { summary: dataset.summary, profile }, split: profile.split });
        return true;
      } catch (error) {
        if (mine === latest) report('data', error, dataset.summary.name);
        return false;
      } finally {
        if (mine === latest) set({ choosing: false });
      }
    },
    async mend(mend) {
      const { dataset } = get();
      return dataset ? get().choose({ mends: [...mendsOf(dataset.profile), mend] }) : false;
    },
    async undo(place) {
      const { dataset } = get();
      if (!dataset) return;
      const mends = mendsOf(dataset.profile);
      const undone = place ?? mends.length - 1;
      if (mends[undone]) await get().choose({ mends: mends.filter((_, other) => other !== undone) });
    },
    async ensure() {
      const { dataset, source, split, generation } = get();
      if (!dataset || !source || generation === liveGeneration()) return;
      await read(source, split, () => undefined);
      await choose(dataset.profile.choice, split, mendsOf(dataset.profile));
      set({ generation: liveGeneration() });
    },
  };
});
