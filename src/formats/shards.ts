/**
 * Weights in several files: `model.safetensors.index.json` or `pytorch_model.bin.index.json` says in its `weight_map` which file has which
 * tensor. The files are opened elsewhere; here they become one.
 */
import { Problem } from '../lib/problem.ts';
import { findTensor, shorten, type TensorFile } from './tensor-file.ts';

const FIX = 'Download all files of the model again, from the same revision, and choose them together.';

/** The names of the tensors with their files. Throws `Problem` for an index that is none. */
export function readShardIndex({ weight_map: map }: Readonly<Record<string, unknown>>, where: string): Map<string, string> {
  const wrong = (found: string): Problem =>
    new Problem({ where, expected: 'a "weight_map" from tensor names to files beside it', found, fix: FIX });
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw wrong('none');
  const entries = Object.entries(map).map(([name, file]: [string, unknown]): [string, string] => {
    if (typeof file !== 'string' || !/^[^/\\]+$/.test(file)) throw wrong(`"${shorten(name)}" in ${shorten(String(file))}`);
    return [name, file];
  });
  if (entries.length === 0) throw wrong('an empty one');
  return new Map(entries);
}

/**
 * One file of weights over its shards. Each tensor is looked for where the index says it is. Throws `Problem` naming the tensor when it is
 * not there.
 */
export function joinShards(
  index: ReadonlyMap<string, string>,
  shards: ReadonlyMap<string, TensorFile>,
  where: string,
): TensorFile {
  const names = new Map([...shards].map(([shard, file]) => [shard, new Set(file.names)]));
  const homes = new Map<string, TensorFile>();
  for (const [name, shard] of index) {
    const file = shards.get(shard);
    if (file && names.get(shard)?.has(name)) {
      homes.set(name, file);
      continue;
    }
    const other = [...names].find(([, has]) => has.has(name));
    throw new Problem({
      where: `${where}, tensor "${shorten(name)}"`,
      expected: `it in ${shard}`,
      found: other ? `it in ${other[0]}` : 'it in none of the files',
      fix: FIX,
    });
  }
  return {
    names: [...index.keys()],
    shape: (name) => findTensor(homes, name, where).shape(name),
    tensor: (name) => findTensor(homes, name, where).tensor(name),
  };
}
