/** Reading the keys of a config.json with transformers' defaults. What does not fit is a `Problem` that names the key. */
import { Problem } from '../../lib/problem.ts';
import type { Activation } from '../ops/contract.ts';

/** `hidden_act` as transformers names them; several names stand for one formula. A name that is not here is refused with this list. */
const ACTIVATION_OF: Readonly<Record<string, Activation>> = {
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: 'gelu_new',
  gelu_fast: 'gelu_new',
  gelu_pytorch_tanh: 'gelu_new',
  gelu_python_tanh: 'gelu_new',
  gelu_accurate: 'gelu_new',
  quick_gelu: 'quick_gelu',
  relu: 'relu',
  silu: 'silu',
  swish: 'silu',
  mish: 'mish',
  tanh: 'tanh',
  linear: 'none',
};

export const CONFIG_FIX = 'Choose the folder of an encoder such as bert-base-uncased or roberta-base, or correct the value.';

export function configProblem(key: string, expected: string, value: unknown, fix = CONFIG_FIX): Problem {
  const found = value === undefined ? 'nothing' : JSON.stringify(value);
  return new Problem({ where: `config.json, ${key}`, expected, found, fix });
}

/** Each method takes the key and the value that stands for one that is missing or null. */
export interface ConfigReader {
  /** A whole number from 1 to `most`. */
  count(key: string, standard: number, most?: number): number;
  /** A whole number from 0. */
  index(key: string, standard: number): number;
  /** Any whole number. */
  integer(key: string, standard: number): number;
  flag(key: string, standard: boolean): boolean;
  /** "a|b" or ["a", "b"], in lower case; none where the key is missing. */
  words(key: string): readonly string[];
  /** A dropout rate, from 0 to below 1. */
  rate(key: string, standard: number): number;
  /** A number above 0. */
  positive(key: string, standard: number): number;
  activation(key: string, standard: Activation): Activation;
  /** A width that all heads of attention share evenly: a whole number that is a multiple of `heads`. */
  width(key: string, standard: number, heads: number): number;
  /** Throws unless the value is this one; `standard` is what a missing one stands for. */
  only(key: string, value: unknown, standard?: unknown): void;
}

export function createConfigReader(json: Readonly<Record<string, unknown>>): ConfigReader {
  const number = (key: string, standard: number, expected: string, fits: (value: number) => boolean): number => {
    const value = json[key] ?? standard;
    if (typeof value !== 'number' || !fits(value)) throw configProblem(key, expected, value);
    return value;
  };
  const count: ConfigReader['count'] = (key, standard, most = 2 ** 24) =>
    number(key, standard, `a whole number from 1 to ${most}`, (value) => Number.isInteger(value) && value >= 1 && value <= most);
  return {
    count,
    index: (key, standard) =>
      number(key, standard, 'a whole number from 0', (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 24),
    integer: (key, standard) => number(key, standard, 'a whole number', Number.isSafeInteger),
    flag: (key, standard) => {
      const value = json[key] ?? standard;
      if (typeof value !== 'boolean') throw configProblem(key, 'true or false', value);
      return value;
    },
    words: (key) => {
      const value = json[key] ?? [];
      const words: unknown = typeof value === 'string' ? value.split('|') : value;
      if (!Array.isArray(words)) throw configProblem(key, 'words, "a|b" or a list', value);
      return words.map((word) => String(word).trim().toLowerCase());
    },
    rate: (key, standard) => number(key, standard, 'a number from 0 to below 1', (value) => value >= 0 && value < 1),
    positive: (key, standard) => number(key, standard, 'a number above 0', (value) => value > 0 && value < Infinity),
    activation: (key, standard) => {
      const name = json[key] ?? standard;
      const activation = typeof name === 'string' ? ACTIVATION_OF[name] : undefined;
      if (!activation) throw configProblem(key, `one of ${Object.keys(ACTIVATION_OF).join(', ')}`, name);
      return activation;
    },
    width: (key, standard, heads) => {
      const width = count(key, standard);
      if (width % heads !== 0) throw configProblem(key, `a multiple of the number of attention heads, ${heads}`, width);
      return width;
    },
    only: (key, value, standard = value) => {
      const found = json[key] ?? standard;
      if (found !== value) throw configProblem(key, JSON.stringify(value), found);
    },
  };
}
