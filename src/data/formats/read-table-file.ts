/** Reads one table file, whatever its format: bytes, encoding, dialect, rows. */
import { judgeEncoding, readText, readTextHead, type EncodingJudgement } from '../bytes.ts';
import type { OnBytes } from '../byte-source.ts';
import { readSampled } from '../read-sampled.ts';
import { createRowStore, type RowStore } from '../row-store.ts';
import type { ReadingChoice } from '../types.ts';
import { checkWholeSize } from '../whole-size.ts';
import { readDelimited } from './delimited.ts';
import { readJson } from './json.ts';
import { readJsonLines } from './json-lines.ts';
import { readParquet } from './parquet.ts';
import { recogniseTextFormat, type TextFormat } from './recognise.ts';
import type { TableFile } from './table-files.ts';
import type { ReadResult, TextInput } from './types.ts';
import { readWorkbook } from './xlsx.ts';

export interface TableFileResult extends ReadResult {
  /** Null for formats that have no encoding of their own. */
  readonly encoding: EncodingJudgement | null;
}

/** Characters that format and dialect are judged from. */
const SAMPLE = 2 ** 18;
/** How much of the progress the first pass is. */
const JUDGING = 0.2;

const READERS: Readonly<Record<TextFormat, (input: TextInput) => Promise<ReadResult>>> = {
  delimited: readDelimited,
  json: readJson,
  'json lines': readJsonLines,
};

async function readSample(pieces: AsyncGenerator<string>): Promise<{ sample: string; complete: boolean }> {
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    if (text.length > SAMPLE) return { sample: text.slice(0, SAMPLE), complete: false };
  }
  return { sample: text, complete: true };
}

/** Holds text to the size that may be read whole, also where only reading tells it. */
async function* bounded(pieces: AsyncGenerator<string>, name: string, choice: ReadingChoice): AsyncGenerator<string> {
  let characters = 0;
  for await (const piece of pieces) {
    characters += piece.length;
    checkWholeSize(name, characters, choice);
    yield piece;
  }
}

type Read = (createStore: () => RowStore, onBytes: OnBytes) => Promise<ReadResult>;

function readAll(read: Read, { sampleRows }: ReadingChoice, size: number, onBytes: OnBytes): Promise<ReadResult> {
  if (sampleRows === undefined) return read(createRowStore, onBytes);
  return readSampled(read, sampleRows, size, onBytes);
}

async function readTextFile(
  { source }: TableFile,
  choice: ReadingChoice,
  signal: AbortSignal,
  onBytes: OnBytes,
): Promise<TableFileResult> {
  const { name, size } = source;
  const judged = await judge(source, choice, signal, (done) => onBytes(done * JUDGING));
  checkWholeSize(name, judged.bytes, choice);
  const pieces = (heard: OnBytes): AsyncGenerator<string> =>
    bounded(readText(source, judged.encoding, signal, heard), name, choice);
  const sampled = await readSample(pieces(() => undefined));
  const readFormat = READERS[recogniseTextFormat(name, sampled.sample)];
  const read: Read = (createStore, heard) => readFormat({ name, ...sampled, pieces, onBytes: heard, choice, createStore });
  const result = await readAll(read, choice, size, (done) => onBytes(size * JUDGING + done * (1 - JUDGING)));
  return { ...result, encoding: judged };
}

/** A person's word on the encoding is taken: only what is no text at all is refused. */
async function judge(
  source: TableFile['source'],
  { encoding }: ReadingChoice,
  signal: AbortSignal,
  onBytes: OnBytes,
): Promise<EncodingJudgement> {
  if (encoding === undefined) return judgeEncoding(source, signal, onBytes);
  await readTextHead(source, signal);
  return { encoding, invalidBytes: 0, bytes: source.unpackedSize ?? 0 };
}

/** `onBytes` in bytes of `file.source.size`. Throws `Problem` when it holds no rows. */
export async function readTableFile(
  file: TableFile,
  choice: ReadingChoice,
  signal: AbortSignal,
  onBytes: OnBytes,
): Promise<TableFileResult> {
  if (file.kind === 'text') return readTextFile(file, choice, signal, onBytes);
  const { name, size } = file.source;
  const blob = await file.source.blob(signal);
  const read: Read = (createStore, heard) => {
    const input = { name, blob, signal, onBytes: heard, choice, createStore };
    return file.kind === 'workbook' ? readWorkbook(input, file.entries) : readParquet(input);
  };
  return { ...(await readAll(read, choice, size, onBytes)), encoding: null };
}
