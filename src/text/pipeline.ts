/**
 * What Python `tokenizers` does between a text and the ids of its pieces: added tokens, normalizer, pre-tokenizer, model. The parts come
 * from one tokenizer.json; special tokens around the text are not here (`template.ts`), nor is truncation.
 */
import { createSectioner, readAddedTokens, type AddedToken } from './added-tokens.ts';
import { createBytePairs } from './byte-pairs.ts';
import { isObject, type JsonObject } from './json.ts';
import { createNormalizer, type Normalize } from './normalizers.ts';
import { byteCharacters, byteLevelWords, createPreTokenizer, type PreTokenize } from './pre-tokenizers.ts';
import { tokenizerProblem } from './tokenizer-problems.ts';
import { createUnigram } from './unigram.ts';
import { rememberWords } from './word-memory.ts';
import { createWordPiece } from './word-piece.ts';

export type ModelKind = 'WordPiece' | 'BPE' | 'Unigram';

export interface Pipeline {
  readonly kind: ModelKind;
  readonly addedTokens: readonly AddedToken[];
  readonly normalize: Normalize;
  readonly preTokenize: PreTokenize;
  /** Ids of one pre-tokenized word; remembered. */
  readonly wordIds: (word: string) => readonly number[];
  /** Ids of a text without special tokens, appended to `out`. */
  readonly encode: (text: string, out: number[]) => void;
}

/** Old files do not name the type of their model. */
function kindOf({ type, vocab, merges }: JsonObject): ModelKind {
  const guess = Array.isArray(vocab) ? 'Unigram' : Array.isArray(merges) ? 'BPE' : 'WordPiece';
  const kind = type ?? guess;
  if (kind === 'WordPiece' || kind === 'BPE' || kind === 'Unigram') return kind;
  throw tokenizerProblem(
    'model.type',
    '"WordPiece", "BPE" or "Unigram"',
    kind,
    'Choose an encoder such as BERT, RoBERTa or DeBERTa-v3.',
  );
}

function readModel({ model }: JsonObject): JsonObject {
  const expected = 'a vocabulary and its type (WordPiece, BPE or Unigram)';
  if (!isObject(model)) throw tokenizerProblem('model', expected, model);
  const { vocab } = model;
  const size = Array.isArray(vocab) ? vocab.length : isObject(vocab) ? Object.keys(vocab).length : 0;
  if (size === 0) throw tokenizerProblem('model.vocab', expected, vocab);
  return model;
}

const MODELS = { WordPiece: createWordPiece, BPE: createBytePairs, Unigram: createUnigram } as const;

/** Throws `Problem` for what is not a tokenizer, the library's `Error` for a part of a kind that nobody knows. */
export function createPipeline(json: JsonObject): Pipeline {
  const model = readModel(json);
  const kind = kindOf(model);
  const modelIds = MODELS[kind](model);
  const normalize = createNormalizer(json['normalizer']);
  const { pre_tokenizer } = json;
  // Alone, a byte-level pre-tokenizer leaves its words as they are: the memory then saves their bytes as well.
  const rawBytes = isObject(pre_tokenizer) && pre_tokenizer['type'] === 'ByteLevel';
  const preTokenize = rawBytes ? byteLevelWords(pre_tokenizer) : createPreTokenizer(pre_tokenizer);
  const wordIds = rememberWords(rawBytes ? (word) => modelIds(byteCharacters(word)) : modelIds);

  const addedTokens = readAddedTokens(json);
  const plainly = createSectioner(
    addedTokens.filter(({ normalized }) => !normalized),
    ({ content }) => content,
  );
  const normalised = createSectioner(
    addedTokens.filter(({ normalized }) => normalized),
    ({ content }) => normalize(content),
  );

  return {
    kind,
    addedTokens,
    normalize,
    preTokenize,
    wordIds,
    encode(text, out) {
      for (const outer of plainly(text)) {
        if ('id' in outer) {
          out.push(outer.id);
          continue;
        }
        for (const inner of normalised(normalize(outer.text))) {
          if ('id' in inner) out.push(inner.id);
          else
            for (const word of preTokenize(inner.text, outer.start + inner.start === 0))
              for (const id of wordIds(word)) out.push(id);
        }
      }
    },
  };
}
