/** From what was dropped to the tables in it: packed files are opened, a zip's tables are found, each is told by its contents. */
import { Problem } from '../../lib/problem.ts';
import { readHead, type ByteSource } from '../byte-source.ts';
import { splitOf } from '../split-names.ts';
import { gunzip, isGzip } from './gzip.ts';
import { isParquet } from './parquet.ts';
import { isWorkbook } from './xlsx.ts';
import { isZip, listZip } from './zip.ts';

export type TableFile =
  | { readonly kind: 'text' | 'parquet'; readonly source: ByteSource }
  | { readonly kind: 'workbook'; readonly source: ByteSource; readonly entries: readonly ByteSource[] };

export interface FoundTables {
  /** To be read, and joined where there are several. */
  readonly files: readonly TableFile[];
  /** Tables of a zip that have nothing to do with each other: one is read, the others can be chosen. */
  readonly parts: readonly string[];
  readonly part: string | null;
}

const MAGIC = 8;
/** gzip in a zip, a workbook in gzip: deeper than this nobody packs a table. */
const DEEPEST = 2;
const TABLE_NAME = /\.(csv|tsv|tab|txt|data|json|jsonl|ndjson|parquet|xlsx)(\.gz)?$/i;
const ABOUT_NAME = /(^|\/)(readme|licen[cs]e|copying|citation|dataset_infos?)\b[^/]*$/i;

function noTable(where: string, entries: readonly ByteSource[]): Problem {
  const names = entries.slice(0, 3).map(({ name }) => name);
  const found = entries.length === 0 ? 'nothing' : `${names.join(', ')}${entries.length > names.length ? ', …' : ''}`;
  const fix = 'Put a CSV, TSV, JSON, JSON Lines, Parquet or Excel file into it, or drop that file itself.';
  return new Problem({ where, expected: 'a table in the zip', found, fix });
}

async function findInZip(source: ByteSource, part: string | undefined, depth: number, signal: AbortSignal): Promise<FoundTables> {
  const entries = await listZip(source, signal);
  if (isWorkbook(entries)) return { files: [{ kind: 'workbook', source, entries }], parts: [], part: null };
  if (entries.some(({ name }) => name.startsWith('word/') || name === 'content.xml')) {
    const fix = 'Open it and save the table as CSV (UTF-8), then drop that file.';
    throw new Problem({ where: source.name, expected: 'a table', found: 'a document (.docx, .odt, .ods)', fix });
  }
  const tables = entries.filter(({ name }) => TABLE_NAME.test(name) && !ABOUT_NAME.test(name));
  const [first] = tables;
  if (!first) throw noTable(source.name, entries);
  const open = async (chosen: readonly ByteSource[]): Promise<readonly TableFile[]> =>
    (await Promise.all(chosen.map((entry) => findTables(entry, undefined, signal, depth + 1)))).flatMap(({ files }) => files);
  const splits = tables.map(({ name }) => splitOf(name));
  if (tables.length === 1 || !splits.includes(null)) return { files: await open(tables), parts: [], part: null };
  const chosen = tables.find(({ name }) => name === part) ?? first;
  return { files: await open([chosen]), parts: tables.map(({ name }) => name), part: chosen.name };
}

/** `part`: the table of a zip that a person chose. Throws `Problem` when there is no table. */
export async function findTables(
  source: ByteSource,
  part: string | undefined,
  signal: AbortSignal,
  depth = 0,
): Promise<FoundTables> {
  const head = await readHead(source, MAGIC, signal);
  const single = (file: TableFile): FoundTables => ({ files: [file], parts: [], part: null });
  if (depth <= DEEPEST) {
    if (isGzip(head)) return findTables(gunzip(source), part, signal, depth + 1);
    if (isZip(head)) return findInZip(source, part, depth, signal);
  }
  return single({ kind: isParquet(head) ? 'parquet' : 'text', source });
}
