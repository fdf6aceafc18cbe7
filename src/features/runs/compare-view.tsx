/** Two to six runs beside each other: whether they really differ, their curves over each other, and only what they were told differently. */
import { NativeSelect } from '@mantine/core';
import { useCallback, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { ChartFigure } from '../../components/chart/chart-figure.tsx';
import type { View } from '../../components/chart/chart-model.ts';
import { figure } from '../../components/format.ts';
import { LinkButton } from '../../components/link-button.tsx';
import { plural } from '../../lib/counts.ts';
import { runsStore } from '../../stores/runs.ts';
import { runsViewStore } from '../../stores/runs-view.ts';
import { saveWhenMade } from '../../stores/save-file.ts';
import { SETTINGS } from '../../stores/setting-layout.ts';
import {
  COMPARED_CURVES,
  comparedChart,
  comparedRows,
  differing,
  measureRows,
  type ComparedCurve,
  type ComparedRun,
} from './compare.ts';
import { runColor } from './run-words.ts';
import { useDifferences, type Difference } from './use-differences.ts';
import { UNCHANGING, useKept, type KeptCurves } from './use-kept.ts';
import classes from './runs.module.css';
import compare from './compare.module.css';

const CURVES = Object.keys(COMPARED_CURVES) as readonly ComparedCurve[];
const NO_CURVES: KeptCurves = new Map();

export function CompareView() {
  const records = useStore(runsStore, (state) => state.records);
  const chosen = useStore(runsViewStore, (state) => state.chosen);
  const runs = useMemo(
    () =>
      chosen.flatMap(({ id, place }) => {
        const record = records?.find((each) => each.id === id);
        return record ? [{ record, color: runColor(place) }] : [];
      }),
    [chosen, records],
  );
  const compared = useMemo(() => runs.map(({ record }) => record), [runs]);
  const curves = useKept(compared) ?? NO_CURVES;
  return (
    <div className={compare.view}>
      <Differences runs={runs} />
      <h2 className={classes.hidden}>Curves</h2>
      <div className={compare.charts}>
        {CURVES.map((curve) => (
          <ComparedChart key={curve} runs={runs} curves={curves} curve={curve} />
        ))}
      </div>
      <div className={compare.tables} data-many={runs.length > 3 || undefined}>
        <Measures runs={runs} />
        <Settings runs={runs} />
      </div>
    </div>
  );
}

function Swatch({ color }: { readonly color: string }) {
  return <i aria-hidden className={compare.swatch} style={{ background: color }} />;
}

/** Better or worse than one of them, and whether that is more than chance. */
function Differences({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const [wanted, setReference] = useState<string | null>(null);
  const first = runs.find(({ record }) => record.id === wanted) ?? runs[0];
  const records = useMemo(() => runs.map(({ record }) => record), [runs]);
  const differences = useDifferences(records, first?.record.id ?? '');
  if (!first) return null;
  return (
    <section aria-labelledby="compare-difference" className={compare.difference}>
      <div className={compare.caption}>
        <h2 id="compare-difference">Macro F1, and what is more than chance</h2>
        <NativeSelect
          aria-label="Compared with"
          className={compare.reference ?? ''}
          value={first.record.id}
          data={runs.map(({ record }) => ({ value: record.id, label: `Compared with ${record.name}` }))}
          onChange={(event) => setReference(event.currentTarget.value)}
        />
      </div>
      <div className={classes.scroll} role="group" aria-label="Differences of macro F1" tabIndex={0}>
        <table className={classes.table} aria-label="Differences">
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col" data-number>
                Macro F1
              </th>
              <th scope="col" data-number>
                Difference
              </th>
              <th scope="col" data-number>
                95 % interval
              </th>
              <th scope="col">In words</th>
              <th scope="col">
                <span className={classes.hidden}>Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map(({ record, color }) => (
              <tr key={record.id}>
                <th scope="row" className={classes.name}>
                  <Swatch color={color} />
                  <LinkButton
                    className={classes.open ?? ''}
                    onClick={() => runsViewStore.getState().show({ kind: 'run', id: record.id })}
                  >
                    {record.name}
                  </LinkButton>
                </th>
                <td data-number>{figure(record.evaluation?.macroF1)}</td>
                {record === first.record ? (
                  <td colSpan={3} className={classes.soft}>
                    the others are compared with this one
                  </td>
                ) : (
                  <DifferenceCells difference={differences.get(record.id) ?? null} />
                )}
                <td className={classes.actions}>
                  <LinkButton
                    aria-label={`Leave out ${record.name}`}
                    onClick={() => runsViewStore.getState().choose(record.id, false)}
                  >
                    Leave out
                  </LinkButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${figure(Math.abs(value))}`;
}

function DifferenceCells({ difference }: { readonly difference: Difference | null }) {
  if (difference === null || typeof difference === 'string') {
    return (
      <td colSpan={3} className={classes.soft}>
        {difference === null
          ? 'resampling the rows'
          : difference === 'otherRows'
            ? 'other rows or another split: they cannot be compared row by row'
            : 'what it said of each row was not kept, so there is no interval'}
      </td>
    );
  }
  const { difference: value, interval, distinguishable, rows } = difference;
  const words = distinguishable ? (value > 0 ? 'better' : 'worse') : 'not distinguishable';
  return (
    <>
      <td data-number>{signed(value)}</td>
      <td data-number>
        {signed(interval.low)} to {signed(interval.high)}
      </td>
      <td>
        <span className={compare.verdict} data-verdict={words}>
          {words}
        </span>{' '}
        <span className={classes.soft}>on the same {plural(rows, 'row')}</span>
      </td>
    </>
  );
}

interface ComparedChartProps {
  readonly runs: readonly ComparedRun[];
  readonly curves: KeptCurves;
  readonly curve: ComparedCurve;
}

const save = (name: string, work: Promise<Blob>): void => saveWhenMade('runs', name, work);

function ComparedChart({ runs, curves, curve }: ComparedChartProps) {
  return (
    <ChartFigure
      read={useCallback((view: View) => comparedChart(runs, curves, curve, view), [runs, curves, curve])}
      rows={() => comparedRows(runs, curves, curve)}
      canSmooth={curve === 'loss'}
      canBeLog={curve !== 'macroF1'}
      subscribe={UNCHANGING}
      interval={100}
      save={save}
    />
  );
}

interface TableProps {
  readonly runs: readonly ComparedRun[];
}

function Head({ runs, first }: TableProps & { readonly first: string }) {
  return (
    <thead>
      <tr>
        <th scope="col">{first}</th>
        {runs.map(({ record, color }) => (
          <th key={record.id} scope="col" data-number title={record.name}>
            <Swatch color={color} />
            {record.name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Measures({ runs }: TableProps) {
  const rows = measureRows(runs.map(({ record }) => record));
  return (
    <section aria-labelledby="compare-measures">
      <h2 id="compare-measures">Measures</h2>
      <div className={classes.scroll} role="group" aria-label="Table of measures" tabIndex={0}>
        <table className={classes.table} aria-label="Measures">
          <Head runs={runs} first="Measure" />
          <tbody>
            {rows.map(({ name, values, best }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {values.map((value, i) => (
                  <td key={runs[i]?.record.id} data-number data-best={best.includes(i) || undefined}>
                    {value}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Settings({ runs }: TableProps) {
  const rows = differing(runs.map(({ record }) => record));
  const others = SETTINGS.length - rows.filter(({ name }) => SETTINGS.some((each) => each === name)).length;
  return (
    <section aria-labelledby="compare-settings">
      <h2 id="compare-settings">What differs</h2>
      {rows.length > 0 && (
        <div className={classes.scroll} role="group" aria-label="Table of what differs" tabIndex={0}>
          <table className={classes.table} aria-label="Settings that differ">
            <Head runs={runs} first="Setting" />
            <tbody>
              {rows.map(({ name, values }) => (
                <tr key={name}>
                  <th scope="row">
                    <code>{name}</code>
                  </th>
                  {values.map((value, i) => (
                    <td key={runs[i]?.record.id} data-number>
                      {value}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className={classes.soft}>
        {rows.length === 0
          ? 'Nothing: the same settings, data and model. What differs is chance, or the machine.'
          : `${plural(others, 'other setting')} ${others === 1 ? 'is' : 'are'} the same.`}
      </p>
    </section>
  );
}
