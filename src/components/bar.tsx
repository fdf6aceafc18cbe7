/**
 * A horizontal bar of shares in 0..1, for the eye only: the figure stands beside it as text. It is one empty inline element, drawn by a
 * gradient, so that the line it stands in reads and copies as one line.
 */
import classes from './bar.module.css';

export interface BarPart {
  readonly share: number;
  readonly color: string;
  readonly faint?: boolean;
}

export function Bar({ parts }: { readonly parts: readonly BarPart[] }) {
  return <span aria-hidden className={classes.bar} style={{ backgroundImage: stripes(parts) }} />;
}

/** Hard edges between the parts, nothing after the last. */
function stripes(parts: readonly BarPart[]): string {
  let from = 0;
  const stops = parts.map(({ share, color, faint }) => {
    const shade = faint ? `color-mix(in srgb, ${color} 45%, transparent)` : color;
    const stop = `${shade} ${from}% ${from + share * 100}%`;
    from += share * 100;
    return stop;
  });
  return `linear-gradient(to right, ${stops.join(', ')}, transparent ${from}%)`;
}
