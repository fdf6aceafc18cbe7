/** What to say when a model folder lacks a file: what is there instead, and how to make the missing one of it. */
import { Problem } from '../lib/problem.ts';

function list(names: readonly string[]): string {
  const shown = names.slice(0, 6).map((name) => name.slice(0, 60));
  if (names.length > shown.length) shown.push(`${names.length - shown.length} more`);
  return shown.join(', ');
}

const CONVERT =
  'In Python, AutoModel.from_pretrained(FOLDER).save_pretrained(NEW_FOLDER) writes model.safetensors; add the tokenizer files and choose NEW_FOLDER.';

const MERGE =
  'An adapter is only a change to a model and needs that base model. Merge it into its model in Python (merge_and_unload, then save_pretrained) and choose that folder.';

/** Other forms of weights that people have in place of model.safetensors, and what to do with each. */
const OTHER_WEIGHTS: readonly { readonly pattern: RegExp; readonly what: string; readonly fix: string }[] = [
  {
    pattern: /^(adapter_model\.(safetensors|bin)|adapter_config\.json)$/,
    what: 'a LoRA adapter',
    fix: MERGE,
  },
  {
    pattern: /^(model|pytorch_model)-\d+-of-\d+\.(safetensors|bin)$/,
    what: 'pieces of weights without their index',
    fix: 'Add model.safetensors.index.json or pytorch_model.bin.index.json, which says what is in which piece.',
  },
  { pattern: /\.(h5|msgpack|ot)$/, what: 'weights of TensorFlow, Flax or Rust, which are not read', fix: CONVERT },
  {
    pattern: /\.onnx$/,
    what: 'an ONNX model, which cannot be trained on',
    fix: 'Choose the model that it was exported from, with its model.safetensors.',
  },
];

export function missingWeights(where: string, siblings: readonly string[]): Problem {
  const other = OTHER_WEIGHTS.map(({ pattern, what, fix }) => ({
    name: siblings.find((sibling) => pattern.test(sibling)),
    what,
    fix,
  })).find(({ name }) => name !== undefined);
  return new Problem({
    where,
    expected: 'the weights, model.safetensors or pytorch_model.bin',
    found: other ? `${other.what} (${other.name})` : `only ${list(siblings)}`,
    fix: other?.fix ?? 'Choose all files of the model together, its whole folder, or a zip of it.',
  });
}

export function adapterAlone(where: string): Problem {
  return new Problem({ where, expected: 'a whole model', found: 'a LoRA adapter without its base model', fix: MERGE });
}

export function missingTokenizer(where: string, siblings: readonly string[]): Problem {
  return new Problem({
    where,
    expected: 'the tokenizer: tokenizer.json, or vocab.txt, vocab.json with merges.txt, spm.model or sentencepiece.bpe.model',
    found: `only ${list(siblings)}`,
    fix: 'Choose all files of the model together, its whole folder, or a zip of it.',
  });
}

export function twoModels(where: string, paths: readonly [string, string]): Problem {
  const what = paths[0] === paths[1] ? `two files ${paths[0]}` : paths.join(' and ');
  return new Problem({
    where,
    expected: 'the files of one model',
    found: what,
    fix: 'Choose the folder or the zip of one model alone.',
  });
}
