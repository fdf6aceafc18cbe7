/** The measurements of `npm run bench:data`. */
import { execFileSync } from 'node:child_process';
import { openAsBlob, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import Papa from 'papaparse';
import { createRandom } from '../../src/lib/random.ts';
import { createTokenizerService } from '../../workers/tokenizer/service.ts';

const STARTER = 'public/models/starter';
const MAX_LENGTH = 64;
const SPLIT = { validationShare: 0.2, seed: 42 };
const WORDS = (
  'the a it was this film phone food service of and very i my not but really great awful boring charming battery screen plot ' +
  'waiter price quality return again never always would recommend friends money time hours broken perfect slow fast'
).split(' ');

interface Measured {
  readonly name: string;
  readonly seconds: number;
  readonly rowsPerSecond: number;
  /** Of this process, all its threads: what a busy machine does not stretch. NaN for another program. */
  readonly cpuSeconds: number;
}

export interface DataBench {
  readonly rows: number;
  readonly megabytes: number;
  readonly measured: readonly Measured[];
  /** Of the whole process after open, profile and tokenize, before the others ran. */
  readonly peakMegabytes: number;
  /** Longest time that the event loop was kept from other work, in milliseconds. */
  readonly longestStretchMs: number;
  /** Above 1 where we are faster. */
  readonly ratios: Readonly<Record<string, number>>;
}

/** About 100 bytes a row, every eighth one quoted. Returns the size in bytes. */
async function writeRows(path: string, rows: number): Promise<number> {
  const random = createRandom(11);
  const file = await open(path, 'w');
  let bytes = 0;
  let lines = ['text,label'];
  for (let row = 0; row < rows; row++) {
    const words = Array.from({ length: 16 }, () => WORDS[random.below(WORDS.length)] ?? '').join(' ');
    lines.push(`${row % 8 === 0 ? `"${words}, ""really"""` : `${words} ${row}`},class ${row % 12}`);
    if (lines.length < 10_000 && row < rows - 1) continue;
    bytes += (await file.write(`${lines.join('\n')}\n`)).bytesWritten;
    lines = [];
  }
  await file.close();
  return bytes;
}

async function time(name: string, rows: number, work: () => unknown): Promise<Measured> {
  const start = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return report(name, rows, (performance.now() - start) / 1000, (user + system) / 1e6);
}

function report(name: string, rows: number, seconds: number, cpuSeconds: number): Measured {
  const measured = { name, seconds, rowsPerSecond: rows / seconds, cpuSeconds };
  console.log(
    `${name.padEnd(28)} ${seconds.toFixed(2).padStart(7)} s ${Math.round(measured.rowsPerSecond).toLocaleString('en-US').padStart(12)} rows/s ${cpuSeconds.toFixed(2).padStart(8)} s of CPU`,
  );
  return measured;
}

/** Seconds that Python's tokenizers takes for the same texts, on one thread, and those of its CPU; null where it is not there. */
function pythonSeconds(python: string, path: string): readonly [seconds: number, cpuSeconds: number] | null {
  const script = `
import csv, os, sys, time
os.environ["TOKENIZERS_PARALLELISM"] = "false"
from tokenizers import Tokenizer
tokenizer = Tokenizer.from_file("${STARTER}/tokenizer.json")
tokenizer.no_padding()
tokenizer.enable_truncation(${MAX_LENGTH})
texts = [row[0] for row in csv.reader(open(sys.argv[1], encoding="utf-8", newline=""))][1:]
start, begun = time.perf_counter(), time.process_time()
for at in range(0, len(texts), 1000):
    tokenizer.encode_batch_fast(texts[at : at + 1000])
print(time.perf_counter() - start, time.process_time() - begun)
`;
  try {
    const printed = execFileSync(python, ['-c', script, path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const [seconds = NaN, cpuSeconds = NaN] = printed.trim().split(' ').map(Number);
    return [seconds, cpuSeconds];
  } catch {
    console.log("Python's tokenizers is not there: left out");
    return null;
  }
}

export async function benchData(folder: string, rows: number, python: string): Promise<DataBench> {
  const path = join(folder, 'rows.csv');
  const bytes = await writeRows(path, rows);
  console.log(`${rows.toLocaleString('en-US')} rows, ${(bytes / 1e6).toFixed(0)} MB`);
  const service = createTokenizerService(() => Promise.reject(new Error('no sample')));
  const quiet = (): void => undefined;
  const file = new File([await openAsBlob(path)], 'rows.csv');
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const opened = await time('open (judge, read, profile)', rows, () =>
    service.open({ kind: 'files', files: [file] }, {}, SPLIT, quiet),
  );
  const profiled = await time('profile', rows, () => service.choose({ text: 0, label: 1 }, SPLIT, []));
  await service.loadTokenizer({
    tokenizerJson: readFileSync(`${STARTER}/tokenizer.json`, 'utf8'),
    tokenizerConfigJson: readFileSync(`${STARTER}/tokenizer_config.json`, 'utf8'),
  });
  const tokenized = await time('tokenize', rows, () => service.tokenizeDataset(MAX_LENGTH, quiet));
  delay.disable();
  const longestStretchMs = delay.max / 1e6;
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  console.log(`peak memory of the process ${peakMegabytes.toFixed(0)} MB, longest stretch ${longestStretchMs.toFixed(0)} ms`);
  const papa = await time('papaparse alone', rows, () => Papa.parse<string[]>(readFileSync(path, 'utf8')).data.length);
  const measured = [opened, profiled, tokenized, papa];
  const ratios: Record<string, number> = { open_vs_papaparse: papa.seconds / opened.seconds };
  const seconds = pythonSeconds(python, path);
  if (seconds !== null) {
    measured.push(report("Python's tokenizers", rows, ...seconds));
    ratios.tokenize_vs_python = seconds[0] / tokenized.seconds;
  }
  for (const [name, ratio] of Object.entries(ratios)) console.log(`${name} ${ratio.toFixed(2)}`);
  return { rows, megabytes: bytes / 1e6, measured, peakMegabytes, longestStretchMs, ratios };
}
