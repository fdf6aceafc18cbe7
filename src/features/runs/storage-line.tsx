/** What the runs take on the disk, and the way to take less: models go, the runs stay. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useStore } from 'zustand';
import { size } from '../../components/format.ts';
import { LinkButton } from '../../components/link-button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { plural } from '../../lib/counts.ts';
import { runsStore, type RunRecord } from '../../stores/runs.ts';
import { dateOf } from './run-words.ts';
import classes from './runs.module.css';

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

export function StorageLine({ records }: { readonly records: readonly RunRecord[] }) {
  const sizes = useStore(runsStore, (state) => state.sizes);
  const [open, setOpen] = useState(false);
  const bytes = sum(sizes.values());
  return (
    <span className={classes.storage}>
      {bytes === 0 ? 'no model is kept' : `${size(bytes)} on the disk`}
      {bytes > 0 && <LinkButton onClick={() => setOpen(true)}>Free storage</LinkButton>}
      {open && <StorageDialog records={records} onClose={() => setOpen(false)} />}
    </span>
  );
}

function StorageDialog({ records, onClose }: { readonly records: readonly RunRecord[]; readonly onClose: () => void }) {
  const sizes = useStore(runsStore, (state) => state.sizes);
  const rows = records
    .filter(({ id, outcome }) => outcome !== 'running' && (sizes.get(id) ?? 0) > 0)
    .toSorted((a, b) => (sizes.get(b.id) ?? 0) - (sizes.get(a.id) ?? 0));
  const [kept, setKept] = useState<ReadonlySet<string>>(() => bestOfEachDataset(rows));
  const going = rows.filter(({ id }) => !kept.has(id));
  const bytes = sum(going.map(({ id }) => sizes.get(id) ?? 0));
  const keep = (id: string, wanted: boolean): void =>
    setKept((before) => new Set(wanted ? [...before, id] : [...before].filter((each) => each !== id)));
  return (
    <Dialog title="Free storage" size="lg" onClose={onClose}>
      <p className={classes.lead}>
        The settings, curves and measures of every run stay. What goes is the model: it can then no longer be downloaded,
        continued or trained further. The best of each dataset is kept unless you choose otherwise.
      </p>
      <ul role="list" className={classes.models} aria-label="Models of runs">
        {rows.map(({ id, name, startedAt }) => (
          <li key={id}>
            <label>
              <input type="checkbox" checked={!kept.has(id)} onChange={(event) => keep(id, !event.currentTarget.checked)} />
              <span className={classes.words}>{name}</span>
            </label>
            <span className={classes.soft}>{dateOf(startedAt)}</span>
            <span className={classes.bytes}>{size(sizes.get(id) ?? 0)}</span>
          </li>
        ))}
      </ul>
      <div className={classes.foot}>
        <Button variant="default" size="sm" onClick={onClose}>
          Cancel
        </Button>
        <Button
          variant="filled"
          size="sm"
          disabled={going.length === 0}
          onClick={() => {
            void runsStore.getState().freeModels(going.map(({ id }) => id));
            onClose();
          }}
        >
          {going.length === 0 ? 'Free nothing' : `Free ${size(bytes)}: remove ${plural(going.length, 'model')}`}
        </Button>
      </div>
    </Dialog>
  );
}

function bestOfEachDataset(records: readonly RunRecord[]): ReadonlySet<string> {
  const best = new Map<string, RunRecord>();
  for (const record of records) {
    const before = best.get(record.data.fingerprint);
    if (!before || (record.evaluation?.macroF1 ?? 0) > (before.evaluation?.macroF1 ?? 0))
      best.set(record.data.fingerprint, record);
  }
  return new Set([...best.values()].map(({ id }) => id));
}
