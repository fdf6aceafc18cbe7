/** The open dataset: what the tokenizer worker says about it. The page never holds its rows, only ten of them to show. */
import { createStore } from 'zustand/vanilla';
import type { DataUse } from '../data/kept-data.ts';
import type { Mend } from '../data/mends.ts';
import type { ColumnChoice, DatasetProfile, DataSource, OpenedDataset, ReadingChoice, SplitSettings } from '../data/types.ts';
import { HUB } from '../lib/hub-address.ts';
import { problemWords } from '../lib/problem.ts';
import { proxy } from '../protocol/bridge.ts';
import { permitRequests } from './permits.ts';
import { problemsStore, problemText, report } from './problems.ts';
import { saveFile } from './save-file.ts';
import { call, hasWorkers, liveGeneration } from './workers.ts';

/** How a source is to be read; the last one asked for, whether it could be opened or not. */
export interface Asked {
  readonly source: DataSource;
  readonly reading: ReadingChoice;
}

export interface DataState {
  readonly dataset: OpenedDataset | null;
  readonly source: DataSource | null;
  /** What a person chose about the reading of the open dataset. */
  readonly reading: ReadingChoice;
  readonly asked: Asked | null;
  readonly split: SplitSettings;
  /** A file on its way in; `fraction` 0..1 of its bytes. */
  readonly opening: { readonly name: string; readonly fraction: number } | null;
  /** Another choice of columns or split is being made. */
  readonly choosing: boolean;
  readonly generation: number;
  /**
   * Opens `source`; true when it became the dataset. A bad one is listed as a problem and the one before stays. `used`: as it was used before,
   * in place of guesses.
   */
  open(source: DataSource, reading?: ReadingChoice, used?: Omit<DataUse, 'reading'>): Promise<boolean>;
  /** Reads the open dataset again with another encoding, delimiter, header or part. */
  reread(change: ReadingChoice): Promise<void>;
  /** Stops what `open` is doing; the dataset before stays. */
  cancel(): void;
  /** Other columns, another split or other mends; true when it was taken. On a problem everything stays as it was. */
  choose(change: DataChange): Promise<boolean>;
  /** Does one thing more to the data; true when it was done. */
  mend(mend: Mend): Promise<boolean>;
  /** Takes back the mend at this place of the profile's list, the last one without a number. */
  undo(place?: number): Promise<void>;
  /** Saves the rows that were left out as a file. */
  downloadRejected(): Promise<void>;
  /** Makes sure that the live workers hold the dataset (they may be fresh after a crash). Throws `Problem`. */
  ensure(): Promise<void>;
}

export interface DataChange {
  readonly choice?: Partial<ColumnChoice>;
  readonly split?: Partial<SplitSettings>;
  readonly mends?: readonly Mend[];
}

/** The mends that were applied, in their order. */
function mendsOf(profile: DatasetProfile | null): readonly Mend[] {
  return profile?.mends.map(({ mend }) => mend) ?? [];
}

export function sourceName(source: DataSource): string {
  switch (source.kind) {
    case 'files':
      return source.files.length === 1 ? (source.files[0]?.name ?? '') : `${source.files.length} files`;
    case 'paste':
      return 'the pasted table';
    case 'url':
      return source.url;
    case 'hub':
      return source.id;
    case 'sample':
      return 'the sample';
    case 'kept':
      return source.name;
    default:
      return source satisfies never;
  }
}

/** Whether these are the rows that come with the page, opened now or before. */
export function isSample(source: DataSource | null): boolean {
  return source?.kind === 'sample' || (source?.kind === 'kept' && source.origin === 'sample');
}

/** What is kept of a hub dataset is one part; another is fetched. */
function sourceOf(source: DataSource, { part }: ReadingChoice): DataSource {
  const isKept = source.kind === 'kept' && source.origin === 'hub' && source.id !== null;
  return isKept && part !== undefined ? { kind: 'hub', id: source.id } : source;
}

/** Where a source has to be fetched from; null for what is here, and for an address that is none: reading it says so. */
function originOf(source: DataSource): string | null {
  if (source.kind === 'hub') return HUB;
  return source.kind === 'url' && URL.canParse(source.url) ? new URL(source.url).origin : null;
}

/** The classes of the data on the page, in order: a class has its colour by its place among them. */
export function dataClasses({ dataset }: Pick<DataState, 'dataset'> = dataStore.getState()): readonly string[] {
  return dataset?.profile?.classes.map(({ label }) => label) ?? [];
}

let latest = 0;

export const dataStore = createStore<DataState>()((set, get) => {
  const read = async (
    asked: Asked,
    split: SplitSettings,
    used: Pick<DataUse, 'choice' | 'mends'> | null,
    onFraction: (fraction: number) => void,
  ): Promise<OpenedDataset> => {
    const origin = originOf(asked.source);
    const revoke = origin === null ? null : await permitRequests(origin, 'the dataset that was asked for');
    try {
      return await call((link) =>
        link.tokenizer.open(
          asked.source,
          asked.reading,
          split,
          proxy((done: number, total: number) => onFraction(total > 0 ? done / total : 0)),
          used,
        ),
      );
    } finally {
      revoke?.();
    }
  };
  const choose = (choice: ColumnChoice, split: SplitSettings, mends: readonly Mend[]): Promise<DatasetProfile> =>
    call((link) => link.tokenizer.choose(choice, split, mends));

  return {
    dataset: null,
    source: null,
    reading: {},
    asked: null,
    split: { validationShare: 0.2, seed: 42 },
    opening: null,
    choosing: false,
    generation: 0,
    async open(source, reading = {}, used) {
      const mine = ++latest;
      problemsStore.getState().clear('data');
      const name = sourceName(source);
      const asked = { source, reading };
      set({ asked, opening: { name, fraction: 0 }, choosing: false });
      const split = used?.split ?? get().split;
      try {
        const dataset = await read(asked, split, used ?? null, (fraction) => {
          if (mine === latest && get().opening) set({ opening: { name, fraction } });
        });
        if (mine !== latest) return false;
        set({ dataset, source, reading, split, opening: null, generation: liveGeneration() });
        return true;
      } catch (error) {
        if (mine !== latest) return false;
        set({ opening: null });
        report('data', error, name);
        return false;
      }
    },
    async reread(change) {
      const { source, reading } = get();
      if (source) await get().open(sourceOf(source, change), { ...reading, ...change });
    },
    cancel() {
      if (!get().opening) return;
      latest++;
      set({ opening: null });
      if (hasWorkers()) call((link) => link.tokenizer.cancelOpen()).catch(() => undefined);
    },
    async choose(change) {
      const { dataset } = get();
      if (!dataset) return false;
      const mine = ++latest;
      problemsStore.getState().clear('data');
      const choice = { ...dataset.choice, ...change.choice };
      set({ choosing: true });
      try {
        await get().ensure();
        const mends = change.mends ?? mendsOf(dataset.profile);
        const profile = await choose(choice, { ...get().split, ...change.split }, mends);
        if (mine !== latest) return false;
        set({ dataset: { ...dataset, choice: profile.choice, profile, problem: null, blocker: null }, split: profile.split });
        return true;
      } catch (error) {
        if (mine !== latest) return false;
        // Nothing to go back to: the columns asked for stay, with what is wrong about them.
        if (dataset.profile) report('data', error, dataset.summary.name);
        else
          set({
            dataset: { ...dataset, choice, problem: problemWords(problemText(error, dataset.summary.name)), blocker: null },
          });
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
    async downloadRejected() {
      const { dataset } = get();
      if (!dataset) return;
      try {
        await get().ensure();
        saveFile(`${dataset.summary.name} rejected rows.csv`, await call((link) => link.tokenizer.rejectedRows()));
      } catch (error) {
        report('data', error, dataset.summary.name);
      }
    },
    async ensure() {
      const { dataset, source, reading, split, generation } = get();
      if (!dataset || !source || generation === liveGeneration()) return;
      const used = dataset.profile ? { choice: dataset.choice, mends: mendsOf(dataset.profile) } : null;
      await read({ source, reading }, split, used, () => undefined);
      set({ generation: liveGeneration() });
    },
  };
});
