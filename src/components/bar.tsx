/** A horizontal bar of shares in 0..1, for the eye only: the figure stands beside it as text. */
import classes from './bar.module.css';

export interface BarProps {
  readonly parts: readonly { readonly share: number; readonly color: string; readonly faint?: boolean }[];
}

export function Bar({ parts }: BarProps) {
  return (
    <span aria-hidden className={classes.bar}>
      {parts.map(({ share, color, faint }, i) => (
        <i key={i} style={{ width: `${share * 100}%`, background: color, opacity: faint ? 0.45 : 1 }} />
      ))}
    </span>
  );
}
