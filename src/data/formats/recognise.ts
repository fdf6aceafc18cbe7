/** Which format a file has: told by its contents, by its name only where contents leave it open. */
import { Problem } from '../../lib/problem.ts';
import { recogniseText } from '../signatures.ts';

export type TextFormat = 'delimited' | 'json' | 'json lines';

const LINES_NAME = /\.(jsonl|ndjson)$/i;

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Throws `Problem` for text that is no table: a web page, XML. */
export function recogniseTextFormat(name: string, sample: string): TextFormat {
  const other = recogniseText(sample.slice(0, 1000));
  if (other) throw new Problem({ where: name, expected: 'a table of texts and labels', found: other.what, fix: other.fix });
  if (LINES_NAME.test(name)) return 'json lines';
  if (!/^\s*(\{\s*["}]|\[\s*[\]{["])/.test(sample)) return 'delimited';
  const [first = '', second] = sample
    .trimStart()
    .split('\n', 3)
    .filter((line) => line.trim() !== '');
  // A list that is written over lines, "[{...},", is no JSON by its first line.
  return second?.trimStart().startsWith(first.charAt(0)) && isJson(first) ? 'json lines' : 'json';
}
