/** All kernels of a step, the slowest first. */
import { Bar } from '../../components/bar.tsx';
import { count, percent } from '../../components/format.ts';
import { ratesOf, type KernelTime } from '../../engine/backend/kernel-times.ts';
import type { Profile } from '../../protocol/trainer.ts';
import { kernelSum } from './kernel-sum.ts';
import classes from './kernels.module.css';

const NUMBER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2, minimumFractionDigits: 2 });
const RATE = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const NONE = '—';

function rate(value: number): string {
  return value < 0.01 ? '< 0.01' : RATE.format(value);
}

export function KernelTable({ profile }: { readonly profile: Profile }) {
  const { kernels } = profile;
  const sum = kernelSum(profile);
  const calls = kernels.reduce((total, kernel) => total + kernel.calls, 0);
  const whole = Math.max(profile.milliseconds, sum ?? 0);
  return (
    <>
      {sum === null && (
        <p role="note" className={classes.notice}>
          This GPU has no timestamps (WebGPU&rsquo;s feature <code>timestamp-query</code>), so the time of a single kernel cannot
          be told. These are the kernels that a step calls, those that compute most first.
        </p>
      )}
      <div className={classes.scroll} tabIndex={0} role="group" aria-label="Table of kernels">
        <table className={classes.table} aria-label="Kernels of a step">
          <thead>
            <tr>
              <th scope="col">Kernel</th>
              <th scope="col">Calls</th>
              <th scope="col">ms</th>
              <th scope="col">Share</th>
              <th scope="col">GFLOP/s</th>
              <th scope="col">GB/s</th>
              <th scope="col">Of the peak</th>
            </tr>
          </thead>
          <tbody>
            {kernels.map((kernel) => (
              <KernelRow key={kernel.kernel} kernel={kernel} profile={profile} whole={whole} />
            ))}
            {sum !== null && sum < whole && (
              <tr className={classes.rest}>
                <th scope="row">Between the kernels: JavaScript, waiting</th>
                <td />
                <td>{NUMBER.format(whole - sum)}</td>
                <Share share={(whole - sum) / whole} />
                <td />
                <td />
                <td />
              </tr>
            )}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">All kernels</th>
              <td>{count(calls)}</td>
              <td>{sum === null ? NONE : NUMBER.format(sum)}</td>
              <td colSpan={4} />
            </tr>
          </tfoot>
        </table>
      </div>
      <p className={classes.soft}>
        GFLOP/s and GB/s count what a kernel must compute and its operands once each. The last column is the larger of the two
        fractions of what was measured above, with what limits the kernel; operands that stay in a cache can be faster than a
        copy.
        {sum !== null &&
          profile.compute.startsWith('WebGPU') &&
          ' Browsers round the GPU’s clock, so short kernels are means of several steps.'}
      </p>
    </>
  );
}

interface RowProps {
  readonly kernel: KernelTime;
  readonly profile: Profile;
  readonly whole: number;
}

function KernelRow({ kernel, profile, whole }: RowProps) {
  const rates = ratesOf(kernel, profile.peaks);
  const { milliseconds } = kernel;
  return (
    <tr>
      <th scope="row">{kernel.kernel}</th>
      <td>{count(kernel.calls)}</td>
      <td>{milliseconds === null ? NONE : NUMBER.format(milliseconds)}</td>
      {milliseconds === null ? <td>{NONE}</td> : <Share share={milliseconds / whole} />}
      <td>{rates && kernel.flops > 0 ? rate(rates.gigaflopsPerSecond) : NONE}</td>
      <td>{rates ? rate(rates.gigabytesPerSecond) : NONE}</td>
      <td>{rates?.ofPeak ? `${percent(rates.ofPeak)} ${rates.bound}` : NONE}</td>
    </tr>
  );
}

function Share({ share }: { readonly share: number }) {
  return (
    <td className={classes.share}>
      <Bar parts={[{ share, color: 'var(--accent)' }]} />
      <span className={classes.percent}>{percent(share)}</span>
    </td>
  );
}
