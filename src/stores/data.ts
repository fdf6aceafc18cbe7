/** The open dataset: what the tokenizer worker says about it. The page never holds its rows, only ten of them to show. */
import { createStore } from 'zustand/vanilla';
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
  /** Other columns or another split; on a problem everything stays as it was. */
  choose(change: { readonly choice?: Partial<ColumnChoice>; readonly split?: Partial<SplitSettings> }): Promise<void>;
  /** Makes sure that the live workers hold the dataset (they may be fresh after a crash). Throws `Problem`. */
  ensure(): Promise<void>;
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
  const choose = (choice: ColumnChoice, split: SplitSettings): Promise<DatasetProfile> =>
    call((link) => link.tokenizer.choose(choice, split));

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
      if (!dataset) return;
      const mine = ++latest;
      problemsStore.getState().clear('data');
      set({ choosing: true });
      try {
        await get().ensure();
        const profile = await choose({ ...dataset.profile.choice, ...change.choice }, { ...get().split, ...change.split });
        if (mine === latest) set({ dataset: { summary: dataset.summary, profile }, split: profile.split });
      } catch (error) {
        if (mine === latest) report('data', error, dataset.summary.name);
      } finally {
        if (mine === latest) set({ choosing: false });
      }
    },
    async ensure() {
      const { dataset, source, split, generation } = get();
      if (!dataset || !source || generation === liveGeneration()) return;
      await read(source, split, () => undefined);
      await choose(dataset.profile.choice, split);
      set({ generation: liveGeneration() });
    },
  };
});
