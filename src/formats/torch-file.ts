/**
 * pytorch_model.bin, the files of `torch.save`: since PyTorch 1.6 a zip with a pickle of the state dict and one stored entry for each
 * storage, before that several pickles and the storages end to end. Tensors are read by their ranges when they are asked for, so the file
 * is never in memory as a whole. Nothing in it is ever run (see pickle.ts).
 */
import { Problem } from '../lib/problem.ts';
import type { ByteSource } from './byte-source.ts';
import { runPickle } from './pickle.ts';
import { readStoredZip, type StoredEntry } from './stored-zip.ts';
import { decodeFloats, findTensor, shorten, sizeOf, type TensorFile } from './tensor-file.ts';
import { readLegacyTorch } from './torch-legacy.ts';
import { spanOf, stateDict, torchWorld, type TorchContents, type TorchStorage, type TorchTensor } from './torch-values.ts';

/** The pickle of BERT-large is about 60 KB. */
const MAX_PICKLE_BYTES = 32 * 2 ** 20;
const AGAIN = 'The file is damaged or incomplete: download or copy it again.';
const SAVE_SAFE = 'In Python, AutoModel.from_pretrained(FOLDER).save_pretrained(NEW_FOLDER) writes model.safetensors.';

/** Opens a file of `torch.save`. `where` names it in problems. Throws `Problem` when it is damaged or holds anything but tensors. */
export async function openTorchFile(source: ByteSource, where: string): Promise<TensorFile> {
  const { tensors, begins } = await readContents(source, where);

  function tensor(name: string) {
    const found = findTensor(tensors, name, where);
    const { storage, offset, shape } = found;
    const begin = (begins.get(storage.key) ?? NaN) + offset * storage.width;
    const bytes = source.read(begin, begin + spanOf(found) * storage.width);
    const values = decodeFloats(storage.dtype, bytes, `${where}, tensor "${shorten(name)}"`);
    return { shape, data: isContiguous(found) ? values : gather(values, found) };
  }

  return { names: [...tensors.keys()], shape: (name) => findTensor(tensors, name, where).shape, tensor };
}

async function readContents(source: ByteSource, where: string): Promise<TorchContents> {
  const start = source.read(0, Math.min(source.size, 4));
  if (start[0] === 0x50 && start[1] === 0x4b) return readZipped(source, where);
  // A pickle's first opcode is PROTO.
  if (start[0] === 0x80) return readLegacyTorch(source, where);
  throw new Problem({
    where,
    expected: 'a file of torch.save, a zip or a pickle',
    found: source.size === 0 ? 'an empty file' : 'other bytes',
    fix: 'Is it a page or a Git LFS pointer that was saved in its place? Download the file itself.',
  });
}

async function readZipped(source: ByteSource, where: string): Promise<TorchContents> {
  const entries = await readStoredZip(source, where);
  const pickle = entries.find(({ path }) => /^[^/]+\/data\.pkl$/.test(path));
  if (!pickle) {
    throw new Problem({
      where,
      expected: 'data.pkl in the zip of torch.save',
      found: `only ${
        entries
          .slice(0, 5)
          .map(({ path }) => shorten(path))
          .join(', ') || 'an empty zip'
      }`,
      fix: SAVE_SAFE,
    });
  }
  const top = pickle.path.slice(0, pickle.path.indexOf('/'));
  if (entries.some(({ path }) => path.startsWith(`${top}/code/`) || path === `${top}/constants.pkl`)) {
    throw new Problem({ where, expected: 'weights', found: 'a TorchScript program, which is not run here', fix: SAVE_SAFE });
  }
  const byName = new Map(entries.map((entry) => [entry.path, entry]));
  checkByteOrder(source, byName.get(`${top}/byteorder`), where);
  if (pickle.end - pickle.begin > MAX_PICKLE_BYTES) {
    throw new Problem({
      where: `${where}, data.pkl`,
      expected: `at most ${MAX_PICKLE_BYTES.toLocaleString('en-US')} bytes`,
      found: `${(pickle.end - pickle.begin).toLocaleString('en-US')} bytes`,
      fix: SAVE_SAFE,
    });
  }
  const begins = new Map<string, number>();
  const onStorage = ({ key, count, width }: TorchStorage): void => {
    const entry = byName.get(`${top}/data/${key}`);
    const bytes = entry ? entry.end - entry.begin : 0;
    if (!entry || count * width > bytes) {
      throw new Problem({
        where: `${where}, data/${shorten(key)}`,
        expected: `${(count * width).toLocaleString('en-US')} bytes of values`,
        found: entry ? `${bytes.toLocaleString('en-US')} bytes` : 'no such entry in the zip',
        fix: AGAIN,
      });
    }
    begins.set(key, entry.begin);
  };
  const { value } = runPickle(source.read(pickle.begin, pickle.end), torchWorld(where, onStorage), where);
  return { tensors: stateDict(value, where), begins };
}

function checkByteOrder(source: ByteSource, entry: StoredEntry | undefined, where: string): void {
  if (!entry) return;
  const order = new TextDecoder().decode(source.read(entry.begin, Math.min(entry.end, entry.begin + 16)));
  if (order !== 'little') {
    throw new Problem({ where, expected: 'little-endian values', found: `byte order "${order}"`, fix: SAVE_SAFE });
  }
}

function isContiguous({ shape, strides }: TorchTensor): boolean {
  if (shape.includes(0)) return true;
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const side = shape[i] ?? 1;
    if (side !== 1 && strides[i] !== expected) return false;
    expected *= side;
  }
  return true;
}

/** The values of a strided view in row-major order. */
function gather(values: Float32Array, { shape, strides }: TorchTensor): Float32Array<ArrayBuffer> {
  const result = new Float32Array(sizeOf(shape));
  const index = new Int32Array(shape.length);
  let from = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = values[from] ?? NaN;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] ?? 0;
      from += stride;
      index[axis] = (index[axis] ?? 0) + 1;
      if ((index[axis] ?? 0) < (shape[axis] ?? 0)) break;
      from -= stride * (shape[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return result;
}
