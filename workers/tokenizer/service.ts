/**
 * What the tokenizer worker knows and does, without being one: the open dataset under its choice of columns, and the tokenizer. A step
 * that fails leaves both as they were. The worker file gives it a message port and hands the results over by transfer.
 */
import { computeBaseline, type Baseline, type BaselineRows } from '../../src/data/baseline/baseline.ts';
import { openDataset, type Dataset } from '../../src/data/dataset.ts';
import { countLengths, longTextFindings, type TokenLengths } from '../../src/data/doctor/lengths.ts';
import type { Mend } from '../../src/data/mends.ts';
import { labelledTexts, profileDataset, usableTexts, type LabelledTexts, type ProfiledDataset } from '../../src/data/profile.ts';
import type { ColumnChoice, DatasetProfile, DataSource, OpenedDataset, Part, SplitSettings } from '../../src/data/types.ts';
import { macrotask } from '../../src/lib/macrotask.ts';
import { Problem } from '../../src/lib/problem.ts';
import { throttleProgress } from '../../src/lib/throttle.ts';
import type {
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

export type TokenizerService = Omit<TokenizerWorker, 'connect'> & TokenSource;

interface OpenState {
  readonly dataset: Dataset;
  readonly profiled: ProfiledDataset;
}

/** Lengths of the texts of one state of the data by one tokenizer. */
interface Measured {
  readonly profiled: ProfiledDataset;
  readonly tokenizer: TextTokenizer;
  readonly lengths: TokenLengths;
}

/** Texts whose lengths are measured, spread evenly; of more the histogram is the same. */
const MEASURED_TEXTS = 20_000;

interface NamedFile {
  readonly name: string;
  readonly file: Blob;
}

/** The texts of a pair as one: a bag of words knows no first and second. */
function joined({ texts, secondTexts, labels }: LabelledTexts): BaselineRows {
  return { texts: secondTexts ? texts.map((text, i) => `${text} ${secondTexts[i] ?? ''}`) : texts, labels };
}

/** `fetchSample` brings the sample file; the page's service worker has it offline. */
export function createTokenizerService(fetchSample: () => Promise<Blob>): TokenizerService {
  let state: OpenState | null = null;
  let tokenizer: TextTokenizer | null = null;
  let opening = new AbortController();
  let choosing = 0;
  let measured: Measured | null = null;

  const resolveSource = async (source: DataSource): Promise<NamedFile> => {
    switch (source.kind) {
      case 'file':
        return { name: source.file.name, file: source.file };
      case 'paste':
        return { name: 'Pasted text', file: new Blob([source.text]) };
      case 'sample':
        return { name: 'sample.csv', file: await fetchSample() };
      default:
        return source satisfies never;
    }
  };

  const opened = (): OpenState => {
    if (state) return state;
    const fix = 'Drop a CSV or TSV file, or use the sample.';
    throw new Problem({ where: 'Data', expected: 'an open dataset', found: 'none', fix });
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
    async open(source: DataSource, split: SplitSettings, onProgress: ProgressCallback): Promise<OpenedDataset> {
      opening.abort();
      const { signal } = (opening = new AbortController());
      const { name, file } = await resolveSource(source);
      const dataset = await openDataset(name, file, throttleProgress(onProgress), signal);
      const pause = async (): Promise<void> => {
        await macrotask();
        signal.throwIfAborted();
      };
      const profiled = await profileDataset(dataset, dataset.guess, split, { pause });
      signal.throwIfAborted();
      state = { dataset, profiled };
      return { summary: dataset.summary, profile: profiled.profile };
    },

    async choose(choice: ColumnChoice, split: SplitSettings, mends: readonly Mend[]): Promise<DatasetProfile> {
      const { dataset } = opened();
      const mine = ++choosing;
      const profiled = await profileDataset(dataset, choice, split, { mends, pause: macrotask });
      // Of two choices the later one stays, and a file that was opened meanwhile.
      if (mine === choosing && state?.dataset === dataset) state = { dataset, profiled };
      return profiled.profile;
    },

    async measureLengths(maxLength: number, most: number): Promise<LengthReport> {
      const using = loaded();
      const { dataset, profiled } = opened();
      if (measured?.profiled !== profiled || measured.tokenizer !== using) {
        const texts = usableTexts(dataset, profiled, MEASURED_TEXTS);
        const lengths = countLengths(await tokenLengths(using, texts), texts.length < profiled.selection.rows.length);
        measured = { profiled, tokenizer: using, lengths };
      }
      const { lengths } = measured;
      return { lengths, findings: longTextFindings(lengths, maxLength, most) };
    },

    async baseline(): Promise<Baseline | null> {
      const { dataset, profiled } = opened();
      const made = await computeBaseline(
        joined(labelledTexts(dataset, profiled, 'train')),
        joined(labelledTexts(dataset, profiled, 'validation')),
        profiled.selection.classes.length,
        macrotask,
      );
      return state?.profiled === profiled ? made : null;
    },

    async loadTokenizer(files: TokenizerFiles): Promise<void> {
      tokenizer = createTokenizer(files);
    },

    async tokenizeDataset(maxLength: number, onProgress: ProgressCallback): Promise<TokenizedDataset> {
      const using = loaded();
      const { dataset, profiled } = opened();
      const report = throttleProgress(onProgress);
      const total = profiled.selection.rows.length;
      const encode = async (part: Part, before: number): Promise<{ tokens: LabelledTokens; truncatedRows: number }> => {
        const { texts, secondTexts, labels } = labelledTexts(dataset, profiled, part);
        const progress = (done: number): void => report(before + done, total);
        const { truncatedRows, ...rows } = await encodeRows(using, texts, maxLength, progress, secondTexts);
        return { tokens: { ...rows, labels }, truncatedRows };
      };
      const train = await encode('train', 0);
      const validation = await encode('validation', profiled.profile.trainRows);
      const test = await encode('test', profiled.profile.trainRows + profiled.profile.validationRows);
      const { choice, mends, fingerprint } = profiled.profile;
      const { text, secondText = null, label } = choice;
      const { names } = dataset.table;
      return {
        classes: profiled.selection.classes,
        train: train.tokens,
        validation: validation.tokens,
        test: test.tokens,
        truncatedRows: train.truncatedRows + validation.truncatedRows + test.truncatedRows,
        dataset: {
          name: dataset.summary.name,
          textColumn: names[text] ?? '',
          secondTextColumn: secondText === null ? null : (names[secondText] ?? ''),
          labelColumn: names[label] ?? '',
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
