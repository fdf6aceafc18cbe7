/** The words for a tokenizer that cannot be used. */
import { Problem } from '../lib/problem.ts';

export const TOKENIZER_FIX =
  'Take the tokenizer.json that came with the model; `AutoTokenizer.from_pretrained(...).save_pretrained(...)` writes it again.';

/** `value` is what was found at `place` in tokenizer.json; long ones are cut. */
export function tokenizerProblem(place: string, expected: string, value: unknown, fix = TOKENIZER_FIX): Problem {
  const found = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
  return new Problem({ where: `tokenizer.json, ${place}`, expected, found, fix });
}
