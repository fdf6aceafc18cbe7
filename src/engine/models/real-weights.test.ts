/**
 * Real weights, real sentences: what the encoder makes of them is what PyTorch's BertModel makes (reference/embeddings_fixture.py). Skipped
 * where ../shared/models is not there. All 20 sentences on simd; three on the others, which take long for them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openModel } from '../../headless/disk.ts';
import { completeTokenizer } from '../../text/complete-tokenizer.ts';
import { packBatch } from '../../text/packing.ts';
import { createTokenizer } from '../../text/tokenizer.ts';
import { expectAllClose } from '../testing/all-close.ts';
import { describeBackends } from '../testing/node/backends.ts';
import { TOLERANCES } from '../testing/tolerances.ts';
import { disposeBatch, makeBatch } from './classifier.ts';
import { parseConfig } from './config.ts';
import { createClassifier } from './create-classifier.ts';
import { readWeights } from './weights.ts';

interface Fixture {
  readonly model: string;
  readonly texts: readonly string[];
  readonly hidden_size: number;
  readonly first_tokens: string;
}

const fixture = JSON.parse(
  readFileSync(new URL('../../../reference/fixtures/embeddings.json', import.meta.url), 'utf8'),
) as Fixture;
const folder = `../shared/models/${fixture.model}`;
const FEW = 3;

const isHere = existsSync(`${folder}/model.safetensors`);

describe.skipIf(!isHere)(`real weights${isHere ? '' : ` (skipped: there is no ${folder})`}`, () => {
  describeBackends('embeddings of sentences', (backend) => {
    test('equal PyTorch, all texts in one packed batch', async () => {
      const { config, weights: files, ...rest } = await openModel(folder);
      const parsed = parseConfig(config);
      const model = createClassifier(readWeights(parsed, files), { classCount: 2, keepClassifier: false, seed: 1 });
      const texts = backend === 'simd' ? fixture.texts : fixture.texts.slice(0, FEW);
      const tokenizer = createTokenizer(completeTokenizer(rest, parsed.model_type));
      const packed = packBatch(tokenizer.encode(texts, model.maxLength), [...texts.keys()], 1);
      const batch = makeBatch(packed, model);
      const embeddings = model.encode(batch); // [B,H]
      expect(embeddings.shape).toEqual([texts.length, fixture.hidden_size]);
      const bytes = Buffer.from(fixture.first_tokens, 'base64');
      const expected = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
      expectAllClose('embeddings', await embeddings.data(), expected.subarray(0, embeddings.size), TOLERANCES.embeddings);
      embeddings.dispose();
      disposeBatch(batch);
      model.dispose();
    });
  });
});
