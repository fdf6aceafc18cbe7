/** A thin bar that fills: the progress of something, 0..1. */
import classes from './track.module.css';

export function Track({ fraction, label }: { readonly fraction: number; readonly label: string }) {
  const value = Math.round(Math.min(1, Math.max(0, fraction)) * 1000) / 10;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={Math.round(value)}
      aria-valuemin={0}
      aria-valuemax={100}
      className={classes.track}
    >
      <i style={{ transform: `scaleX(${value / 100})` }} />
    </div>
  );
}
