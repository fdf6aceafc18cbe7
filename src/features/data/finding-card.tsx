/** One finding: what and how many, what it means, the rows, and the buttons that do something about it. */
import { Button } from '@mantine/core';
import type { Finding, Remedy } from '../../data/doctor/finding.ts';
import { count } from '../../components/format.ts';
import classes from './doctor.module.css';

const SEVERITIES = { blocker: 'Stops training', warning: 'To look at', hint: 'Worth knowing' } as const;
const MARKS = { blocker: '×', warning: '!', hint: 'i' } as const;

export interface FindingCardProps {
  readonly finding: Finding;
  readonly onRemedy: (remedy: Remedy) => void;
  readonly busy: boolean;
}

export function FindingCard({ finding, onRemedy, busy }: FindingCardProps) {
  const { code, severity, title, where, expected, found, fix, remedies, preview, rows } = finding;
  return (
    <li className={classes.card} data-severity={severity} data-code={code}>
      <h3 className={classes.title}>
        <span className={classes.mark} data-severity={severity} title={SEVERITIES[severity]}>
          {MARKS[severity]}
        </span>
        {title}
        <span className={classes.count}>{count(finding.count)}</span>
      </h3>
      <p>
        {where}: expected {expected}, found {found}.
      </p>
      <p className={classes.soft}>{fix}</p>
      {(preview.length > 0 || rows.length > 0) && (
        <details className={classes.rows}>
          <summary>Show rows</summary>
          {preview.length > 0 ? <Rows finding={finding} /> : <p className={classes.numbers}>{rows.map(count).join(', ')}</p>}
        </details>
      )}
      {remedies.length > 0 && (
        <div className={classes.remedies}>
          {remedies.map((remedy) => (
            <Button
              key={remedy.label}
              size="compact-sm"
              variant="default"
              aria-disabled={busy || undefined}
              onClick={() => {
                if (!busy) onRemedy(remedy);
              }}
            >
              {remedy.label}
            </Button>
          ))}
        </div>
      )}
    </li>
  );
}

function Rows({ finding: { title, preview, rows } }: { readonly finding: Finding }) {
  const more = rows.length - preview.length;
  return (
    <>
      <table className={classes.table} aria-label={title}>
        <thead>
          <tr>
            <th scope="col">Row</th>
            <th scope="col">Label</th>
            <th scope="col">Text</th>
          </tr>
        </thead>
        <tbody>
          {preview.map(({ row, label, text }) => (
            <tr key={row}>
              <td>{count(row)}</td>
              <td className={classes.label}>{label}</td>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && (
        <p className={classes.numbers}>
          All rows: {rows.slice(0, 200).map(count).join(', ')}
          {rows.length > 200 && ' …'}
        </p>
      )}
    </>
  );
}
