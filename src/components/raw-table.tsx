/** The first rows of a file as they were read, a column of the file in each column: to see whether it was read rightly. */
import type { RawRow } from '../data/types.ts';
import classes from './preview-table.module.css';

export interface RawTableProps {
  readonly columns: readonly { readonly index: number; readonly name: string }[];
  readonly firstRows: readonly RawRow[];
}

/** More columns than this are not drawn: a table of hundreds tells no more. */
const MOST_COLUMNS = 12;

export function RawTable({ columns, firstRows }: RawTableProps) {
  const shown = columns.slice(0, MOST_COLUMNS);
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label="First rows">
      <table className={classes.table} aria-label="Preview">
        <thead>
          <tr>
            <th scope="col">Row</th>
            {shown.map(({ index, name }) => (
              <th scope="col" key={index}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {firstRows.map(({ row, cells }, index) => (
            <tr key={index}>
              <td className={classes.row}>{row.toLocaleString('en-US')}</td>
              {shown.map((column) => (
                <td key={column.index}>
                  <span className={classes.text}>{cells[column.index]}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
