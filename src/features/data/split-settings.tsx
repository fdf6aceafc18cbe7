/** How the rows are split, folded away: the share kept for validation and the seed that draws it. */
import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { count } from '../../components/format.ts';
import type { DatasetProfile } from '../../data/types.ts';
import { dataStore } from '../../stores/data.ts';
import classes from './data.module.css';

const SHARES = [5, 10, 15, 20, 25, 30, 40, 50];

export function SplitSettings({ profile }: { readonly profile: DatasetProfile }) {
  const { validationShare, seed } = profile.split;
  return (
    <details className={classes.split}>
      <summary>
        <span>
          {count(profile.trainRows)} to train on · {count(profile.validationRows)} to validate with
        </span>
      </summary>
      <div className={classes.pair}>
        <NativeSelect
          label="Validation share"
          value={String(Math.round(validationShare * 100))}
          data={SHARES.map((share) => ({ value: String(share), label: `${share} %` }))}
          onChange={(event) =>
            void dataStore.getState().choose({ split: { validationShare: Number(event.currentTarget.value) / 100 } })
          }
        />
        <SeedField key={seed} seed={seed} />
      </div>
      <p className={classes.hint}>
        {profile.choice.separator
          ? 'Rows are split by the rarest of their labels, so that rare ones are on both sides.'
          : 'Each class is split by itself, so both sides have the same mix.'}{' '}
        The same seed splits the same way again.
      </p>
    </details>
  );
}

/** Takes effect on Enter or when it is left, not at every key. */
function SeedField({ seed }: { readonly seed: number }) {
  const [draft, setDraft] = useState(String(seed));
  const value = Number(draft);
  const wrong = draft.trim() === '' || !Number.isInteger(value) || value < 0 || value >= 2 ** 32;
  const commit = (): void => {
    if (!wrong && value !== seed) void dataStore.getState().choose({ split: { seed: value } });
  };
  return (
    <TextInput
      label="Split seed"
      inputMode="numeric"
      value={draft}
      error={wrong && 'A whole number from 0'}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}
