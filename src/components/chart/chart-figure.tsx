/**
 * One chart with all that can be done with it: smoothing, a logarithmic axis, reading, zooming, as a table, as a file. By pointer and by
 * keys: arrows read, + and - zoom, 0 shows the whole run. What it shows is up to who gives it a model.
 */
import { useCallback, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { LinkButton } from '../link-button.tsx';
import { smoothingFactor } from './buckets.ts';
import { csvOf, pngOf } from './chart-files.ts';
import { DrawingContext, Frame } from './chart-frame.tsx';
import { readLine, type ChartModel, type View } from './chart-model.ts';
import { ChartTable } from './chart-table.tsx';
import { useSampled, type Subscribe } from './use-sampled.ts';
import { useSoon } from './use-soon.ts';
import classes from './chart.module.css';

/** More names than this would push the chart down; a reading names them all. */
const MOST_KEYS = 6;

/** Saves what is made under a name, or says why it could not be made. */
export type SaveFile = (name: string, work: Promise<Blob>) => void;

export interface ChartFigureProps {
  /** In place of the model's title: a choice of charts. */
  readonly title?: ReactNode;
  readonly read: (view: View) => ChartModel;
  /** Every value, for a file. */
  readonly rows: () => readonly (readonly (string | number)[])[];
  readonly canSmooth: boolean;
  readonly canBeLog: boolean;
  /** Calls back when the model has changed. */
  readonly subscribe: Subscribe;
  /** Milliseconds between two looks. */
  readonly interval: number;
  readonly save: SaveFile;
}

const WHOLE: View = { zoom: null, log: false, smoothing: null };

export function ChartFigure({ title, read, rows, canSmooth, canBeLog, subscribe, interval, save }: ChartFigureProps) {
  const [view, setView] = useState<View>(WHOLE);
  const [cursor, setCursor] = useState<number | null>(null);
  const [asTable, setAsTable] = useState(false);
  const model = useSampled(
    useCallback(() => read(view), [read, view]),
    interval,
    subscribe,
  );
  // What stands around the drawing first, in a task of its own.
  const drawn = useSoon(50);
  const plot = useRef<HTMLDivElement | null>(null);
  const change = useCallback((changes: Partial<View>): void => setView((before) => ({ ...before, ...changes })), []);
  const zoom = useCallback((from: number, to: number): void => change({ zoom: [from, to] }), [change]);
  const drawing = useMemo(() => ({ model, cursor, onCursor: setCursor, onZoom: zoom }), [model, cursor, zoom]);
  const fileName = model.title.toLowerCase().replaceAll(' ', '-');
  return (
    <div className={classes.figure}>
      <div className={classes.head}>
        <h3 className={classes.title}>{title ?? model.title}</h3>
        <Keys model={model} cursor={cursor} />
      </div>
      {asTable ? (
        <ChartTable model={model} />
      ) : (
        <div
          ref={plot}
          role="group"
          tabIndex={0}
          aria-label={`${model.title}: arrow keys read values, plus and minus zoom, 0 shows the whole run`}
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
              {drawn && <Frame from={model.from} to={model.to} low={model.low} high={model.high} log={model.log} />}
            </DrawingContext>
          </div>
        </div>
      )}
      <div className={classes.tools}>
        {canSmooth && (
          <label className={classes.smoothing}>
            Smoothing
            <input
              type="range"
              min={0}
              max={0.99}
              step={0.01}
              value={view.smoothing ?? smoothingFactor(model.totalSteps)}
              onChange={(event) => change({ smoothing: event.currentTarget.valueAsNumber })}
            />
          </label>
        )}
        {canBeLog && (
          <LinkButton aria-pressed={view.log} onClick={() => change({ log: !view.log })}>
            Log scale
          </LinkButton>
        )}
        {view.zoom && <LinkButton onClick={() => change({ zoom: null })}>Whole run</LinkButton>}
        <span className={classes.files}>
          <LinkButton aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            Table
          </LinkButton>
          <LinkButton aria-label={`${model.title} as CSV`} onClick={() => save(`${fileName}.csv`, csvOf(rows()))}>
            CSV
          </LinkButton>
          {!asTable && (
            <LinkButton
              aria-label={`${model.title} as PNG`}
              onClick={() => {
                const svg = plot.current?.querySelector('svg');
                if (svg) save(`${fileName}.png`, pngOf(svg, model));
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
  { from, to, lines, totalSteps }: ChartModel,
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
      zoom(Math.max(0, at - half), Math.min(totalSteps, at + half));
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
          {line.name} {cursor !== null && <b>{model.write(readLine(line, cursor))}</b>}
        </span>
      ))}
      {shown.length < model.lines.length && <span className={classes.key}>and {model.lines.length - shown.length} more</span>}
    </p>
  );
}
