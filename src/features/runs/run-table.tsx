/** The table of runs: sorted by any column, some of them chosen to be compared or deleted, each with all that can be done with it. */
import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { clock, count, figure, size } from '../../components/format.ts';
import { LinkButton } from '../../components/link-button.tsx';
import { plural } from '../../lib/counts.ts';
import { runsStore, type RunRecord } from '../../stores/runs.ts';
import { LEAST_COMPARED, MOST_COMPARED, runsViewStore } from '../../stores/runs-view.ts';
import { COLUMN_NAMES, COLUMNS, orderBy, searchRows, sortRows, type ColumnName, type Order, type RunRow } from './run-columns.ts';
import { RunMenu } from './run-menu.tsx';
import { dateOf, OUTCOMES, runColor } from './run-words.ts';
import classes from './runs.module.css';

export interface RunTableProps {
  readonly records: readonly RunRecord[];
  readonly search: string;
}

export function RunTable({ records, search }: RunTableProps) {
  const sizes = useStore(runsStore, (state) => state.sizes);
  const [order, setOrder] = useState<Order>({ column: 'started', descending: true });
  const rows = useMemo(() => {
    const all = records.map((record) => ({ ...record, bytes: sizes.get(record.id) ?? 0 }));
    return sortRows(searchRows(all, search), order);
  }, [records, sizes, search, order]);
  const best = Math.max(...rows.map(({ evaluation }) => evaluation?.macroF1 ?? -1));
  return (
    <>
      <ChosenBar />
      <div className={classes.scroll} role="group" aria-label="Table of runs" tabIndex={0}>
        <table className={classes.table} aria-label="Runs">
          <thead>
            <tr>
              <th scope="col" className={classes.check}>
                <span className={classes.hidden}>Chosen</span>
              </th>
              {COLUMN_NAMES.map((column) => (
                <ColumnHead key={column} column={column} order={order} onOrder={setOrder} />
              ))}
              <th scope="col">
                <span className={classes.hidden}>Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.id} row={row} isBest={rows.length > 1 && row.evaluation?.macroF1 === best} />
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p className={classes.none}>No run has “{search}” in its name, note, data or model.</p>}
      </div>
    </>
  );
}

interface ColumnHeadProps {
  readonly column: ColumnName;
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
}

function ColumnHead({ column, order, onOrder }: ColumnHeadProps) {
  const { title, isNumber } = COLUMNS[column];
  const isSorted = order.column === column;
  return (
    <th
      scope="col"
      data-number={isNumber || undefined}
      aria-sort={isSorted ? (order.descending ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" className={classes.sort} onClick={() => onOrder(orderBy(column, order))}>
        {title}
        <span aria-hidden>{isSorted ? (order.descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}

function Row({ row, isBest }: { readonly row: RunRow; readonly isBest: boolean }) {
  const { id, name, note, outcome, evaluation, data, model, steps, seconds, startedAt, bytes } = row;
  const place = useStore(runsViewStore, ({ chosen }) => chosen.find((each) => each.id === id)?.place ?? null);
  const isFull = useStore(runsViewStore, ({ chosen }) => chosen.length >= MOST_COMPARED);
  return (
    <tr data-chosen={place !== null || undefined}>
      <td className={classes.check}>
        <input
          type="checkbox"
          aria-label={`Choose ${name}`}
          checked={place !== null}
          disabled={place === null && isFull}
          style={place === null ? undefined : { accentColor: runColor(place) }}
          onChange={(event) => runsViewStore.getState().choose(id, event.currentTarget.checked)}
        />
      </td>
      <th scope="row" className={classes.name}>
        <LinkButton
          className={classes.open ?? ''}
          title={name}
          onClick={() => runsViewStore.getState().show({ kind: 'run', id })}
        >
          {name}
        </LinkButton>
        {note !== '' && (
          <span className={classes.note} title={note}>
            {note}
          </span>
        )}
      </th>
      <td>
        <span className={classes.outcome} data-outcome={outcome}>
          {OUTCOMES[outcome]}
        </span>
      </td>
      <td data-number data-best={isBest || undefined} title={isBest ? 'the best of these' : undefined}>
        {figure(evaluation?.macroF1)}
      </td>
      <td data-number>{figure(evaluation?.accuracy)}</td>
      <td data-number>{figure(evaluation?.loss)}</td>
      <td className={classes.words} title={data.name}>
        {data.name}
      </td>
      <td className={classes.words} title={model.name}>
        {model.name}
      </td>
      <td data-number>{count(steps)}</td>
      <td data-number>{clock(seconds)}</td>
      <td data-number>{dateOf(startedAt)}</td>
      <td data-number>{bytes > 0 ? size(bytes) : '—'}</td>
      <td className={classes.actions}>
        <RunMenu record={row} />
      </td>
    </tr>
  );
}

/** What can be done with the chosen runs together. Its place is kept, so that the table does not jump. */
function ChosenBar() {
  const chosen = useStore(runsViewStore, (state) => state.chosen);
  const { show, chooseNone } = runsViewStore.getState();
  const many = chosen.length;
  return (
    <div className={classes.chosen} role="group" aria-label="Chosen runs">
      <Button
        variant={many >= LEAST_COMPARED ? 'filled' : 'default'}
        disabled={many < LEAST_COMPARED}
        onClick={() => show({ kind: 'compare' })}
      >
        {many < LEAST_COMPARED ? 'Compare' : `Compare ${many} runs`}
      </Button>
      {many === 0 ? (
        <span className={classes.soft}>
          Choose {LEAST_COMPARED} to {MOST_COMPARED} runs to compare them
        </span>
      ) : (
        <>
          <Button variant="default" onClick={() => void runsStore.getState().remove(chosen.map(({ id }) => id))}>
            Delete {plural(many, 'run')}
          </Button>
          <LinkButton onClick={chooseNone}>Choose none</LinkButton>
        </>
      )}
    </div>
  );
}
