/** Keeps the open dataset on the browser's disk and brings it back: the meeting of src/data and src/storage. */
import { blobSource } from '../../src/data/byte-source.ts';
import type { Dataset, NamedFile, Parts } from '../../src/data/dataset.ts';
import { readOrigin, readUse, type DataUse, type KeptOrigin } from '../../src/data/kept-data.ts';
import { readSnapshot, writeSnapshot } from '../../src/data/snapshot.ts';
import type { DataSource, KeptSource } from '../../src/data/types.ts';
import type { FileStore } from '../../src/lib/file-store.ts';
import { Problem } from '../../src/lib/problem.ts';
import type { KeptDataset, KeptUse } from '../../src/protocol/tokenizer.ts';
import {
  findUse,
  keepContent,
  keepUse,
  listKept,
  openKept,
  removeKept,
  trimKept,
  type KeptContent,
  type KeptFolder,
} from '../../src/storage/kept-datasets.ts';

export interface KeepingPlace {
  /** Larger contents are not copied; of a sample of them the rows are kept. */
  readonly mostBytes: number;
  readonly store: FileStore;
  /** Runs the work while nobody else, in no other tab, runs his. */
  readonly exclusively: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** An open dataset and what it was made of. */
export interface Opened {
  readonly source: DataSource;
  readonly dataset: Dataset;
  readonly files: readonly NamedFile[];
  readonly parts: Parts | null;
}

export interface Keeper {
  keep(
    opened: Opened,
    use: DataUse,
    fingerprint: string | null,
    needed: readonly string[],
    signal: AbortSignal,
  ): Promise<KeptDataset>;
  list(): Promise<readonly KeptDataset[]>;
  find(fingerprint: string | null): Promise<KeptUse | null>;
  remove(key: string): Promise<void>;
  /** The files to read again, or the dataset itself. */
  open(key: string, signal: AbortSignal): Promise<{ readonly files: readonly NamedFile[]; readonly parts: Parts } | Dataset>;
}

function originOf({ source, dataset, files, parts }: Opened, form: KeptOrigin['form']): KeptOrigin {
  const { kind } = source;
  if (kind === 'kept') throw new RangeError('it is kept already');
  return {
    name: dataset.summary.name,
    origin: kind,
    id: kind === 'url' ? source.url : kind === 'hub' ? source.id : null,
    form,
    files: form === 'files' ? files.map(({ name }) => name) : [],
    parts: parts?.parts ?? [],
    part: parts?.part ?? null,
  };
}

function contentOf(opened: Opened, mostBytes: number, signal: AbortSignal): KeptContent {
  const { dataset, files } = opened;
  const { name, sampledFrom } = dataset.summary;
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  if (bytes <= mostBytes) {
    const piecesOf =
      ({ name: of, file }: NamedFile) =>
      () =>
        blobSource(of, file).pieces(signal, () => undefined);
    return { name, details: originOf(opened, 'files'), files: files.map(piecesOf) };
  }
  if (sampledFrom !== null) return { name, details: originOf(opened, 'rows'), files: [() => writeSnapshot(dataset)] };
  throw new Problem({
    where: name,
    expected: `at most ${mostBytes / 2 ** 20} MB, to be kept for the next visit`,
    found: `${Math.ceil(bytes / 2 ** 20)} MB`,
    fix: 'Go on: all works, but after a reload the file has to be opened again.',
  });
}

function datasetOf({ key, details, bytes, uses }: KeptFolder): KeptDataset[] {
  const origin = readOrigin(details);
  if (!origin) return [];
  return [
    { key, name: origin.name, bytes, at: uses[0]?.at ?? 0, fingerprints: uses.flatMap(({ fingerprint }) => fingerprint ?? []) },
  ];
}

export function createKeeper({ store, exclusively, mostBytes }: KeepingPlace): Keeper {
  const describe = async (key: string): Promise<KeptDataset> => {
    const [found] = (await listKept(store)).filter((folder) => folder.key === key).flatMap(datasetOf);
    if (found) return found;
    throw new Error(`what was kept as ${key} is gone`);
  };
  return {
    keep: (opened, use, fingerprint, needed, signal) =>
      exclusively(async () => {
        signal.throwIfAborted();
        const { source } = opened;
        const key =
          source.kind === 'kept' ? source.key : await keepContent(store, contentOf(opened, mostBytes, signal), needed, signal);
        // One that was removed meanwhile, in another tab, stays away.
        if (source.kind === 'kept') await openKept(store, key);
        await keepUse(store, key, { fingerprint, settings: use, at: Date.now() }, needed);
        await trimKept(store, key, needed);
        return describe(key);
      }),

    list: async () => (await listKept(store)).flatMap(datasetOf),

    async find(fingerprint) {
      const [latest] = await listKept(store);
      const latestUse = latest?.uses[0];
      const found =
        fingerprint !== null
          ? await findUse(store, fingerprint)
          : latest && latestUse
            ? { folder: latest, use: latestUse }
            : null;
      if (!found) return null;
      const [origin, use] = [readOrigin(found.folder.details), readUse(found.use.settings)];
      if (!origin || !use) return null;
      const { name, origin: from, id, form } = origin;
      const source: KeptSource = { kind: 'kept', key: found.folder.key, name, origin: from, id, form };
      return { source, fingerprint: found.use.fingerprint, ...use };
    },

    remove: (key) => exclusively(() => removeKept(store, key)),

    async open(key, signal) {
      const { details, files } = await openKept(store, key);
      const origin = readOrigin(details);
      const [first] = files;
      if (!origin || !first) throw new Error(`what is kept as ${key} is of another version`);
      if (origin.form === 'rows') return readSnapshot(first, signal);
      const { parts, part } = origin;
      return { files: files.map((file, i) => ({ name: origin.files[i] ?? '', file })), parts: { parts, part } };
    },
  };
}
