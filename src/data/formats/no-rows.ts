/** The problem of a file that is what it says and has nothing in it. */
import { Problem } from '../../lib/problem.ts';

export function noRows(where: string): Problem {
  const fix = 'Drop a table with a text and a label in each row.';
  return new Problem({ where, expected: 'rows of a text and a label', found: 'none', fix });
}
