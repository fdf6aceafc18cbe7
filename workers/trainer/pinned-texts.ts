/**
 * Sentences that a person watches while the model learns. Their tokens are kept, so that scoring them needs nobody else: it is handed to
 * the device at once, with the weights of that moment, and read later.
 */
import type { Classifier } from '../../src/engine/models/classifier.ts';
import { predict } from '../../src/engine/train/evaluate.ts';
import type { PinnedScores } from '../../src/protocol/trainer.ts';
import type { TokenRows } from '../../src/text/types.ts';

export interface PinnedTexts {
  /** Other texts; tokenized now if there is a tokenizer. */
  choose(texts: readonly string[], maxLength: number, hasTokenizer: boolean): Promise<void>;
  /** Tokenizes the present texts anew. */
  encode(maxLength: number): Promise<void>;
  /** Another tokenizer is there: the tokens mean nothing any more. */
  forget(): void;
  /** null where there is nothing to score. */
  score(model: ScoringModel): Promise<PinnedScores | null>;
}

export interface ScoringModel {
  readonly classifier: Classifier;
  readonly classes: readonly string[];
  readonly step: number | null;
}

export function createPinnedTexts(tokenize: (texts: readonly string[], maxLength: number) => Promise<TokenRows>): PinnedTexts {
  let texts: readonly string[] = [];
  let tokens: TokenRows | null = null;

  const encode = async (maxLength: number): Promise<void> => {
    const mine = texts;
    const rows = mine.length === 0 ? null : await tokenize(mine, maxLength);
    if (mine === texts) tokens = rows;
  };

  return {
    async choose(next, maxLength, hasTokenizer) {
      texts = next;
      tokens = null;
      if (hasTokenizer) await encode(maxLength);
    },
    encode,
    forget() {
      tokens = null;
    },
    async score({ classifier, classes, step }) {
      if (!tokens) return null;
      const scored = texts;
      const probabilities = await predict(classifier, tokens, { batchSize: scored.length }); // [texts, C]
      const C = classes.length;
      return {
        step,
        classes,
        texts: scored.map((text, i) => ({ text, probabilities: [...probabilities.subarray(i * C, (i + 1) * C)] })),
      };
    },
  };
}
