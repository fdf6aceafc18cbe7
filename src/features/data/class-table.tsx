/** The classes in the order of their index, with what can be done to each: another name, another place, merged into another. */
import { NativeSelect, TextInput, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { classColor } from '../../components/class-color.ts';
import { count } from '../../components/format.ts';
import type { ClassCount } from '../../data/types.ts';
import { dataStore } from '../../stores/data.ts';
import classes from './doctor.module.css';

export function ClassTable({ classes: counts }: { readonly classes: readonly ClassCount[] }) {
  const labels = counts.map(({ label }) => label);
  const hasTest = counts.some(({ test }) => test > 0);
  const move = (from: number, by: -1 | 1): void => {
    const order = [...labels];
    const [moved] = order.splice(from, 1);
    if (moved !== undefined) order.splice(from + by, 0, moved);
    void dataStore.getState().mend({ kind: 'order-classes', labels: order });
  };
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label="Class table">
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Train</th>
            <th scope="col">Valid.</th>
            {hasTest && <th scope="col">Test</th>}
            <th scope="col">Merge into</th>
            <th scope="col">Order</th>
          </tr>
        </thead>
        <tbody>
          {counts.map(({ label, train, validation, test }, index) => (
            <tr key={label}>
              <td className={classes.name}>
                <span aria-hidden className={classes.dot} style={{ background: classColor(index) }} />
                <NameField label={label} labels={labels} />
              </td>
              <td>{count(train)}</td>
              <td>{count(validation)}</td>
              {hasTest && <td>{count(test)}</td>}
              <td>
                <NativeSelect
                  size="xs"
                  aria-label={`Merge ${label} into`}
                  value=""
                  data={[{ value: '', label: '—' }, ...labels.filter((other) => other !== label)]}
                  disabled={labels.length < 3}
                  onChange={(event) => {
                    const into = event.currentTarget.value;
                    if (into !== '') void dataStore.getState().mend({ kind: 'merge-labels', from: [label], into });
                  }}
                />
              </td>
              <td className={classes.order}>
                <UnstyledButton aria-label={`Move ${label} up`} disabled={index === 0} onClick={() => move(index, -1)}>
                  ↑
                </UnstyledButton>
                <UnstyledButton
                  aria-label={`Move ${label} down`}
                  disabled={index === labels.length - 1}
                  onClick={() => move(index, 1)}
                >
                  ↓
                </UnstyledButton>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Takes effect on Enter or when it is left. The name of another class would merge the two, which is the other column's. */
function NameField({ label, labels }: { readonly label: string; readonly labels: readonly string[] }) {
  const [draft, setDraft] = useState(label);
  const taken = draft !== label && labels.includes(draft);
  const wrong = draft.trim() === '' ? 'A name' : taken ? 'Another class has this name' : null;
  const commit = (): void => {
    if (wrong !== null) setDraft(label);
    else if (draft !== label) void dataStore.getState().mend({ kind: 'merge-labels', from: [label], into: draft });
  };
  return (
    <TextInput
      size="xs"
      aria-label={`Name of ${label}`}
      value={draft}
      error={wrong}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}
