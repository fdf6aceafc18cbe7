/** How long a record may be. */
import { Problem } from '../lib/problem.ts';

/** Characters that one record may have before its quote counts as never closed. */
export const LONGEST_RECORD = 2 ** 22;

/** No table has such a line; a file without line ends would otherwise become one cell as large as itself. */
export function lineTooLong(): Problem {
  return new Problem({
    where: 'The file',
    expected: `lines of at most ${LONGEST_RECORD.toLocaleString('en-US')} characters`,
    found: 'a longer one',
    fix: 'Check that the file is a table with a row on each line.',
  });
}
