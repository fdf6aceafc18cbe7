/** Things worth knowing that stop nobody: a list with a mark before each. */
import type { ReactNode } from 'react';
import classes from './notice-list.module.css';

export interface NoticeListProps {
  readonly label: string;
  readonly notices: readonly {
    readonly key: string;
    readonly kind: 'warning' | 'info';
    readonly text: ReactNode;
    readonly more?: string;
  }[];
}

export function NoticeList({ label, notices }: NoticeListProps) {
  if (notices.length === 0) return null;
  return (
    <ul className={classes.list} aria-label={label}>
      {notices.map(({ key, kind, text, more }) => (
        <li key={key} className={classes.notice}>
          <span aria-hidden className={classes.mark} data-kind={kind}>
            {kind === 'warning' ? '!' : 'i'}
          </span>
          <span>
            {text}
            {more && <span className={classes.more}> {more}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
