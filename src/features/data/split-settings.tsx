/** How the rows are split, folded away: the shares kept for validation and the test, and the seed that draws them. */
import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { count } from '../../components/format.ts';
import type { DatasetProfile } from '../../data/types.ts';
import { dataStore } from '../../stores/data.ts';
import classes from './data.module.css';

const SHARES = [5, 10, 15, 20, 25, 30, 40, 50];

const TEST_SHARES = [0, 5, 10, 15, 20, 25, 30];

export function splitInWords({ trainRows, validationRows, testRows }: DatasetProfile): string {
  const parts = [`${count(trainRows)} to train on`, `${count(validationRows)} to validate with`];
  return [...parts, ...(testRows > 0 ? [`${count(testRows)} to test with`] : [])].join(' · ');
}

export function SplitSettings({ profile }: { readonly profile: DatasetProfile }) {
  return (
    <details className={classes.split}>
      <summary>
        <span>{splitInWords(profile)}</span>
      </summary>
      <SplitFields profile={profile} />
    </details>
  );
}

/** The fields alone, for where they need not be folded away. */
export function SplitFields({ profile }: { readonly profile: DatasetProfile }) {
  const { validationShare, testShare = 0, seed } = profile.split;
  const options = (shares: readonly number[], present: number) =>
    [...new Set([...shares, Math.round(present * 100)])]
      .sort((a, b) => a - b)
      .map((share) => ({ value: String(share), label: share === 0 ? 'none' : `${share} %` }));
  return (
    <>
      <div className={classes.shares}>
        <NativeSelect
          label="Validation share"
          value={String(Math.round(validationShare * 100))}
          data={options(SHARES, validationShare)}
          onChange={(event) =>
            void dataStore.getState().choose({ split: { validationShare: Number(event.currentTarget.value) / 100 } })
          }
        />
        <NativeSelect
          label="Test share"
          value={String(Math.round(testShare * 100))}
          data={options(TEST_SHARES, testShare)}
          onChange={(event) =>
            void dataStore.getState().choose({ split: { testShare: Number(event.currentTarget.value) / 100 } })
          }
        />
        <SeedField key={seed} seed={seed} />
      </div>
      <p className={classes.hint}>
        {profile.separator
          ? 'Rows are split by the rarest of their labels, so that rare ones are in all parts'
          : 'Each class is split by itself, so all parts have the same mix'}
        ; equal and nearly equal texts stay together. Test rows are looked at once, after the training. The same seed splits the
        same way again.
      </p>
    </>
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
