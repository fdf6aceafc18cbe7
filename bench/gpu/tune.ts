/** `--tune`: the tiles of matrix products, timed on the adapter that is there, are used by all that is measured behind. */
import type { GpuBackend } from '../../src/engine/backend/webgpu/gpu-backend.ts';
import { useTileTable } from '../../src/engine/ops/linear/tile-table.webgpu.ts';
import { describeTable, SIZE_CLASSES, untunedChoice, type TileChoice } from '../../src/engine/ops/linear/tiles.ts';
import { tuneTiles, type TuneOptions } from '../../src/engine/ops/linear/tune-tiles.webgpu.ts';

/** What a software adapter takes: small products and the tiles that it compiles in reasonable time. */
const TOY: TuneOptions = {
  tiles: ['32x32x16', '32x32x8', '16x32x32'],
  sizes: SIZE_CLASSES.map((_, i) => ({ M: 64 << (i >> 1), N: 64 << ((i + 1) >> 1), inner: 64 })),
};

const nameOf = ({ tile, splitUntil }: TileChoice): string => `${tile}${splitUntil === 256 ? '' : ` split ${splitUntil}`}`;

/** Tunes and prints each contest; the table as text. */
export async function tuneAndPrint(
  backend: GpuBackend,
  kind: 'software' | 'hardware',
  log: (line: string) => void,
): Promise<string> {
  const from = performance.now();
  const { table, outcomes } = await tuneTiles(backend, kind === 'software' ? TOY : {});
  useTileTable(backend, table);
  log(`tiles, tuned in ${((performance.now() - from) / 1000).toFixed(1)} s: usual, fastest, times as fast`);
  for (const { form, size, winner, gain, thrownOut } of outcomes) {
    const { M, N, inner } = size;
    const usual = nameOf(untunedChoice(M, N, backend.lean));
    const wrong = thrownOut.length > 0 ? `  thrown out: ${thrownOut.map(nameOf).join(', ')}` : '';
    log(
      `  ${`${form} ${M} x ${N}, inner ${inner}`.padEnd(40)}${usual.padEnd(22)}${nameOf(winner).padEnd(22)}${gain.toFixed(2)}${wrong}`,
    );
  }
  log('');
  return describeTable(table);
}
