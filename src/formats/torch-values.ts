/**
 * What a file of `torch.save` may hold: dicts of tensors over storages. The functions that such a pickle names are known here by name, and
 * a value stands for each; none is run. A tensor is a view: a shape and strides over a range of a storage, which several may share.
 */
import { Problem } from '../lib/problem.ts';
import { NOT_RUN } from './pickle-cursor.ts';
import { PickleGlobal, PickleTuple, type PickleWorld } from './pickle.ts';
import { shorten, sizeOf } from './tensor-file.ts';

/** Safetensors' names for torch's storage classes. */
const DTYPES = new Map([
  ['torch.FloatStorage', 'F32'],
  ['torch.HalfStorage', 'F16'],
  ['torch.BFloat16Storage', 'BF16'],
  ['torch.DoubleStorage', 'F64'],
  ['torch.LongStorage', 'I64'],
  ['torch.IntStorage', 'I32'],
  ['torch.ShortStorage', 'I16'],
  ['torch.CharStorage', 'I8'],
  ['torch.ByteStorage', 'U8'],
  ['torch.BoolStorage', 'BOOL'],
]);

const WIDTHS: Readonly<Record<string, number>> = {
  F32: 4,
  F16: 2,
  BF16: 2,
  F64: 8,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

export class TorchStorage {
  /** Bytes of one value. */
  readonly width: number;

  constructor(
    readonly dtype: string,
    readonly key: string,
    /** Values. */
    readonly count: number,
  ) {
    this.width = WIDTHS[dtype] ?? NaN;
  }
}

export class TorchTensor {
  constructor(
    readonly storage: TorchStorage,
    /** Values from the start of the storage. */
    readonly offset: number,
    readonly shape: readonly number[],
    /** Values from one index of a dimension to the next. */
    readonly strides: readonly number[],
  ) {}
}

/** What a file comes to: the tensors, and where each storage's bytes begin. */
export interface TorchContents {
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  readonly begins: ReadonlyMap<string, number>;
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function counts(value: unknown): readonly number[] | null {
  return value instanceof PickleTuple && value.items.every(isCount) ? value.items : null;
}

function wrong(where: string, expected: string, found: string): Problem {
  return new Problem({ where, expected, found, fix: NOT_RUN });
}

function describe(value: unknown): string {
  if (value instanceof PickleTuple) return `a tuple of ${value.items.length}`;
  if (value instanceof PickleGlobal) return value.name;
  return value === null || typeof value !== 'object' ? shorten(String(value)) : 'another object';
}

/** `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks, metadata=None)`, in torch/_utils.py. */
function rebuildTensor(args: readonly unknown[], where: string): TorchTensor {
  const [storage, offset, size, stride] = args;
  const shape = counts(size);
  const strides = counts(stride);
  if (!(storage instanceof TorchStorage) || !isCount(offset) || !shape || strides?.length !== shape.length) {
    throw wrong(where, 'tensors with a storage, an offset, a size and strides of 0 or more', 'a tensor of something else');
  }
  return new TorchTensor(storage, offset, shape, strides);
}

/** `OrderedDict()` or, in old files, `OrderedDict([[key, value], ...])`. */
function orderedDict(args: readonly unknown[], where: string): Map<unknown, unknown> {
  const [pairs = []] = args;
  if (!Array.isArray(pairs)) throw wrong(where, 'an OrderedDict of pairs', describe(pairs));
  return new Map(
    pairs.map((pair: unknown) => {
      const items: unknown = pair instanceof PickleTuple ? pair.items : pair;
      if (!Array.isArray(items) || items.length !== 2) throw wrong(where, 'an OrderedDict of pairs', describe(pair));
      return [items[0], items[1]] as const;
    }),
  );
}

const CALLS: Readonly<Record<string, (args: readonly unknown[], where: string) => unknown>> = {
  'collections.OrderedDict': orderedDict,
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_parameter': ([data], where) => {
    if (data instanceof TorchTensor) return data;
    throw wrong(where, 'a parameter made of a tensor', describe(data));
  },
  'torch.Size': ([items], where) => {
    if (items instanceof PickleTuple) return items;
    throw wrong(where, 'a torch.Size of a tuple', describe(items));
  },
};

/** The world of a torch pickle. `onStorage` sees every storage that it names. */
export function torchWorld(where: string, onStorage: (storage: TorchStorage) => void): PickleWorld {
  return {
    knows: (name) => Object.hasOwn(CALLS, name) || DTYPES.has(name),
    call(name, args) {
      const call = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined;
      if (!call) throw wrong(where, 'storages without contents of their own', `a call of ${name}`);
      return call(args, where);
    },
    persistent(id) {
      // ('storage', class, key, location, values), in old files with a view of another storage behind them.
      const [kind, type, key, , count, view = null] = id instanceof PickleTuple ? id.items : [];
      const dtype = type instanceof PickleGlobal ? DTYPES.get(type.name) : undefined;
      if (kind !== 'storage' || dtype === undefined || typeof key !== 'string' || !isCount(count) || view !== null) {
        throw wrong(where, 'persistent ids of storages', describe(id));
      }
      const storage = new TorchStorage(dtype, key, count);
      onStorage(storage);
      return storage;
    },
  };
}

/** The values from a tensor's first to its last, 0 for an empty one. */
export function spanOf({ shape, strides }: TorchTensor): number {
  return shape.includes(0) ? 0 : shape.reduce((last, side, i) => last + (side - 1) * (strides[i] ?? 0), 1);
}

/** The tensors of a state dict, by name, each inside its storage. Throws `Problem`. */
export function stateDict(value: unknown, where: string): Map<string, TorchTensor> {
  const tensors = new Map<string, TorchTensor>();
  if (value instanceof Map) {
    for (const [name, tensor] of value) if (typeof name === 'string' && tensor instanceof TorchTensor) tensors.set(name, tensor);
  }
  if (tensors.size === 0) {
    const keys = value instanceof Map ? [...value.keys()].slice(0, 5).map(describe).join(', ') : '';
    throw new Problem({
      where,
      expected: 'a dict from names to tensors, as model.state_dict() gives it',
      found: value instanceof Map ? `a dict without tensors (${keys || 'empty'})` : describe(value),
      fix: 'In Python, torch.save(model.state_dict(), "pytorch_model.bin") writes one.',
    });
  }
  for (const [name, tensor] of tensors) {
    const { storage, offset, shape } = tensor;
    const span = spanOf(tensor);
    // More values than the storage has would be the same ones over and over: no checkpoint, but a way to fill a memory.
    if (offset + span <= storage.count && sizeOf(shape) <= storage.count) continue;
    throw wrong(
      `${where}, tensor "${shorten(name)}"`,
      `values inside its storage of ${storage.count.toLocaleString('en-US')}`,
      `shape [${shape.join(', ')}] from value ${offset} to ${offset + span}`,
    );
  }
  return tensors;
}
