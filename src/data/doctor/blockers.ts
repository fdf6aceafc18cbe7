/** What cannot be trained on: labels that make no classes. Each names a column that would do, where there is one. */
import { plural } from '../../lib/counts.ts';
import { guessLabel, labelColumns, MOST_CLASSES, nearlyUnique } from '../columns.ts';
import { sortLabels, type Selection } from '../select.ts';
import { labelsOf } from '../several-labels.ts';
import type { Table } from '../table.ts';
import type { ColumnChoice, ColumnInfo } from '../types.ts';
import { finding, labelNames, type Finding, type Remedy } from './finding.ts';

/** At most one; `selection` after the mends. */
export function blockerFindings(
  table: Table,
  columns: readonly ColumnInfo[],
  choice: ColumnChoice,
  selection: Selection,
): Finding[] {
  const { length: rows } = selection.rows;
  const { labels: classes } = labelsOf(selection, sortLabels);
  const present = labelColumns(choice);
  const other = guessLabel(columns, table.rows, [...present, choice.text]) ?? guessLabel(columns, table.rows, present);
  const fix = other
    ? `Choose another label column, perhaps "${other.name}" (${plural(other.distinct, 'class', 'classes')}).`
    : 'Choose another label column, or add one to the file: the class of each row, such as positive or negative.';
  const remedies: Remedy[] =
    other && other.index !== choice.text
      ? [{ kind: 'columns', label: `Take "${other.name}" as the label`, choice: { label: other.index, labels: null } }]
      : [];
  const severity = 'blocker';
  const names = labelNames(present.map((index) => table.names[index] ?? ''));
  const where = `${present.length === 1 ? 'Column' : 'Columns'} ${names}`;
  const blocker = (words: Pick<Finding, 'code' | 'title' | 'expected' | 'found' | 'count'>): Finding[] => [
    finding({ severity, where, fix, ...words }, { remedies }),
  ];
  if (rows === 0) {
    return [
      finding({
        code: 'no-usable-rows',
        severity,
        title: 'No usable rows',
        where: `Columns "${table.names[choice.text]}" and ${names}`,
        expected: 'rows with a text and a label',
        found: `none in ${plural(table.rows, 'row')}: the text or the label is empty in each, or they were dropped`,
        fix,
        count: table.rows,
      }),
    ];
  }
  if (classes.length < 2) {
    const found = `${classes.length === 0 ? 'none' : `one class, ${labelNames(classes)}`}, in ${plural(rows, 'row')}`;
    return blocker({ code: 'one-class', title: 'One class', expected: 'labels of at least two classes', found, count: rows });
  }
  const ofRows = `${plural(classes.length, 'different label')} in ${plural(rows, 'row')}`;
  const examples = `(${labelNames(classes.slice(0, 3))}, …)`;
  const title = 'Labels that hardly come again';
  const expected = 'labels that come again: a few classes with many rows each';
  const count = classes.length;
  if (count === rows) {
    const found = `${ofRows}, every label only once ${examples}`;
    return blocker({ code: 'unique-labels', title, expected, found, count });
  }
  if (nearlyUnique(count, rows))
    return blocker({ code: 'unique-labels', title, expected, found: `${ofRows} ${examples}`, count });
  if (count > MOST_CLASSES) {
    const most = `at most ${MOST_CLASSES} classes`;
    return blocker({
      code: 'too-many-classes',
      title: 'Too many classes',
      expected: most,
      found: `${ofRows} ${examples}`,
      count,
    });
  }
  return [];
}
