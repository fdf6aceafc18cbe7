/**
 * The header of a safetensors file: 8 bytes with its length N (unsigned, little endian), N bytes of JSON that name each tensor's dtype,
 * shape and place, then the tensors' bytes without gaps (https://huggingface.co/docs/safetensors). Everything in it is checked here
 * before a single value is read; the file may come from anywhere.
 */
import { Problem } from '../lib/problem.ts';
import type { ByteSource } from './byte-source.ts';
import { shorten, sizeOf } from './tensor-file.ts';

/** Bytes of a value, for every dtype that the format has a name for. */
const DTYPE_BYTES = new Map([
  ['F64', 8],
  ['F32', 4],
  ['F16', 2],
  ['BF16', 2],
  ['I64', 8],
  ['I32', 4],
  ['I16', 2],
  ['I8', 1],
  ['U64', 8],
  ['U32', 4],
  ['U16', 2],
  ['U8', 1],
  ['BOOL', 1],
  ['F8_E4M3', 1],
  ['F8_E5M2', 1],
]);

/** The header of BERT-large is about 40 KB. */
const MAX_HEADER_BYTES = 16 * 2 ** 20;
const DOWNLOAD_AGAIN = 'The file is damaged or incomplete: download or copy it again.';
const SAVE_AGAIN = 'Save the model again with save_pretrained(), or get another copy.';

export interface TensorEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly begin: number;
  readonly end: number;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function bytesText(count: number): string {
  return `${count.toLocaleString('en-US')} bytes`;
}

function parseJson(bytes: Uint8Array, where: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new Problem({
      where: `${where}, header`,
      expected: 'JSON that names the tensors',
      found: error instanceof Error ? `text that is not JSON (${shorten(error.message)})` : 'text that is not JSON',
      fix: DOWNLOAD_AGAIN,
    });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new Problem({ where: `${where}, header`, expected: 'a JSON object of tensors', found: 'other JSON', fix: SAVE_AGAIN });
  }
  return parsed as Record<string, unknown>;
}

/** One entry of the header, with what it says about itself checked: dtype, shape, and that they fill the bytes exactly. */
function readEntry(name: string, value: unknown, dataStart: number, where: string): TensorEntry {
  const place = `${where}, tensor "${shorten(name)}"`;
  const {
    dtype,
    shape,
    data_offsets: offsets,
  } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (
    typeof dtype !== 'string' ||
    !Array.isArray(shape) ||
    !shape.every(isCount) ||
    !Array.isArray(offsets) ||
    offsets.length !== 2
  ) {
    throw new Problem({
      where: place,
      expected: 'a dtype, a shape and two data_offsets',
      found: 'something else',
      fix: SAVE_AGAIN,
    });
  }
  const [begin, end] = offsets as unknown[];
  if (!isCount(begin) || !isCount(end) || end < begin) {
    throw new Problem({
      where: place,
      expected: 'data_offsets that are two whole numbers, the second not smaller',
      found: shorten(JSON.stringify(offsets)),
      fix: SAVE_AGAIN,
    });
  }
  const width = DTYPE_BYTES.get(dtype);
  if (width === undefined) {
    throw new Problem({
      where: place,
      expected: `a dtype such as ${[...DTYPE_BYTES.keys()].slice(0, 5).join(', ')}`,
      found: `"${shorten(dtype)}"`,
      fix: 'Save the model in float32, float16 or bfloat16.',
    });
  }
  const count = sizeOf(shape);
  if (count * width !== end - begin) {
    throw new Problem({
      where: place,
      expected: `${bytesText(count * width)} for ${dtype} of shape [${shape.join(', ')}]`,
      found: bytesText(end - begin),
      fix: SAVE_AGAIN,
    });
  }
  return { name, dtype, shape, begin: dataStart + begin, end: dataStart + end };
}

/** Tensors must follow each other without overlap or gap and end where the file ends. */
function checkPlaces(entries: readonly TensorEntry[], dataStart: number, fileBytes: number, where: string): void {
  let position = dataStart;
  for (const entry of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== position) {
      throw new Problem({
        where: `${where}, tensor "${shorten(entry.name)}"`,
        expected: `its data at byte ${position}, right after the tensor before it`,
        found:
          entry.begin < position ? `byte ${entry.begin}, which overlaps that tensor` : `byte ${entry.begin}, which leaves a gap`,
        fix: SAVE_AGAIN,
      });
    }
    position = entry.end;
  }
  if (position !== fileBytes) {
    throw new Problem({
      where,
      expected: `${bytesText(position)}, as its header says`,
      found: position > fileBytes ? `only ${bytesText(fileBytes)}` : bytesText(fileBytes),
      fix: DOWNLOAD_AGAIN,
    });
  }
}

/**
 * Reads and checks the header. Entries come in the file's order, without `__metadata__`. Throws `Problem` for anything that the
 * format does not allow, a truncated file first of all.
 */
export function readHeader(source: ByteSource, where: string): TensorEntry[] {
  if (source.size < 8) {
    throw new Problem({
      where,
      expected: 'a safetensors file',
      found: `a file of ${bytesText(source.size)}`,
      fix: DOWNLOAD_AGAIN,
    });
  }
  const length = new DataView(source.read(0, 8).buffer).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new Problem({
      where,
      expected: `a safetensors file, whose header has at most ${bytesText(MAX_HEADER_BYTES)}`,
      found: `a header length of ${length.toLocaleString('en-US')}`,
      fix: 'Is it another format, or a page that was saved in its place? Choose the file model.safetensors of a Hugging Face model.',
    });
  }
  const dataStart = 8 + Number(length);
  if (dataStart > source.size) {
    throw new Problem({
      where,
      expected: `a header of ${bytesText(Number(length))}`,
      found: `a file of ${bytesText(source.size)}, which ends inside it`,
      fix: DOWNLOAD_AGAIN,
    });
  }
  const header = parseJson(source.read(8, dataStart), where);
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => readEntry(name, value, dataStart, where));
  checkPlaces(entries, dataStart, source.size, where);
  return entries;
}
