/** The batch sizes that were tried, and the one to take. */
import { count } from '../../components/format.ts';
import { preflightStore, type PreflightState } from '../../stores/preflight.ts';
import type { BatchTrial } from '../../protocol/rehearsal.ts';
import { Use } from './preflight-lighter.tsx';
import classes from './preflight.module.css';

function speed({ tokensPerSecond, problem }: BatchTrial): string {
  return tokensPerSecond === null ? (problem?.found ?? 'does not fit') : `${count(tokensPerSecond)} tokens a second`;
}

export function BatchSearchWords({ state: { trials, search, status } }: { readonly state: PreflightState }) {
  const best = search?.best ?? null;
  return (
    <div className={classes.search}>
      <ol aria-label="Batch sizes tried" aria-live="polite">
        {trials.map((trial) => (
          <li key={trial.batchSize} data-best={trial.batchSize === best || undefined}>
            <b>{count(trial.batchSize)}</b> <span className={classes.note}>{speed(trial)}</span>
          </li>
        ))}
        {status === 'searching' && <li className={classes.note}>trying {count((trials.at(-1)?.batchSize ?? 0) * 2)}</li>}
      </ol>
      {search && (
        <p>
          {best === null ? (
            'Not even one text at once fits.'
          ) : (
            <>
              <Use
                label={`Use batch size ${best}`}
                onClick={() =>
                  preflightStore.getState().apply({ per_device_train_batch_size: best, gradient_accumulation_steps: 1 })
                }
              />{' '}
              {count(best)} texts at once {isFull(trials) ? 'is the most that fits' : 'is where more is no faster'}. A larger
              batch makes fewer steps: the learning rate may want to rise with it.
            </>
          )}
        </p>
      )}
    </div>
  );
}

function isFull(trials: readonly BatchTrial[]): boolean {
  return trials.some(({ tokensPerSecond }) => tokensPerSecond === null);
}
