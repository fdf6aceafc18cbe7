/** Runs that are kept: by the trainer's service with the real engine on simd and a disk in memory, ended in the middle in every way that Node can. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { toyDataset, toyModelFiles } from '../../e2e/toy-model.ts';
import { OutOfMemory } from '../../src/engine/backend/hardware-failure.ts';
import { startSimd } from '../../src/engine/testing/node/simd.ts';
import { openModelFolder } from '../../src/hub/model-folder.ts';
import type { FileStore } from '../../src/lib/file-store.ts';
import type { TakeLock } from '../../src/lib/web-lock.ts';
import { memoryFiles } from '../../src/lib/testing/memory-files.ts';
import { completeArguments, type StepPoint } from '../../src/engine/train/arguments.ts';
import type { ModelSource, TrainEvent, TrainResult, TrainSettings } from '../../src/protocol/trainer.ts';
import { readRun, type RunAbout } from '../../src/storage/saved-runs.ts';
import { createTokenizerService } from '../tokenizer/service.ts';
import { openBase } from './base-files.ts';
import { createRunShelf } from './run-shelf.ts';
import { createTrainerService, type TrainerService } from './service.ts';

const SETTINGS: TrainSettings = {
  num_train_epochs: 2,
  learning_rate: 0.005,
  per_device_train_batch_size: 8,
  weight_decay: 0.01,
  warmup_ratio: 0.1,
  max_grad_norm: 1,
  seed: 42,
  max_length: 32,
  evaluations_per_epoch: 2,
  load_best_model_at_end: true,
  save_strategy: 'steps',
  save_steps: 4,
};
const ID = 'run-1';
const noProgress = (): undefined => undefined;

/** Locks as the browser has them, among all services that share them. */
function locks(): TakeLock {
  const held = new Set<string>();
  return (name) => {
    if (held.has(name)) return Promise.resolve(null);
    held.add(name);
    return Promise.resolve(() => void held.delete(name));
  };
}

interface Place {
  readonly trainer: TrainerService;
  readonly fingerprint: string;
}

/** The workers of a page that was just opened, over a disk that was there before. */
async function open(disk: FileStore, lock: TakeLock = locks(), from: 'files' | 'run' = 'files', rows = 120): Promise<Place> {
  const tokenizer = createTokenizerService(() => Promise.reject(new Error('no sample here')));
  const fileOf = ({ name, buffer }: { name: string; buffer: Buffer }): File => new File([new Uint8Array(buffer)], name);
  const trainer = createTrainerService({
    startBackend: async () => {
      const backend = await startSimd();
      return { backend: 'simd', title: 'CPU', reason: 'a test', threads: backend.jobs.threads };
    },
    openFolder: (source) => {
      if (source.kind === 'files') return openModelFolder(source.files);
      if (source.kind === 'run') return openBase(disk, source.id, source.name);
      throw new Error('the test has files only');
    },
    proxy: (callback) => callback,
    tune: async () => null,
    runs: createRunShelf(disk, lock),
  });
  trainer.connect({
    loadTokenizer: (files) => tokenizer.loadTokenizer(files),
    tokenizeDataset: (maxLength, onProgress) => tokenizer.tokenizeDataset(maxLength, onProgress),
    encode: (texts, maxLength, secondTexts) => tokenizer.encode(texts, maxLength, secondTexts),
  });
  const split = { validationShare: 0.2, seed: 42 };
  const { profile } = await tokenizer.open({ kind: 'files', files: [fileOf(toyDataset(rows))] }, {}, split, noProgress);
  const source: ModelSource =
    from === 'files' ? { kind: 'files', files: toyModelFiles().map(fileOf) } : { kind: 'run', id: ID, name: 'toy' };
  await trainer.openModel(source, noProgress);
  return { trainer, fingerprint: profile!.fingerprint };
}

function aboutOf({ fingerprint }: Place, settings = SETTINGS): RunAbout {
  return {
    version: 1,
    id: ID,
    startedAt: 1,
    settings: { ...completeArguments(settings) },
    dataset: { name: 'toy.csv', fingerprint },
    model: { kind: 'files', name: 'toy' },
    ended: null,
  };
}

interface Told {
  readonly result: TrainResult;
  readonly events: readonly TrainEvent[];
  /** Of the steps that are on the page at the end. */
  readonly losses: readonly number[];
  readonly zip: Uint8Array;
}

async function train(place: Place, settings = SETTINGS, onEvent: (event: TrainEvent) => unknown = noProgress): Promise<Told> {
  await place.trainer.beginRun(aboutOf(place, settings));
  const events: TrainEvent[] = [];
  let points: readonly StepPoint[] = [];
  const result = await place.trainer.train(
    settings,
    (event) => {
      events.push(event);
      if (event.type === 'started') points = event.resumed?.points ?? [];
      if (event.type === 'steps') points = [...points, ...event.points];
      onEvent(event);
    },
    ID,
  );
  const prediction = await place.trainer.predict('i loved every minute', 32);
  const zip = new TextEncoder().encode(JSON.stringify(prediction?.classes));
  return { result, events, losses: points.map(({ loss }) => loss), zip };
}

/** A copy of everything on the disk at the moment of a crash. */
async function copyOf(disk: FileStore): Promise<FileStore> {
  const copy = memoryFiles();
  for (const folder of await disk.folders()) {
    for (const name of (await disk.files(folder)).keys()) {
      const writer = await copy.append(folder, name, 0, name);
      writer.write(new Uint8Array(await (await disk.read(folder, name)).arrayBuffer()));
      writer.close();
    }
  }
  return copy;
}

/** The disk as it was when the run had come to this step, and whether it was in the middle of a file then. */
async function crashAt(step: number, settings = SETTINGS): Promise<FileStore> {
  const disk = memoryFiles();
  let then: Promise<FileStore> | null = null;
  await train(await open(disk), settings, (event) => {
    if (!then && event.type === 'steps' && event.points.some((point) => point.step >= step)) then = copyOf(disk);
  });
  return then!;
}

let unbroken: Promise<Told> | null = null;

/** The run that nothing happened to. */
function unbrokenRun(): Promise<Told> {
  return (unbroken ??= (async () => train(await open(memoryFiles())))());
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('a run that is kept', () => {
  test('goes on after a crash, from bytes on the disk and without the files of its model, with the same losses and answers', async () => {
    const whole = await unbrokenRun();
    expect(whole.losses).toHaveLength(24);
    const disk = await crashAt(11);
    const saved = await readRun(disk, ID);
    expect(saved?.about.ended).toBeNull();
    expect(saved?.checkpoints.map(({ step }) => step)).toEqual([8, 4]);
    const gone = await train(await open(disk, locks(), 'run'));
    expect(gone.events.find(({ type }) => type === 'started')).toMatchObject({ resumed: { step: 8 } });
    expect(gone.losses).toEqual(whole.losses);
    expect(gone.zip).toEqual(whole.zip);
    const { seconds: _a, ...result } = gone.result;
    const { seconds: _b, ...expected } = whole.result;
    expect(result).toEqual(expected);
    const after = await readRun(disk, ID);
    expect(after?.about.ended).toBe('finished');
    expect(after?.checkpoints.map(({ step }) => step)).toEqual([24]);
    expect([...(await disk.files(ID)).keys()].filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('a checkpoint that was not written to its end is passed over, for the one before', async () => {
    const disk = await crashAt(11);
    const [latest] = (await readRun(disk, ID))!.checkpoints;
    (await disk.append(ID, latest!.state.name, latest!.state.bytes - 1, 'cut')).close();
    expect((await readRun(disk, ID))!.checkpoints.map(({ step }) => step)).toEqual([4]);
    const whole = await unbrokenRun();
    const gone = await train(await open(disk));
    expect(gone.events.find(({ type }) => type === 'started')).toMatchObject({ resumed: { step: 4 } });
    expect(gone.losses).toEqual(whole.losses);
  });

  test('other data are refused in words, and the run stays', async () => {
    const disk = await crashAt(9);
    const place = await open(disk, locks(), 'files', 160);
    const about = { ...aboutOf(place), dataset: { name: 'toy.csv', fingerprint: 'abc' } };
    await place.trainer.beginRun(about);
    await expect(place.trainer.train(SETTINGS, noProgress, ID)).rejects.toThrow(
      /The run: expected the data that it began with, toy\.csv/,
    );
    expect((await readRun(disk, ID))?.checkpoints.length).toBeGreaterThan(0);
  });

  test('has one writer, in whatever tab', async () => {
    const [disk, lock] = [memoryFiles(), locks()];
    const [first, second] = [await open(disk, lock), await open(disk, lock)];
    await first.trainer.beginRun(aboutOf(first));
    await expect(second.trainer.beginRun(aboutOf(second))).rejects.toThrow(/The run: expected that no other tab trains it/);
    await expect(second.trainer.removeRun(ID)).rejects.toThrow(/no other tab/);
  });

  test('goes on in memory where the disk is full, says so, and is written again when there is room', async () => {
    const whole = await unbrokenRun();
    const disk = memoryFiles(2_000_000);
    const fill = await disk.append('others', 'file', 0, 'file');
    let saves = 0;
    const told = await train(await open(disk), { ...SETTINGS, save_steps: 3 }, async (event) => {
      if (event.type !== 'saved') return;
      saves++;
      const left = (await disk.free()) ?? 0;
      if (saves === 1) fill.write(new Uint8Array(left - 50_000));
      if (saves === 4) await disk.removeFolder('others');
    });
    const saved = told.events.filter((event) => event.type === 'saved');
    expect(saved.map(({ step, place }) => [step, place])).toEqual([
      [3, 'disk'],
      [6, 'memory'],
      [9, 'memory'],
      [12, 'memory'],
      [15, 'disk'],
      [18, 'disk'],
      [21, 'disk'],
      [24, 'disk'],
    ]);
    expect(saved[1]?.problem).toMatchObject({ where: 'Saving the run', found: 'the disk full' });
    expect(saved[4]?.problem).toBeNull();
    expect(told.losses).toEqual(whole.losses);
    expect(told.result.outcome).toBe('finished');
  });

  test('goes on by itself when memory runs out, with half the batch, twice; then it stops intact and can be continued', async () => {
    const disk = memoryFiles();
    const place = await open(disk);
    const full = (): OutOfMemory => new OutOfMemory({ where: 'GPU memory', expected: 'room', found: 'none left', fix: 'Less.' });
    let failures = 0;
    const failOften = (most: number) => (event: TrainEvent) => {
      if (event.type === 'steps' && failures < most && event.points.some(({ step }) => step % 6 === 0)) {
        failures++;
        expect(place.trainer.hardwareFailed(full())).toBe(true);
      }
    };
    const twice = await train(place, SETTINGS, failOften(2));
    expect(twice.result).toMatchObject({ outcome: 'finished', steps: 24 });
    expect(twice.losses).toHaveLength(24);
    const recovered = twice.events.filter((event) => event.type === 'recovered');
    expect(recovered.map(({ step, halvings }) => [step, halvings])).toEqual([
      [4, 1],
      [4, 2],
    ]);
    await place.trainer.removeRun(ID);
    failures = 0;
    await expect(train(place, SETTINGS, failOften(3))).rejects.toThrow(/again after 2 tries.*until step 4 is kept/);
    expect((await readRun(disk, ID))?.about.ended).toBeNull();
    expect((await train(place)).result).toMatchObject({ outcome: 'finished', steps: 24 });
  });

  test('what is discarded leaves nothing; a device that fails between runs is not a run’s', async () => {
    const disk = memoryFiles();
    const place = await open(disk);
    const { result } = await train(place, SETTINGS, (event) => {
      if (event.type === 'saved') place.trainer.stop(false);
    });
    expect(result.outcome).toBe('discarded');
    expect(await disk.folders()).toEqual([]);
    expect(place.trainer.hardwareFailed(new OutOfMemory({ where: '', expected: '', found: '', fix: '' }))).toBe(false);
  });

  test('a thousand steps with checkpoints leave memory as it was', async () => {
    const disk = memoryFiles();
    const place = await open(disk);
    const counts: string[] = [];
    const heap: number[] = [];
    const settings = { ...SETTINGS, max_steps: 1000, save_steps: 100, eval_strategy: 'steps', eval_steps: 250 } as const;
    await train(place, settings, (event) => {
      if (event.type !== 'saved' || event.step < 200) return;
      collectGarbage();
      const { numTensors, numBytes } = memory();
      counts.push(`${numTensors} tensors, ${numBytes} bytes`);
      heap.push(process.memoryUsage().arrayBuffers);
    });
    expect(new Set(counts)).toEqual(new Set([counts[0]]));
    // The curves grow, 64 bytes a step; a checkpoint (250 kB) that stayed each time would be 1.5 MB even at the least of the last three.
    // One of them alone may hold what the collector has not swept yet.
    expect(Math.min(...heap.slice(-3)) - heap[0]!).toBeLessThan(300_000);
    expect((await disk.files(ID)).get('checkpoint-00001000.curves')).toBe(64_000);
  });
});
