/**
 * Compiles src/engine/backend/simd/kernels.simd.ts and all it imports, twice: kernels.relaxed.wasm and kernels.plain.wasm beside it in
 * build/. Does nothing when sources, compiler and this script are those of the last time, so it can be called before everything.
 */
import asc from 'assemblyscript/asc';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const engine = join(root, 'src/engine');
const target = join(engine, 'backend/simd/build');
const entry = 'src/engine/backend/simd/kernels.simd.ts';
const hashFile = join(target, 'sources.sha256');

const builds = [
  { file: 'kernels.relaxed.wasm', features: 'simd,threads,relaxed-simd' },
  { file: 'kernels.plain.wasm', features: 'simd,threads' },
];

/** All that the kernels may be made of: *.simd.ts, and the plain constants that both sides share. */
async function findSources() {
  const names = await readdir(engine, { recursive: true });
  const shared = ['memory-map.ts', 'blocks.ts', 'kernel-numbers.ts', 'activation-kinds.ts'];
  return names.filter((name) => name.endsWith('.simd.ts') || shared.some((end) => name.endsWith(end))).sort();
}

async function hashSources() {
  const hash = createHash('sha256');
  hash.update(createRequire(import.meta.url)('assemblyscript/package.json').version);
  hash.update(await readFile(fileURLToPath(import.meta.url)));
  for (const name of await findSources()) {
    hash.update(`\0${name}\0`);
    hash.update(await readFile(join(engine, name)));
  }
  return hash.digest('hex');
}

async function isBuilt(hash) {
  try {
    for (const { file } of builds) await readFile(join(target, file));
    return (await readFile(hashFile, 'utf8')) === hash;
  } catch {
    return false;
  }
}

async function compile({ file, features }) {
  const partial = `${join(target, file)}.${process.pid}`;
  const options = ['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--sharedMemory'];
  options.push('--initialMemory', '1', '--maximumMemory', '65536', '--enable', features);
  const { error, stdout, stderr } = await asc.main([entry, ...options, '--baseDir', root, '--outFile', relative(root, partial)]);
  if (error) throw new Error(`${stdout}${stderr}${error.message}`);
  await rename(partial, join(target, file));
}

const hash = await hashSources();
if (!(await isBuilt(hash))) {
  await mkdir(target, { recursive: true });
  for (const build of builds) await compile(build);
  await writeFile(hashFile, hash);
}
