/**
 * `torch.save` before PyTorch 1.6 (`_use_new_zipfile_serialization=False`): five pickles end to end (a magic number, the protocol, the
 * writer's system, the object, the storages' keys), then for each key a count in 8 bytes and its values. See torch/serialization.py,
 * `_legacy_save`.
 */
import { Problem } from '../lib/problem.ts';
import type { ByteSource } from './byte-source.ts';
import { runPickle } from './pickle.ts';
import { shorten } from './tensor-file.ts';
import { stateDict, torchWorld, type TorchContents, type TorchStorage } from './torch-values.ts';

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
/** All five pickles lie in the first bytes: those of BERT-large take about 60 KB. */
const MAX_PICKLE_BYTES = 16 * 2 ** 20;

export function readLegacyTorch(source: ByteSource, where: string): TorchContents {
  const problem = (expected: string, found: string): Problem =>
    new Problem({
      where,
      expected,
      found,
      fix: 'The file is damaged, incomplete or of another kind: download or copy it again.',
    });
  const head = source.read(0, Math.min(source.size, MAX_PICKLE_BYTES));
  const storages = new Map<string, TorchStorage>();
  const world = torchWorld(where, (storage) => {
    const { dtype, count } = storages.get(storage.key) ?? storage;
    if (dtype !== storage.dtype || count !== storage.count) throw problem('one size of each storage', `two of ${storage.key}`);
    storages.set(storage.key, storage);
  });
  let position = 0;
  const next = (): unknown => {
    const { value, end } = runPickle(head, world, where, position);
    position = end;
    return value;
  };

  if (next() !== MAGIC) throw problem('the magic number of torch.save', 'another pickle');
  const protocol = next();
  if (protocol !== PROTOCOL) throw problem(`protocol ${PROTOCOL} of torch.save`, 'another protocol');
  const system = next();
  if (!(system instanceof Map) || system.get('little_endian') !== true)
    throw problem('little-endian values', 'another byte order');
  const tensors = stateDict(next(), where);
  const keys = next();
  if (!Array.isArray(keys)) throw problem('the list of storages', 'something else');

  const begins = new Map<string, number>();
  for (const key of keys as readonly unknown[]) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (!storage) throw problem('storages that the tensors name', `storage ${shorten(String(key))}`);
    const begin = position + 8;
    const end = begin + storage.count * storage.width;
    if (end > source.size) {
      throw problem(`${end.toLocaleString('en-US')} bytes or more`, `only ${source.size.toLocaleString('en-US')} bytes`);
    }
    const count = new DataView(source.read(position, begin).buffer).getBigInt64(0, true);
    if (count !== BigInt(storage.count)) throw problem(`${storage.count} values in storage ${storage.key}`, `${count}`);
    begins.set(storage.key, begin);
    position = end;
  }
  for (const key of storages.keys()) if (!begins.has(key)) throw problem(`the values of storage ${key}`, 'none');
  return { tensors, begins };
}
