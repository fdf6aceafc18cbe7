/**
 * One chart with all that can be done with it: another value, smoothing, a logarithmic axis, reading, zooming, as a table, as a file. By
 * pointer and by keys: arrows read, + and - zoom, 0 shows the whole run.
 */
import { useCallback, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { LinkButton } from '../../components/link-button.tsx';
import { smoothingFactor } from '../../stores/buckets.ts';
import { curvesStore } from '../../stores/curves.ts';
import { report } from '../../stores/problems.ts';
import { DrawingContext, Frame } from './chart-frame.tsx';
import { saveCsv, savePng } from './chart-files.ts';
import {
  CHARTS,
  canBeLog,
  canSmooth,
  chartModel,
  readLine,
  written,
  type ChartKind,
  type ChartModel,
  type View,
} from './chart-model.ts';
import { ChartTable } from './chart-table.tsx';
import { useSampled } from './use-sampled.ts';
import classes from './charts.module.css';

const KINDS = Object.keys(CHARTS) as readonly ChartKind[];
/** More names than this would push the chart down; a reading names them all. */
const MOST_KEYS = 4;

export interface ChartFigureProps {
  /** "First" or "second": which of the charts this is, for its choice's name. */
  readonly place: string;
  readonly initial: ChartKind;
  /** Milliseconds between two looks at the curves. */
  readonly interval: number;
}

export function ChartFigure({ place, initial, interval }: ChartFigureProps) {
  const [view, setView] = useState<View>({ kind: initial, zoom: null, log: false, smoothing: null });
  const [cursor, setCursor] = useState<number | null>(null);
  const [asTable, setAsTable] = useState(false);
  const model = useSampled(
    useCallback(() => chartModel(view), [view]),
    interval,
  );
  const plot = useRef<HTMLDivElement | null>(null);
  const change = useCallback((changes: Partial<View>): void => setView((before) => ({ ...before, ...changes })), []);
  const zoom = useCallback((from: number, to: number): void => change({ zoom: [from, to] }), [change]);
  const drawing = useMemo(() => ({ model, cursor, onCursor: setCursor, onZoom: zoom }), [model, cursor, zoom]);
  const { kind } = model;
  const save = (work: Promise<void>): void =>
    void work.catch((error: unknown) => report('training', error, 'The chart as a file'));
  return (
    <div className={classes.figure}>
      <div className={classes.head}>
        <h3 className={classes.title}>
          <select
            aria-label={`${place} chart`}
            className={classes.kind}
            value={view.kind}
            onChange={(event) =>
              change({ kind: KINDS.find((each) => each === event.currentTarget.value) ?? initial, log: false })
            }
          >
            {KINDS.map((each) => (
              <option key={each} value={each}>
                {CHARTS[each]}
              </option>
            ))}
          </select>
        </h3>
        <Keys model={model} cursor={cursor} />
      </div>
      {asTable ? (
        <ChartTable model={model} />
      ) : (
        <div
          ref={plot}
          role="group"
          tabIndex={0}
          aria-label={`${CHARTS[kind]}: arrow keys read values, plus and minus zoom, 0 shows the whole run`}
          className={classes.plot}
          onDoubleClick={() => change({ zoom: null })}
          onBlur={() => setCursor(null)}
          onKeyDown={(event) => {
            if (act(event, model, cursor, setCursor, zoom)) event.preventDefault();
            else if (event.key === '0' || event.key === 'Escape') change({ zoom: null });
          }}
        >
          <div role="img" aria-label={model.words} className={classes.picture}>
            <DrawingContext value={drawing}>
              <Frame from={model.from} to={model.to} low={model.low} high={model.high} log={model.log} />
            </DrawingContext>
          </div>
        </div>
      )}
      <div className={classes.tools}>
        {canSmooth(kind) && (
          <label className={classes.smoothing}>
            Smoothing
            <input
              type="range"
              min={0}
              max={0.99}
              step={0.01}
              value={view.smoothing ?? smoothingFactor(curvesStore.getState().totalSteps)}
              onChange={(event) => change({ smoothing: event.currentTarget.valueAsNumber })}
            />
          </label>
        )}
        {canBeLog(kind) && (
          <LinkButton aria-pressed={view.log} onClick={() => change({ log: !view.log })}>
            Log scale
          </LinkButton>
        )}
        {view.zoom && <LinkButton onClick={() => change({ zoom: null })}>Whole run</LinkButton>}
        <span className={classes.files}>
          <LinkButton aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            Table
          </LinkButton>
          <LinkButton aria-label={`${CHARTS[kind]} as CSV`} onClick={() => save(saveCsv(kind))}>
            CSV
          </LinkButton>
          {!asTable && (
            <LinkButton
              aria-label={`${CHARTS[kind]} as PNG`}
              onClick={() => {
                const svg = plot.current?.querySelector('svg');
                if (svg) save(savePng(svg, model));
              }}
            >
              PNG
            </LinkButton>
          )}
        </span>
      </div>
    </div>
  );
}

/** What a key does to the reading or the zoom; false when it is none of theirs. */
function act(
  { key }: KeyboardEvent,
  { from, to, lines }: ChartModel,
  cursor: number | null,
  setCursor: (step: number) => void,
  zoom: (from: number, to: number) => void,
): boolean {
  const steps = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const at = cursor ?? steps.at(-1) ?? to;
  const go = (step: number | undefined): true => {
    if (step !== undefined) setCursor(step);
    return true;
  };
  switch (key) {
    case 'ArrowLeft':
      return go(cursor === null ? at : steps.findLast((step) => step < at));
    case 'ArrowRight':
      return go(cursor === null ? at : steps.find((step) => step > at));
    case 'Home':
      return go(steps[0]);
    case 'End':
      return go(steps.at(-1));
    case '+':
    case '-': {
      const half = Math.max(2, Math.round((to - from) * (key === '+' ? 0.25 : 1)));
      zoom(Math.max(0, at - half), Math.min(curvesStore.getState().totalSteps, at + half));
      return true;
    }
    default:
      return false;
  }
}

/** The names of the lines; while a step is read, with their values there. */
function Keys({ model, cursor }: { readonly model: ChartModel; readonly cursor: number | null }) {
  const shown = model.lines.slice(0, cursor === null ? MOST_KEYS : undefined);
  return (
    <p className={classes.keys} aria-live="polite">
      {cursor !== null && <span className={classes.key}>step {cursor}</span>}
      {shown.map((line) => (
        <span key={line.name} className={classes.key}>
          <i aria-hidden style={{ background: line.color }} />
          {line.name} {cursor !== null && <b>{written(model.kind, readLine(line, cursor))}</b>}
        </span>
      ))}
      {shown.length < model.lines.length && <span className={classes.key}>and {model.lines.length - shown.length} more</span>}
    </p>
  );
}
