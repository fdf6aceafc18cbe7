import { expect, test } from 'vitest';
import { Problem } from '../lib/problem.ts';
import { parseHubId } from './hub-id.ts';

test.each([
  ['google-bert/bert-base-uncased', 'google-bert/bert-base-uncased', null],
  ['  bert-base-uncased ', 'bert-base-uncased', null],
  ['google/bert_uncased_L-4_H-256_A-4', 'google/bert_uncased_L-4_H-256_A-4', null],
  ['https://huggingface.co/microsoft/deberta-v3-small', 'microsoft/deberta-v3-small', null],
  ['huggingface.co/prajjwal1/bert-tiny/', 'prajjwal1/bert-tiny', null],
  ['https://hf.co/a/b?library=transformers#x', 'a/b', null],
  ['https://huggingface.co/a/b/tree/v1.2', 'a/b', 'v1.2'],
  ['https://huggingface.co/a/b/blob/refs%2Fpr%2F7/config.json', 'a/b', 'refs/pr/7'],
  ['https://huggingface.co/a/b/resolve/main/model.safetensors', 'a/b', 'main'],
])('%s', (text, id, revision) => {
  expect(parseHubId(text)).toEqual({ id, revision });
});

test.each([
  ['', /nothing/],
  ['a model of mine', /"a model of mine"/],
  ['a/b/c', /"a\/b\/c"/],
  ['../../etc/passwd', /passwd/],
  ['owner/..', /owner/],
  ['owner/na--me', /na--me/],
  ['https://evil.example/a/b', /an address of evil\.example/],
  ['https://huggingface.co/datasets/imdb', /datasets/],
  ['https://huggingface.co/spaces/a/b', /spaces/],
  ['https://huggingface.co/a/b/tree/..%2F..', /a revision/],
  ['a/b/tree/%E0%A4%A', /a revision/],
])('refuses %s', (text, found) => {
  expect(() => parseHubId(text)).toThrow(Problem);
  expect(() => parseHubId(text)).toThrow(found);
});
