/** The stores together, against workers that a test plays: what the page says when things go well, go wrong, or overtake each other. */
import { evaluatedRows } from '../engine/train/evaluated-rows.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ColumnChoice, DataSource, OpenedDataset, ReadingChoice } from '../data/types.ts';
import { Problem } from '../lib/problem.ts';
import type { WorkerLink } from '../protocol/connect.ts';
import type {
  Evaluation,
  ModelInfo,
  PinnedScores,
  Prediction,
  RunPlace,
  TrainEvent,
  TrainResult,
  TrainSettings,
} from '../protocol/trainer.ts';
import type { RunAbout } from '../storage/saved-runs.ts';

const ROWS = evaluatedRows(1, 2, { kind: 'single', labels: Int32Array.of(0, 1) }, [0, 1]);

const INFO: ModelInfo = {
  name: 'Starter',
  modelType: 'bert',
  layers: 3,
  hiddenSize: 384,
  parameters: 11_800_000,
  bytes: 24_000_000,
  maxLength: 512,
  classes: null,
  problemType: 'single_label_classification',
  pairs: false,
  remarks: [],
};

const DATASET: OpenedDataset = {
  summary: {
    name: 'a.csv',
    bytes: 1,
    rows: 2,
    rejectedRows: 0,
    sampledFrom: null,
    encoding: 'UTF-8',
    reading: { format: 'CSV', encoding: 'utf-8', delimiter: ',', hasHeader: true, parts: [], part: null },
    columns: [],
    firstRows: [],
  },
  choice: { text: 0, label: 1 },
  problem: null,
  profile: {
    choice: { text: 0, label: 1 },
    split: { validationShare: 0.2, seed: 42 },
    separator: null,
    classes: [],
    trainRows: 1,
    validationRows: 1,
    testRows: 0,
    preview: [],
    findings: [],
    mends: [],
    fingerprint: '',
  },
};

function evaluation(step: number, accuracy: number): Evaluation {
  return { step, epoch: 1, loss: 0.5, accuracy, macroF1: accuracy, perClassF1: [], confusion: [] };
}

const STARTED: TrainEvent = {
  type: 'started',
  totalSteps: 4,
  guessingLoss: Math.LN2,
  classes: ['a', 'b'],
  truncatedRows: 0,
  pairs: false,
  remarks: [],
  resumed: null,
  tiles: null,
};

const RESULT: TrainResult = { outcome: 'finished', steps: 10, seconds: 1, evaluation: null, weightsStep: 10, problem: null };

/** The workers as a test wants them; each answer can be replaced. */
class PlayedWorkers {
  open = vi.fn(async (_source: DataSource, _reading: ReadingChoice): Promise<OpenedDataset> => DATASET);
  choose = vi.fn(async (_choice: ColumnChoice) => DATASET.profile);
  cancelOpen = vi.fn(async () => undefined);
  openModel = vi.fn(async (): Promise<ModelInfo> => INFO);
  train = vi.fn(async (_settings: TrainSettings, _onEvent: (event: TrainEvent) => void): Promise<TrainResult> => RESULT);
  predict = vi.fn(async (): Promise<Prediction | null> => null);
  beginRun = vi.fn(async (_about: RunAbout): Promise<RunPlace> => ({ place: 'disk', problem: null }));
  removeRun = vi.fn(async (_id: string) => undefined);
  stop = vi.fn(async (_keep: boolean) => undefined);
  pin = vi.fn(async (_texts: readonly string[], _maxLength: number): Promise<PinnedScores | null> => null);
  crash: (error: Error) => void = () => undefined;
  links = 0;

  connect(): WorkerLink {
    this.links++;
    const crashed = new Promise<never>((_, reject) => (this.crash = reject));
    crashed.catch(() => undefined);
    const useCompute = async () => ({ backend: 'simd', title: 'CPU', reason: 'for the test', threads: 1 });
    const remotes = {
      tokenizer: { open: this.open, choose: this.choose, cancelOpen: this.cancelOpen },
      trainer: {
        useCompute,
        openModel: this.openModel,
        train: this.train,
        beginRun: this.beginRun,
        removeRun: this.removeRun,
        predict: this.predict,
        stop: this.stop,
        pause: vi.fn(async () => undefined),
        resume: vi.fn(async () => undefined),
        pin: this.pin,
      },
    };
    return { ...remotes, crashed, close: () => undefined } as unknown as WorkerLink;
  }
}

let played: PlayedWorkers;

async function freshStores() {
  vi.resetModules();
  played = new PlayedWorkers();
  vi.doMock('../protocol/connect.ts', () => ({ connectWorkers: () => played.connect() }));
  const [session, run, data, model, tries, problems] = await Promise.all([
    import('./session.ts'),
    import('./run.ts'),
    import('./data.ts'),
    import('./model.ts'),
    import('./try.ts'),
    import('./problems.ts'),
  ]);
  return { ...session, ...run, ...data, ...model, ...tries, ...problems };
}

let stores: Awaited<ReturnType<typeof freshStores>>;
beforeEach(async () => {
  stores = await freshStores();
});
afterEach(() => {
  vi.useRealTimers();
});

const bad = (): Problem => new Problem({ where: 'b.csv', expected: 'text', found: 'a picture', fix: 'Drop a table.' });
const placesOf = () => stores.problemsStore.getState().problems.map(({ place }) => place);

describe('opening', () => {
  it('opens data and then the starter', async () => {
    await stores.openData({ kind: 'sample' });
    expect(stores.dataStore.getState().dataset).toBe(DATASET);
    expect(stores.modelStore.getState().info).toBe(INFO);
    expect(placesOf()).toEqual([]);
  });

  it('keeps the dataset when the next file is bad, and says so', async () => {
    await stores.openData({ kind: 'sample' });
    played.open.mockRejectedValueOnce(bad());
    await stores.openData({ kind: 'paste', text: 'x' });
    expect(stores.dataStore.getState().dataset).toBe(DATASET);
    expect(stores.dataStore.getState().source).toEqual({ kind: 'sample' });
    expect(placesOf()).toEqual(['data']);
  });

  it('keeps the columns when another choice is refused', async () => {
    await stores.openData({ kind: 'sample' });
    played.choose.mockRejectedValueOnce(bad());
    await stores.dataStore.getState().choose({ choice: { label: 0 } });
    expect(stores.dataStore.getState().dataset?.choice).toEqual({ text: 0, label: 1 });
    expect(placesOf()).toEqual(['data']);
  });

  it('lets the later of two files win', async () => {
    const second: OpenedDataset = { ...DATASET, summary: { ...DATASET.summary, name: 'second.csv' } };
    let finishFirst: (dataset: OpenedDataset) => void = () => undefined;
    played.open.mockReturnValueOnce(new Promise((resolve) => (finishFirst = resolve)));
    const first = stores.openData({ kind: 'paste', text: 'slow' });
    played.open.mockResolvedValueOnce(second);
    await stores.openData({ kind: 'sample' });
    finishFirst(DATASET);
    await first;
    expect(stores.dataStore.getState().dataset).toBe(second);
  });

  it('sends what looks like a model to the model and tables to the data', async () => {
    const file = (name: string, content = 'x'): File => new File([content], name);
    expect(await stores.looksLikeModel([file('a.csv')])).toBe(false);
    expect(await stores.looksLikeModel([file('My model.ZIP', 'PK weights/model.safetensors PK')])).toBe(true);
    expect(await stores.looksLikeModel([file('tables.zip', 'PK train.csv PK')])).toBe(false);
    expect(await stores.looksLikeModel([file('config.json'), file('pytorch_model.bin')])).toBe(true);
    const files = [file('train.csv'), file('test.csv')];
    await stores.openFiles(files);
    expect(played.open).toHaveBeenCalledTimes(1);
    expect(stores.dataStore.getState().source).toEqual({ kind: 'files', files });
  });

  it('reads again with another encoding, and a sample of what was refused', async () => {
    await stores.openData({ kind: 'sample' });
    await stores.dataStore.getState().reread({ encoding: 'shift_jis' });
    await stores.dataStore.getState().reread({ delimiter: ';' });
    expect(played.open.mock.lastCall?.[1]).toEqual({ encoding: 'shift_jis', delimiter: ';' });
    // The stores' own class: they were loaded anew.
    const { Problem: Own } = await import('../lib/problem.ts');
    played.open.mockRejectedValueOnce(
      new Own({ where: 'b', expected: 'less', found: 'more', fix: 'Take a sample.', offer: { kind: 'sample', rows: 10 } }),
    );
    await stores.openData({ kind: 'paste', text: 'big' });
    expect(stores.problemsStore.getState().problems[0]?.offer).toEqual({ kind: 'sample', rows: 10 });
    expect(stores.dataStore.getState().asked).toEqual({ source: { kind: 'paste', text: 'big' }, reading: {} });
    expect(stores.dataStore.getState().reading).toEqual({ encoding: 'shift_jis', delimiter: ';' });
  });

  it('stops reading when told, and what comes later changes nothing', async () => {
    await stores.openData({ kind: 'sample' });
    let finish: (dataset: OpenedDataset) => void = () => undefined;
    played.open.mockReturnValueOnce(new Promise((resolve) => (finish = resolve)));
    const opening = stores.openData({ kind: 'paste', text: 'slow' });
    stores.dataStore.getState().cancel();
    expect(stores.dataStore.getState().opening).toBeNull();
    expect(played.cancelOpen).toHaveBeenCalledTimes(1);
    finish({ ...DATASET });
    await opening;
    expect(stores.dataStore.getState().dataset).toBe(DATASET);
    expect(placesOf()).toEqual([]);
  });

  it('keeps a dataset whose columns cannot be used, with the choice that was made', async () => {
    const unsettled: OpenedDataset = { ...DATASET, profile: null, problem: bad() };
    played.open.mockResolvedValueOnce(unsettled);
    await stores.openData({ kind: 'paste', text: 'x' });
    await stores.runStore.getState().train();
    expect(played.train).not.toHaveBeenCalled();
    played.choose.mockRejectedValueOnce(bad());
    await stores.dataStore.getState().choose({ choice: { text: 2 } });
    expect(stores.dataStore.getState().dataset).toMatchObject({ choice: { text: 2, label: 1 }, profile: null });
    await stores.dataStore.getState().choose({ choice: { label: 0 } });
    expect(played.choose.mock.lastCall?.[0]).toEqual({ text: 2, label: 0 });
    expect(stores.dataStore.getState().dataset).toMatchObject({ profile: DATASET.profile, problem: null });
  });
});

describe('a run', () => {
  it('takes the events in and remembers the first best evaluation', async () => {
    await stores.openData({ kind: 'sample' });
    played.train.mockImplementationOnce(async (_settings, onEvent) => {
      onEvent({
        type: 'started',
        totalSteps: 4,
        guessingLoss: Math.LN2,
        classes: ['a', 'b'],
        truncatedRows: 2,
        pairs: false,
        remarks: [],
        resumed: null,
        tiles: null,
      });
      onEvent({
        type: 'steps',
        points: [{ step: 1, epoch: 0.5, loss: 0.7, learningRate: 1, gradNorm: 1, rows: 1, tokens: 5, seconds: 1 }],
      });
      for (const [step, accuracy] of [
        [1, 0.6],
        [2, 0.8],
        [3, 0.8],
        [4, 0.7],
      ] as const) {
        onEvent({ type: 'evaluation', evaluation: evaluation(step, accuracy), rows: ROWS });
      }
      return { ...RESULT, steps: 4, evaluation: evaluation(4, 0.7) };
    });
    await stores.runStore.getState().train();
    const state = stores.runStore.getState();
    expect(state).toMatchObject({ status: 'idle', totalSteps: 4, trainingLoss: 0.7, truncatedRows: 2 });
    expect(state.best?.step).toBe(2);
    expect(state.evaluation?.step).toBe(4);
    expect(state.result?.outcome).toBe('finished');
    expect(state.trainedIn).toBeGreaterThan(0);
  });

  it('does not start without data, and not with a setting that is no number', async () => {
    await stores.runStore.getState().train();
    expect(played.train).not.toHaveBeenCalled();
    await stores.openData({ kind: 'sample' });
    const { settingsStore } = await import('./settings.ts');
    settingsStore.getState().edit('num_train_epochs', 'three');
    await stores.runStore.getState().train();
    expect(played.train).not.toHaveBeenCalled();
    expect(placesOf()).toEqual(['training']);
  });

  it('shows no result after a failure', async () => {
    await stores.openData({ kind: 'sample' });
    played.train.mockRejectedValueOnce(bad());
    await stores.runStore.getState().train();
    expect(stores.runStore.getState()).toMatchObject({ status: 'idle', result: null, trainedIn: 0 });
    expect(placesOf()).toEqual(['training']);
  });

  /** Begins a run and ends its workers so many times, each time that it trains. */
  const trainAndCrash = async (times: number): Promise<void> => {
    await stores.openData({ kind: 'sample' });
    for (let i = 0; i < times; i++) played.train.mockReturnValueOnce(new Promise(() => undefined));
    const run = stores.runStore.getState().train();
    for (let i = 1; i <= times; i++) {
      await vi.waitFor(() => {
        expect(played.train).toHaveBeenCalledTimes(i);
      });
      played.crash(bad());
    }
    await run;
  };

  it('goes on when its worker dies, with data and model opened again in fresh ones', async () => {
    await trainAndCrash(1);
    expect(played.links).toBe(2);
    expect(played.open).toHaveBeenCalledTimes(2);
    expect(played.openModel).toHaveBeenCalledTimes(2);
    const { result, recovered } = stores.runStore.getState();
    expect(result?.outcome).toBe('finished');
    expect(recovered).toMatchObject({ step: 0, halvings: 0 });
    expect(placesOf()).toEqual([]);
  });

  it('ends when its worker dies a third time, and the next run has fresh ones', async () => {
    await trainAndCrash(3);
    expect(stores.runStore.getState()).toMatchObject({ status: 'idle', result: null });
    expect(placesOf()).toEqual(['training']);
    await stores.runStore.getState().train();
    expect(played.links).toBe(4);
    expect(stores.runStore.getState().result?.outcome).toBe('finished');
    expect(placesOf()).toEqual([]);
  });

  it('pauses, goes on, and is thrown away with its curves when that is asked for', async () => {
    await stores.openData({ kind: 'sample' });
    let end: (result: TrainResult) => void = () => undefined;
    let tell: (event: TrainEvent) => void = () => undefined;
    played.train.mockImplementationOnce((_settings, onEvent) => {
      tell = onEvent;
      return new Promise((resolve) => (end = resolve));
    });
    const { getState } = stores.runStore;
    const run = getState().train();
    await vi.waitFor(() => {
      expect(played.train).toHaveBeenCalledTimes(1);
    });
    tell(STARTED);
    getState().pause();
    expect(getState().status).toBe('pausing');
    tell({ type: 'paused', paused: true });
    expect(getState().status).toBe('paused');
    getState().resume();
    tell({ type: 'paused', paused: false });
    expect(getState().status).toBe('running');
    getState().stop(false);
    tell({ type: 'paused', paused: false });
    expect(getState().status).toBe('stopping');
    expect(played.stop).toHaveBeenLastCalledWith(false);
    end({ ...RESULT, outcome: 'discarded' });
    await run;
    tell({ type: 'evaluation', evaluation: evaluation(2, 0.5), rows: ROWS });
    expect(getState()).toMatchObject({ status: 'idle', result: null, evaluation: null, trainedIn: 0, totalSteps: 0 });
  });

  it('says why it failed, and keeps what was put back', async () => {
    await stores.openData({ kind: 'sample' });
    const problem = { where: 'Training step 9', expected: 'a number', found: 'NaN', fix: 'Train slower.' };
    played.train.mockImplementationOnce(async (_settings, onEvent) => {
      onEvent({ type: 'evaluation', evaluation: evaluation(5, 0.8), rows: ROWS });
      return { ...RESULT, outcome: 'failed', weightsStep: 5, evaluation: evaluation(5, 0.8), problem };
    });
    await stores.runStore.getState().train();
    expect(stores.runStore.getState().result).toMatchObject({ outcome: 'failed', weightsStep: 5 });
    expect(stores.problemsStore.getState().problems).toMatchObject([{ place: 'training', ...problem }]);
  });

  it('scores pinned sentences with each evaluation, from the start of the run on', async () => {
    await stores.openData({ kind: 'sample' });
    const { pinnedStore } = await import('./pinned.ts');
    await pinnedStore.getState().pin(' not bad ');
    await pinnedStore.getState().pin('not bad');
    expect(played.pin).toHaveBeenLastCalledWith(['not bad'], 64);
    const scores = (step: number, p: number): TrainEvent => ({
      type: 'pinned',
      scores: { step, classes: ['a', 'b'], texts: [{ text: 'not bad', probabilities: [1 - p, p] }] },
    });
    played.train.mockImplementationOnce(async (_settings, onEvent) => {
      onEvent(STARTED);
      onEvent(scores(2, 0.6));
      onEvent(scores(2, 0.6));
      onEvent(scores(4, 0.9));
      return RESULT;
    });
    await stores.runStore.getState().train();
    expect(pinnedStore.getState().entries).toEqual([
      {
        text: 'not bad',
        history: [
          { step: 2, probabilities: [0.4, 0.6] },
          { step: 4, probabilities: [expect.closeTo(0.1), 0.9] },
        ],
      },
    ]);
    await pinnedStore.getState().unpin('not bad');
    expect(played.pin).toHaveBeenLastCalledWith([], 64);
  });

  it('does not let another model in while it is on', async () => {
    await stores.openData({ kind: 'sample' });
    let end: (result: TrainResult) => void = () => undefined;
    played.train.mockReturnValueOnce(new Promise((resolve) => (end = resolve)));
    const run = stores.runStore.getState().train();
    await stores.openModel([new File(['x'], 'model.zip')]);
    expect(played.openModel).toHaveBeenCalledTimes(1);
    expect(placesOf()).toEqual(['model']);
    await vi.waitFor(() => {
      expect(played.train).toHaveBeenCalledTimes(1);
    });
    end({ ...RESULT, outcome: 'stopped', steps: 1 });
    await run;
  });
});

describe('trying', () => {
  it('asks once for a burst of keys and shows the answer to the last text', async () => {
    played.openModel.mockResolvedValueOnce({ ...INFO, classes: ['a', 'b'] });
    await stores.openData({ kind: 'sample' });
    vi.useFakeTimers();
    const answers: ((prediction: Prediction) => void)[] = [];
    played.predict.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    const answer = (step: number): Prediction => ({
      problemType: 'single_label_classification',
      classes: [],
      step,
      milliseconds: 1,
    });
    const { type } = stores.tryStore.getState();
    type('I');
    type('I loved');
    await vi.advanceTimersByTimeAsync(stores.DEBOUNCE);
    expect(played.predict).toHaveBeenCalledTimes(1);
    type('I loved it');
    await vi.advanceTimersByTimeAsync(stores.DEBOUNCE);
    expect(played.predict).toHaveBeenCalledTimes(1);
    answers[0]?.(answer(1));
    await vi.advanceTimersByTimeAsync(0);
    expect(stores.tryStore.getState().prediction).toBeNull();
    expect(played.predict).toHaveBeenLastCalledWith('I loved it', 64, null);
    answers[1]?.(answer(2));
    await vi.advanceTimersByTimeAsync(0);
    expect(stores.tryStore.getState().prediction?.step).toBe(2);
    type('  ');
    expect(stores.tryStore.getState().prediction).toBeNull();
  });

  it('does not ask a model without a trained head', async () => {
    await stores.openData({ kind: 'sample' });
    stores.tryStore.getState().type('hello');
    await new Promise((resolve) => setTimeout(resolve, stores.DEBOUNCE + 20));
    expect(played.predict).not.toHaveBeenCalled();
  });
});
