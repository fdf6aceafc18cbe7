/**
 * Datasets of the Hugging Face hub, through the Parquet files that the hub makes of every public one:
 * `GET /api/datasets/{id}/parquet` answers { subset: { split: [address, ...] } }.
 */
import { HUB } from '../../lib/hub-address.ts';
import { Problem } from '../../lib/problem.ts';
import { isPlainObject } from '../cells.ts';
import type { NamedFile, Parts } from '../dataset.ts';
import { splitOf } from '../split-names.ts';
import { download, LARGEST_DOWNLOAD, request, webAddress } from './download.ts';

export interface HubFiles {
  readonly files: readonly NamedFile[];
  readonly parts: Parts;
}

/** "imdb", "stanfordnlp/imdb", or the address of a dataset's page. Throws `Problem`. */
export function datasetId(text: string): string {
  const id = text
    .trim()
    .replace(/^https:\/\/huggingface\.co\/datasets\//, '')
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '');
  if (/^[\w.-]+(\/[\w.-]+)?$/.test(id) && !id.includes('..')) return id;
  throw new Problem({
    where: text.length > 80 ? `${text.slice(0, 80)}…` : text,
    expected: 'the id of a dataset, such as stanfordnlp/imdb',
    found: 'something else',
    fix: 'Copy the id from the top of the dataset’s page on huggingface.co.',
  });
}

type Listing = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

function readListing(id: string, answer: unknown): Listing {
  const listing = new Map<string, Map<string, readonly string[]>>();
  for (const [subset, splits] of Object.entries(isPlainObject(answer) ? answer : {})) {
    const found = new Map<string, readonly string[]>();
    for (const [split, urls] of Object.entries(isPlainObject(splits) ? splits : {})) {
      if (Array.isArray(urls) && urls.every((url) => typeof url === 'string')) found.set(split, urls);
    }
    if (found.size > 0) listing.set(subset, found);
  }
  if (listing.size > 0) return listing;
  const fix = 'Download one of its files from the hub and drop it here.';
  throw new Problem({ where: id, expected: 'a dataset with Parquet files', found: 'none', fix });
}

/** Fetches all files of one subset; `hub` is another only for tests. Throws `Problem`. */
export async function fetchHubDataset(
  text: string,
  subset: string | undefined,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
  hub = HUB,
): Promise<HubFiles> {
  const id = datasetId(text);
  const answer: unknown = await (await request(webAddress(`${hub}/api/datasets/${id}/parquet`), signal)).json();
  const listing = readListing(id, answer);
  const subsets = [...listing.keys()];
  const chosen = subsets.find((name) => name === subset) ?? subsets.find((name) => name === 'default') ?? subsets[0] ?? '';
  const splits = [...(listing.get(chosen) ?? [])];
  // Beside train, validation and test some have rows without labels ("unsupervised").
  const known = splits.filter(([split]) => splitOf(split) !== null);
  const urls = (known.length > 0 ? known : splits).flatMap(([split, addresses]) =>
    addresses.map((address, i) => ({ name: `${split}/${i}.parquet`, url: webAddress(address) })),
  );
  const files: NamedFile[] = [];
  let bytes = 0;
  for (const [i, { name, url }] of urls.entries()) {
    const { file } = await download(url, signal, (done, total) =>
      onProgress(i + done / (total ?? LARGEST_DOWNLOAD), urls.length),
    );
    bytes += file.size;
    if (bytes > LARGEST_DOWNLOAD) throw tooLarge(id);
    files.push({ name, file });
  }
  return { files, parts: subsets.length > 1 ? { parts: subsets, part: chosen } : { parts: [], part: null } };
}

function tooLarge(id: string): Problem {
  const fix = 'Choose another subset, or download some of its Parquet files from the hub and drop them here.';
  const expected = `files of at most ${LARGEST_DOWNLOAD / 2 ** 20} MB together`;
  return new Problem({ where: id, expected, found: 'more', fix });
}
