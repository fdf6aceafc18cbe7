/**
 * What the tokenizer worker knows and does, without being one: the open dataset under its choice of columns, and the tokenizer. A step
 * that fails leaves both as they were. The worker file gives it a message port and hands the results over by transfer.
 */
import { computeBaseline, type Baseline, type BaselineRows } from '../../src/data/baseline/baseline.ts';
import { labelColumnName } from '../../src/data/columns.ts';
import { openDataset, type Dataset, type NamedFile, type Parts } from '../../src/data/dataset.ts';
import { countLengths, longTextFindings, type TokenLengths } from '../../src/data/doctor/lengths.ts';
import type { DataUse } from '../../src/data/kept-data.ts';
import type { Mend } from '../../src/data/mends.ts';
import {
  Blocked,
  labelledTexts,
  profileDataset,
  usableTexts,
  type LabelledTexts,
  type ProfiledDataset,
} from '../../src/data/profile.ts';
import { rejectedRowsFile } from '../../src/data/rejected-rows.ts';
import { download, webAddress } from '../../src/data/remote/download.ts';
import { fetchHubDataset } from '../../src/data/remote/hub-dataset.ts';
import type {
  ColumnChoice,
  DatasetProfile,
  DataSource,
  OpenedDataset,
  Part,
  ReadingChoice,
  SplitSettings,
} from '../../src/data/types.ts';
import { plural } from '../../src/lib/counts.ts';
import { macrotask } from '../../src/lib/macrotask.ts';
import { Problem, problemWords } from '../../src/lib/problem.ts';
import { throttleProgress } from '../../src/lib/throttle.ts';
import type {
  KeptDataset,
  LabelledTokens,
  LengthReport,
  ProgressCallback,
  TokenizedDataset,
  TokenizerWorker,
  TokenSource,
} from '../../src/protocol/tokenizer.ts';
import { encodeRows } from '../../src/text/encode-rows.ts';
import { tokenLengths } from '../../src/text/token-lengths.ts';
import { createTokenizer, type TextTokenizer } from '../../src/text/tokenizer.ts';
import type { TokenizerFiles, TokenRows } from '../../src/text/types.ts';
import { createKeeper, type KeepingPlace, type Opened } from './keeper.ts';

export type TokenizerService = Omit<TokenizerWorker, 'connect'> & TokenSource;

interface OpenState extends Opened {
  readonly reading: ReadingChoice;
  readonly split: SplitSettings;
  readonly choice: ColumnChoice;
  /** Why these columns cannot be trained on, where they cannot. */
  readonly profiled: ProfiledDataset | Problem;
}

/** Lengths of the texts of one state of the data by one tokenizer. */
interface Measured {
  readonly profiled: ProfiledDataset;
  readonly tokenizer: TextTokenizer;
  readonly lengths: TokenLengths;
}

/** Texts whose lengths are measured, spread evenly; of more the histogram is the same. */
const MEASURED_TEXTS = 20_000;

/** What a source turned out to be. */
interface Fetched {
  readonly name: string;
  readonly files: readonly NamedFile[];
  readonly parts?: Parts;
  /** A source that need not be read. */
  readonly dataset?: Dataset;
}

/** How much of the progress fetching is, for a source that has to be fetched. */
const FETCHING = 0.7;

/** The texts of a pair as one: a bag of words knows no first and second. null where rows have several labels: it gives one. */
function joined({ texts, secondTexts, targets }: LabelledTexts): BaselineRows | null {
  if (targets.kind === 'multi') return null;
  const { labels } = targets;
  return { texts: secondTexts ? texts.map((text, i) => `${text} ${secondTexts[i] ?? ''}`) : texts, labels };
}

function oneColumn({ summary }: Dataset): Problem {
  return new Problem({
    where: summary.name,
    expected: 'at least two columns: one of texts and one of labels',
    found: `one column, "${summary.columns[0]?.name ?? ''}"`,
    fix: 'Choose another delimiter, or add a column with the class of each row.',
  });
}

/** `fetchSample` brings the sample file; the page's service worker has it offline. `place`: where datasets are kept, null for nowhere. */
export function createTokenizerService(fetchSample: () => Promise<Blob>, place: KeepingPlace | null = null): TokenizerService {
  const keeper = place && createKeeper(place);
  let state: OpenState | null = null;
  let tokenizer: TextTokenizer | null = null;
  let opening = new AbortController();
  let choosing = 0;
  let measured: Measured | null = null;

  const fetchSource = async (
    source: DataSource,
    { part }: ReadingChoice,
    signal: AbortSignal,
    onProgress: ProgressCallback,
  ): Promise<Fetched> => {
    const one = (name: string, file: Blob): Fetched => ({ name, files: [{ name, file }] });
    switch (source.kind) {
      case 'files': {
        const files = source.files.map((file) => ({ name: file.name, file }));
        return { name: files.length === 1 ? (files[0]?.name ?? '') : plural(files.length, 'file'), files };
      }
      case 'paste':
        return one('Pasted text', new Blob([source.text]));
      case 'url': {
        const { name, file } = await download(webAddress(source.url), signal, (done, total) =>
          onProgress(done, total ?? done * 2),
        );
        return one(name, file);
      }
      case 'hub':
        return { name: source.id, ...(await fetchHubDataset(source.id, part, signal, onProgress)) };
      case 'sample':
        return one('sample.csv', await fetchSample());
      case 'kept': {
        const kept = await keeping().open(source.key, signal);
        return 'table' in kept ? { name: source.name, files: [], dataset: kept } : { name: source.name, ...kept };
      }
      default:
        return source satisfies never;
    }
  };

  const keeping = () => {
    if (keeper) return keeper;
    throw new Error('there is no place to keep datasets');
  };

  const opened = (): OpenState => {
    if (state) return state;
    const fix = 'Drop a file, or use the sample.';
    throw new Problem({ where: 'Data', expected: 'an open dataset', found: 'none', fix });
  };

  /** Throws why the open dataset cannot be trained on, where it cannot. */
  const usable = (): { readonly dataset: Dataset; readonly profiled: ProfiledDataset } => {
    const { dataset, profiled } = opened();
    if (profiled instanceof Problem) throw profiled;
    return { dataset, profiled };
  };

  const profileOrProblem = async (
    dataset: Dataset,
    { choice, split, mends }: Omit<DataUse, 'reading'>,
    pause: () => Promise<void>,
  ): Promise<ProfiledDataset | Problem> => {
    if (dataset.table.columns.length === 1) return oneColumn(dataset);
    try {
      return await profileDataset(dataset, choice, split, { mends, pause });
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
  };

  const loaded = (): TextTokenizer => {
    if (tokenizer) return tokenizer;
    throw new Problem({
      where: 'Tokenizer',
      expected: 'the tokenizer of a loaded model',
      found: 'none',
      fix: 'Load a model first.',
    });
  };

  return {
    async open(
      source: DataSource,
      reading: ReadingChoice,
      split: SplitSettings,
      onProgress: ProgressCallback,
      used: Pick<DataUse, 'choice' | 'mends'> | null = null,
    ): Promise<OpenedDataset> {
      opening.abort();
      const { signal } = (opening = new AbortController());
      const report = throttleProgress(onProgress);
      const fetching = source.kind === 'url' || source.kind === 'hub' ? FETCHING : 0;
      const {
        name,
        files,
        parts,
        dataset: ready,
      } = await fetchSource(source, reading, signal, (done, total) => report(Math.min(1, done / total) * fetching, 1));
      const onRead = (done: number, total: number): void => report(fetching + (done / total) * (1 - fetching), 1);
      const dataset = ready ?? (await openDataset(name, files, reading, onRead, signal, parts));
      const pause = async (): Promise<void> => {
        await macrotask();
        signal.throwIfAborted();
      };
      const use = { choice: used?.choice ?? dataset.guess, split, mends: used?.mends ?? [] };
      const profiled = await profileOrProblem(dataset, use, pause);
      signal.throwIfAborted();
      const { choice } = profiled instanceof Problem ? use : profiled.profile;
      state = { source, dataset, files, parts: parts ?? null, reading, choice, split, profiled };
      const { summary } = dataset;
      if (profiled instanceof Problem) {
        const blocker = profiled instanceof Blocked ? profiled.finding : null;
        return { summary, choice, profile: null, problem: problemWords(profiled), blocker };
      }
      return { summary, choice, profile: profiled.profile, problem: null };
    },

    cancelOpen(): void {
      opening.abort();
    },

    async rejectedRows(): Promise<Blob> {
      return rejectedRowsFile(opened().dataset.table);
    },

    async choose(choice: ColumnChoice, split: SplitSettings, mends: readonly Mend[]): Promise<DatasetProfile> {
      const before = opened();
      const { dataset } = before;
      const mine = ++choosing;
      const profiled = await profileDataset(dataset, choice, split, { mends, pause: macrotask });
      // Of two choices the later one stays, and a file that was opened meanwhile.
      if (mine === choosing && state?.dataset === dataset) state = { ...before, choice, split, profiled };
      return profiled.profile;
    },

    async keep(needed: readonly string[]): Promise<KeptDataset> {
      const { reading, choice, split, profiled, ...open } = opened();
      const profile = profiled instanceof Problem ? null : profiled.profile;
      const mends = profile?.mends.map(({ mend }) => mend) ?? [];
      return keeping().keep(open, { reading, choice, split, mends }, profile?.fingerprint ?? null, needed, opening.signal);
    },

    listKept: () => keeping().list(),
    findKept: (fingerprint) => keeping().find(fingerprint),
    removeKept: (key) => keeping().remove(key),

    async measureLengths(maxLength: number, most: number): Promise<LengthReport> {
      const using = loaded();
      const { dataset, profiled } = usable();
      if (measured?.profiled !== profiled || measured.tokenizer !== using) {
        const texts = usableTexts(dataset, profiled, MEASURED_TEXTS);
        const lengths = countLengths(await tokenLengths(using, texts), texts.length < profiled.selection.rows.length);
        measured = { profiled, tokenizer: using, lengths };
      }
      const { lengths } = measured;
      return { lengths, findings: longTextFindings(lengths, maxLength, most) };
    },

    async baseline(): Promise<Baseline | null> {
      const { dataset, profiled } = usable();
      const train = joined(labelledTexts(dataset, profiled, 'train'));
      const validation = joined(labelledTexts(dataset, profiled, 'validation'));
      if (!train || !validation) return null;
      const made = await computeBaseline(train, validation, profiled.selection.classes.length, macrotask);
      return state?.profiled === profiled ? made : null;
    },

    async loadTokenizer(files: TokenizerFiles): Promise<void> {
      tokenizer = createTokenizer(files);
    },

    async tokenizeDataset(maxLength: number, onProgress: ProgressCallback): Promise<TokenizedDataset> {
      const using = loaded();
      const { dataset, profiled } = usable();
      const report = throttleProgress(onProgress);
      const total = profiled.selection.rows.length;
      const encode = async (part: Part, before: number): Promise<{ tokens: LabelledTokens; truncatedRows: number }> => {
        const { texts, secondTexts, targets } = labelledTexts(dataset, profiled, part);
        const progress = (done: number): void => report(before + done, total);
        const { truncatedRows, ...rows } = await encodeRows(using, texts, maxLength, progress, secondTexts);
        return { tokens: { ...rows, targets }, truncatedRows };
      };
      const train = await encode('train', 0);
      const validation = await encode('validation', profiled.profile.trainRows);
      const test = await encode('test', profiled.profile.trainRows + profiled.profile.validationRows);
      const { choice, mends, fingerprint } = profiled.profile;
      const { text, secondText = null } = choice;
      const { names } = dataset.table;
      return {
        classes: profiled.profile.classes.map((each) => each.label),
        train: train.tokens,
        validation: validation.tokens,
        test: test.tokens,
        truncatedRows: train.truncatedRows + validation.truncatedRows + test.truncatedRows,
        dataset: {
          name: dataset.summary.name,
          textColumn: names[text] ?? '',
          secondTextColumn: secondText === null ? null : (names[secondText] ?? ''),
          labelColumn: labelColumnName(names, choice),
          mends: mends.map(({ words }) => words),
          fingerprint,
        },
      };
    },

    async encode(texts, maxLength, secondTexts): Promise<TokenRows> {
      return loaded().encode(texts, maxLength, secondTexts);
    },
  };
}
