/** Which column is what. Text and label stand in the station too; here are also those that few files have. */
import { NativeSelect } from '@mantine/core';
import type { ColumnChoice, ColumnInfo } from '../../data/types.ts';
import { count } from '../../components/format.ts';
import { dataStore } from '../../stores/data.ts';
import classes from './doctor.module.css';

export interface ColumnRolesProps {
  readonly columns: readonly ColumnInfo[];
  readonly choice: ColumnChoice;
  readonly rows: number;
}

const NONE = 'none';

export function ColumnRoles({ columns, choice, rows }: ColumnRolesProps) {
  const options = columns.map(({ index, name }) => ({ value: String(index), label: name }));
  const { text, secondText, label, labels, split, group } = choice;
  const used = [text, secondText, ...(labels ?? [label]), split, group];
  const isFree = (index: number, role: 'split' | 'group'): boolean => !used.includes(index) || choice[role] === index;
  const select = (label: string, role: 'split' | 'group') => (
    <NativeSelect
      label={label}
      size="xs"
      data={[{ value: NONE, label: '—' }, ...options.filter(({ value }) => isFree(Number(value), role))]}
      value={choice[role] == null ? NONE : String(choice[role])}
      onChange={(event) => {
        const { value } = event.currentTarget;
        void dataStore.getState().choose({ choice: { [role]: value === NONE ? null : Number(value) } });
      }}
    />
  );
  const others = columns.filter(({ index }) => !used.includes(index));
  return (
    <>
      <div className={classes.roles}>
        {select('Split column', 'split')}
        {select('Group column', 'group')}
      </div>
      {others.length > 0 && (
        <p className={classes.soft}>
          Not used:{' '}
          {others
            .map(({ name, distinct }) => `${name} (${distinct === rows ? 'an id' : `${count(distinct)} different`})`)
            .join(', ')}
        </p>
      )}
    </>
  );
}
