/**
 * What the tokenizer worker knows and does, without being one: the open dataset under its choice of columns, and the tokenizer. A step
 * that fails leaves both as they were. The worker file gives it a message port and hands the results over by transfer.
 */
import { openDataset, type Dataset } from '../../src/data/dataset.ts';
import { labelledTexts, profileDataset, type ProfiledDataset } from '../../src/data/profile.ts';
import type { ColumnChoice, DatasetProfile, DataSource, OpenedDataset, PreviewRow, SplitSettings } from '../../src/data/types.ts';
import { Problem } from '../../src/lib/problem.ts';
import { throttleProgress } from '../../src/lib/throttle.ts';
import type {
  LabelledTokens,
  ProgressCallback,
  TokenizedDataset,
  TokenizerWorker,
  TokenSource,
} from '../../src/protocol/tokenizer.ts';
import { encodeRows } from '../../src/text/encode-rows.ts';
import { createTokenizer, type TextTokenizer } from '../../src/text/tokenizer.ts';
import type { TokenizerFiles, TokenRows } from '../../src/text/types.ts';

export type TokenizerService = Omit<TokenizerWorker, 'connect'> & TokenSource;

interface OpenState {
  readonly dataset: Dataset;
  readonly profiled: ProfiledDataset;
}

interface NamedFile {
  readonly name: string;
  readonly file: Blob;
}

/** `fetchSample` brings the sample file; the page's service worker has it offline. */
export function createTokenizerService(fetchSample: () => Promise<Blob>): TokenizerService {
  let state: OpenState | null = null;
  let tokenizer: TextTokenizer | null = null;
  let opening = new AbortController();

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
      const profiled = profileDataset(dataset, dataset.guess, split);
      signal.throwIfAborted();
      state = { dataset, profiled };
      return { summary: dataset.summary, profile: profiled.profile };
    },

    async choose(choice: ColumnChoice, split: SplitSettings): Promise<DatasetProfile> {
      const { dataset } = opened();
      const profiled = profileDataset(dataset, choice, split);
      state = { dataset, profiled };
      return profiled.profile;
    },

    async loadTokenizer(files: TokenizerFiles): Promise<void> {
      tokenizer = createTokenizer(files);
    },

    async tokenizeDataset(maxLength: number, onProgress: ProgressCallback): Promise<TokenizedDataset> {
      const using = loaded();
      const { dataset, profiled } = opened();
      const report = throttleProgress(onProgress);
      const total = profiled.selection.rows.length;
      const encode = async (
        part: PreviewRow['split'],
        before: number,
      ): Promise<{ tokens: LabelledTokens; truncatedRows: number }> => {
        const { texts, secondTexts, targets } = labelledTexts(dataset, profiled, part);
        const progress = (done: number): void => report(before + done, total);
        const { truncatedRows, ...rows } = await encodeRows(using, texts, maxLength, progress, secondTexts);
        return { tokens: { ...rows, targets }, truncatedRows };
      };
      const train = await encode('train', 0);
      const validation = await encode('validation', profiled.profile.trainRows);
      const { text, secondText = null, label } = profiled.profile.choice;
      const { names } = dataset.table;
      return {
        classes: profiled.selection.classes,
        train: train.tokens,
        validation: validation.tokens,
        truncatedRows: train.truncatedRows + validation.truncatedRows,
        dataset: {
          name: dataset.summary.name,
          textColumn: names[text] ?? '',
          secondTextColumn: secondText === null ? null : (names[secondText] ?? ''),
          labelColumn: names[label] ?? '',
        },
      };
    },

    async encode(texts, maxLength, secondTexts): Promise<TokenRows> {
      return loaded().encode(texts, maxLength, secondTexts);
    },
  };
}
