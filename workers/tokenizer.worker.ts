/** The tokenizer worker: the page opens and chooses data here, the trainer worker fetches token ids over its own port. */
import { Problem } from '../src/lib/problem.ts';
import { takeLock } from '../src/lib/web-lock.ts';
import { expose, transfer } from '../src/protocol/bridge.ts';
import type { TokenizerWorker, TokenSource } from '../src/protocol/tokenizer.ts';
import { DATASETS_FOLDER } from '../src/storage/kept-datasets.ts';
import { opfsFiles } from '../src/storage/opfs-files.ts';
import type { TokenRows } from '../src/text/types.ts';
import { createTokenizerService } from './tokenizer/service.ts';

/** Beside the page. The worker is one folder below it: `assets/` when built, `workers/` while developing. */
const sampleUrl = new URL('../sample/sample.csv', self.location.href);

async function fetchSample(): Promise<Blob> {
  const failed = (found: string): Problem =>
    new Problem({
      where: 'sample.csv',
      expected: 'the sample that comes with the page',
      found,
      fix: 'Reload the page, or drop a file of your own.',
    });
  const response = await fetch(sampleUrl).catch((error: unknown) => {
    throw failed(error instanceof Error ? error.message : String(error));
  });
  if (!response.ok) throw failed(`HTTP ${response.status}`);
  return response.blob();
}

const service = createTokenizerService(fetchSample, {
  store: opfsFiles(DATASETS_FOLDER),
  mostBytes: 256 * 2 ** 20,
  // Over plain http there are neither locks nor a disk, which the store says.
  exclusively: (work) => (isSecureContext ? navigator.locks.request(`tabtune ${DATASETS_FOLDER}`, work) : work()),
});

function buffers(...rows: readonly TokenRows[]): ArrayBuffer[] {
  return rows.flatMap(({ ids, offsets, typeOneFrom }) =>
    [ids, offsets, ...(typeOneFrom ? [typeOneFrom] : [])].map(({ buffer }) => buffer),
  );
}

const source: TokenSource = {
  loadTokenizer: (files) => service.loadTokenizer(files),
  async tokenizeDataset(maxLength, onProgress) {
    const tokens = await service.tokenizeDataset(maxLength, onProgress);
    const { train, validation, test } = tokens;
    const parts = [train, validation, test];
    return transfer(tokens, [...buffers(...parts), ...parts.map(({ targets }) => targets.labels.buffer)]);
  },
  async encode(texts, maxLength, secondTexts) {
    const rows = await service.encode(texts, maxLength, secondTexts);
    return transfer(rows, buffers(rows));
  },
};

const worker: TokenizerWorker = {
  async connect(port, alive) {
    expose(source, port);
    await takeLock(alive);
  },
  open: (from, reading, split, onProgress, used) => service.open(from, reading, split, onProgress, used),
  cancelOpen: () => service.cancelOpen(),
  rejectedRows: () => service.rejectedRows(),
  choose: (choice, split, mends) => service.choose(choice, split, mends),
  measureLengths: (maxLength, most) => service.measureLengths(maxLength, most),
  baseline: () => service.baseline(),
  keep: (needed) => service.keep(needed),
  listKept: () => service.listKept(),
  findKept: (fingerprint) => service.findKept(fingerprint),
  removeKept: (key) => service.removeKept(key),
};

expose(worker);
