/** A chart of one run, which shows one of many values: the chart's name is the choice. */
import { useCallback, useState } from 'react';
import { ChartFigure, type SaveFile } from './chart-figure.tsx';
import type { View } from './chart-model.ts';
import { canBeLog, canSmooth, CHARTS, runChartModel, runChartRows, type ChartedRun, type ChartKind } from './run-chart-model.ts';
import type { Subscribe } from './use-sampled.ts';
import classes from './chart.module.css';

const KINDS = Object.keys(CHARTS) as readonly ChartKind[];

export interface RunChartProps {
  /** "First" or "Second": which of the charts this is, for its choice's name. */
  readonly place: string;
  readonly initial: ChartKind;
  readonly run: () => ChartedRun;
  readonly subscribe: Subscribe;
  /** Milliseconds between two looks at the curves. */
  readonly interval: number;
  readonly save: SaveFile;
}

export function RunChart({ place, initial, run, subscribe, interval, save }: RunChartProps) {
  const [kind, setKind] = useState(initial);
  const choice = (
    <select
      aria-label={`${place} chart`}
      className={classes.kind}
      value={kind}
      onChange={(event) => setKind(KINDS.find((each) => each === event.currentTarget.value) ?? initial)}
    >
      {KINDS.map((each) => (
        <option key={each} value={each}>
          {CHARTS[each]}
        </option>
      ))}
    </select>
  );
  return (
    <ChartFigure
      title={choice}
      read={useCallback((view: View) => runChartModel(run(), kind, view), [run, kind])}
      rows={() => runChartRows(run(), kind)}
      canSmooth={canSmooth(kind)}
      canBeLog={canBeLog(kind)}
      subscribe={subscribe}
      interval={interval}
      save={save}
    />
  );
}
