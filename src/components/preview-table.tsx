/** The first rows of a dataset as the model will see them: text, label, and which side of the split they are on. */
import type { PreviewRow } from '../data/types.ts';
import { classColor } from './class-color.ts';
import classes from './preview-table.module.css';

export interface PreviewTableProps {
  readonly rows: readonly PreviewRow[];
  /** Labels in class order, for their colours. */
  readonly labels: readonly string[];
  readonly textColumn: string;
  /** Null where a row is one text. */
  readonly secondTextColumn: string | null;
  readonly labelColumn: string;
  /** Shows a text whole instead of its first two lines. */
  readonly whole?: boolean;
}

export function PreviewTable({ rows, labels, textColumn, secondTextColumn, labelColumn, whole = false }: PreviewTableProps) {
  return (
    <table className={classes.table} aria-label="Preview">
      <thead>
        <tr>
          <th scope="col">Row</th>
          <th scope="col">{textColumn}</th>
          {secondTextColumn !== null && <th scope="col">{secondTextColumn}</th>}
          <th scope="col">{labelColumn}</th>
          <th scope="col" className={classes.split}>
            Used for
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ row, text, secondText, label, split }) => (
          <tr key={row}>
            <td className={classes.row}>{row.toLocaleString('en-US')}</td>
            {[text, ...(secondTextColumn === null ? [] : [secondText ?? ''])].map((value, i) => (
              <td key={i}>
                <span className={whole ? classes.whole : classes.text} title={whole ? undefined : value}>
                  {value}
                </span>
              </td>
            ))}
            <td className={classes.label}>
              <span aria-hidden className={classes.dot} style={{ background: classColor(labels.indexOf(label)) }} />
              {label}
            </td>
            <td className={classes.split}>{split === 'train' ? 'training' : split}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
