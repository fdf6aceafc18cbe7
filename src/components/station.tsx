/** The card of one station: a named region with a heading and, at its right, links that do something with the whole station. */
import { useId, type ReactNode } from 'react';
import classes from './station.module.css';

export interface StationProps {
  readonly title: string;
  readonly actions?: ReactNode;
  /** Takes the height that is left in its column. */
  readonly grow?: boolean;
  readonly children: ReactNode;
}

export function Station({ title, actions, grow = false, children }: StationProps) {
  const heading = useId();
  return (
    <section aria-labelledby={heading} className={classes.station} data-grow={grow || undefined}>
      <div className={classes.head}>
        <h2 id={heading} className={classes.title}>
          {title}
        </h2>
        {actions}
      </div>
      {children}
    </section>
  );
}
