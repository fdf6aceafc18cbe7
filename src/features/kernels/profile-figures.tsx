/** The step as a whole: how long, how much work, how near to the peak, and the peaks. */
import { milliseconds, percent, rate } from '../../components/format.ts';
import { plural } from '../../lib/counts.ts';
import type { Profile } from '../../protocol/trainer.ts';
import classes from './kernels.module.css';

export function ProfileFigures({ profile }: { readonly profile: Profile }) {
  const { compute, rows, tokens, flops, peaks, from, steps } = profile;
  const reached = flops / profile.milliseconds / 1e6;
  const source = from === 'dataset' ? 'of your data' : 'made up';
  const figures = [
    ['A step', milliseconds(profile.milliseconds), `mean of ${steps}, ${compute}`],
    ['Batch', plural(tokens, 'token'), `in ${plural(rows, 'row')} ${source}`],
    ['Speed', rate(reached, 'FLOP/s'), `${(flops / 1e9).toFixed(2)} GFLOP by the formula`],
    ['Of the peak', percent(reached / peaks.gigaflops), `${rate(peaks.gigaflops, 'FLOP/s')} in multiply-adds alone`],
    ['Memory', rate(peaks.gigabytes, 'B/s'), 'read and written by a large copy'],
  ] as const;
  return (
    <dl className={classes.figures}>
      {figures.map(([name, value, note]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <output aria-label={name}>{value}</output>
            <small>{note}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}
