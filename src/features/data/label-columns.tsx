/** Which columns of 0 and 1 are labels: a button that names them, and a list of boxes to tick below it. Two stay at least. */
import { Button, Checkbox, Input, Popover } from '@mantine/core';
import type { ColumnInfo } from '../../data/types.ts';
import { dataStore } from '../../stores/data.ts';
import classes from './data.module.css';

export interface LabelColumnsProps {
  /** Those that could be. */
  readonly columns: readonly ColumnInfo[];
  readonly chosen: readonly number[];
}

const FEWEST = 2;

export function LabelColumns({ columns, chosen }: LabelColumnsProps) {
  const names = columns.filter(({ index }) => chosen.includes(index)).map(({ name }) => name);
  const choose = (index: number, isLabel: boolean): void => {
    const labels = columns.map((column) => column.index).filter((each) => (each === index ? isLabel : chosen.includes(each)));
    const [label] = labels;
    if (label !== undefined) void dataStore.getState().choose({ choice: { label, labels } });
  };
  return (
    <Input.Wrapper label="Label columns" labelElement="div">
      <Popover trapFocus position="bottom-start" shadow="md">
        <Popover.Target>
          <Button
            variant="default"
            fullWidth
            classNames={{ root: classes.columnsButton, inner: classes.columnsInner }}
            aria-label={`Label columns: ${names.join(', ')}`}
          >
            {names.join(', ')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label="Label columns" className={classes.columnsList}>
          {columns.map(({ index, name, flags }) => {
            const isChosen = chosen.includes(index);
            return (
              <Checkbox
                key={index}
                size="xs"
                label={`${name} (${flags ?? ''})`}
                checked={isChosen}
                disabled={isChosen && chosen.length <= FEWEST}
                onChange={({ currentTarget }) => choose(index, currentTarget.checked)}
              />
            );
          })}
        </Popover.Dropdown>
      </Popover>
    </Input.Wrapper>
  );
}
