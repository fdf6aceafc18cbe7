/**
 * The axes of a chart, by recharts, and what stands in them, by ourselves: recharts takes some 30 ms to take in new data for a chart,
 * paths of our own on its scales 1 ms. The model comes by a context, so that new points redraw the paths and nothing else.
 */
import {
  createContext,
  memo,
  startTransition,
  use,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type PointerEvent,
  type RefObject,
} from 'react';
import { Line, LineChart, usePlotArea, useXAxisScale, useYAxisScale, XAxis, YAxis } from 'recharts';
import { count } from '../format.ts';
import { axisTicks, logTicks } from './buckets.ts';
import type { ChartModel, Point } from './chart-model.ts';
import { useSoon } from './use-soon.ts';
import classes from './chart.module.css';

const MARGIN = { top: 16, right: 14, bottom: 0, left: 0 };
const TICK = { fill: 'var(--soft)', fontSize: 10 };
/** A drag over less than this share of the width is a click. */
const LEAST_DRAG = 0.02;

export interface Drawing {
  readonly model: ChartModel;
  /** The step that is read, null while none is. */
  readonly cursor: number | null;
  readonly onCursor: (step: number | null) => void;
  readonly onZoom: (from: number, to: number) => void;
}

export const DrawingContext = createContext<Drawing | null>(null);

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of the box to draw in; a new one is drawn in a transition, a chart made anew is no small thing. */
function useSize(): Size & { readonly ref: RefObject<HTMLDivElement | null> } {
  const ref = useRef<HTMLDivElement | null>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const { width, height } = entry.contentRect;
      startTransition(() => setSize({ width, height }));
    });
    if (ref.current) observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return { ref, ...size };
}

/** Ticks as short as they can be: 0.25, 2e-4, 1,500. */
function tick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return count(value);
  return size > 0 && size < 0.01 ? value.toExponential().replace('e+', 'e') : String(value);
}

/** Where the vertical axis has its ticks and the plot its lines. */
function heights({ low, high, log }: Pick<ChartModel, 'low' | 'high' | 'log'>): number[] {
  return log ? logTicks(low, high) : axisTicks(low, high);
}

export type FrameProps = Pick<ChartModel, 'from' | 'to' | 'low' | 'high' | 'log'>;

export const Frame = memo(function Frame({ from, to, low, high, log }: FrameProps) {
  const { ref, width, height } = useSize();
  // The axes first, the lines a moment later: a whole chart at once is a long task.
  const lines = useSoon(60);
  // recharts has scales only where it has data: the corners, in a line that is not drawn.
  const corners = useMemo(
    () => [
      { x: from, y: low },
      { x: to, y: high },
    ],
    [from, to, low, high],
  );
  const thirds = [0, 1, 2, 3].map((third) => Math.round(from + ((to - from) * third) / 3));
  return (
    <div ref={ref} className={classes.frame}>
      {width > 0 && height > 0 && (
        <LineChart width={width} height={height} data={corners} margin={MARGIN} accessibilityLayer={false}>
          <XAxis
            dataKey="x"
            type="number"
            domain={[from, to]}
            ticks={[...new Set(thirds)]}
            tickFormatter={count}
            tick={TICK}
            tickLine={false}
            axisLine={false}
            height={18}
          />
          <YAxis
            type="number"
            scale={log ? 'log' : 'linear'}
            domain={[low, high]}
            ticks={heights({ low, high, log })}
            tickFormatter={tick}
            tick={TICK}
            tickLine={false}
            axisLine={false}
            width={38}
          />
          {lines && <Line dataKey="y" stroke="none" dot={false} activeDot={false} isAnimationActive={false} />}
          {lines && <Lines />}
        </LineChart>
      )}
    </div>
  );
});

/** The grid, the lines, the best mark, where the run is, what is read, and the surface that takes the pointer. */
function Lines() {
  const drawing = use(DrawingContext);
  const plot = usePlotArea();
  const scaleX = useXAxisScale();
  const scaleY = useYAxisScale();
  if (!drawing || !plot || !scaleX || !scaleY) return null;
  const { model, cursor } = drawing;
  const bottom = plot.y + plot.height;
  const toX = (x: number): number => scaleX(x) ?? plot.x;
  // A spike beyond the axis ends at the edge of the plot; so does what a logarithm has no place for.
  const toY = (y: number): number => {
    const at = model.log && y <= 0 ? bottom : (scaleY(y) ?? bottom);
    return Math.min(bottom, Math.max(plot.y, at));
  };
  const path = (points: readonly Point[]): string =>
    points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${toX(x).toFixed(1)},${toY(y).toFixed(1)}`).join('');
  const upright = (x: number, stroke: string) => (
    <line x1={toX(x)} x2={toX(x)} y1={plot.y} y2={bottom} stroke={stroke} strokeDasharray="2 3" />
  );
  const { best, now } = model;
  return (
    <g fill="none" strokeLinejoin="round">
      {heights(model).map((height) => (
        <line key={height} x1={plot.x} x2={plot.x + plot.width} y1={toY(height)} y2={toY(height)} stroke="var(--line)" />
      ))}
      {now !== null && upright(now, 'var(--faint)')}
      {model.lines.map(({ name, color, points, raw, dots }) => (
        <g key={name} stroke={color}>
          {raw && <path d={path(raw)} strokeWidth={1} strokeOpacity={0.3} />}
          <path d={path(points)} strokeWidth={1.8} />
          {dots && points.map(({ x, y }) => <circle key={x} cx={toX(x)} cy={toY(y)} r={2.6} fill={color} stroke="none" />)}
        </g>
      ))}
      {best && best.x >= model.from && best.x <= model.to && (
        <g>
          <circle cx={toX(best.x)} cy={toY(best.y)} r={5.5} stroke="var(--ink)" />
          <text
            x={toX(best.x)}
            y={toY(best.y) - 9}
            textAnchor={
              toX(best.x) > plot.x + plot.width * 0.7 ? 'end' : toX(best.x) < plot.x + plot.width * 0.3 ? 'start' : 'middle'
            }
            fill="var(--ink)"
            fontSize={10}
          >
            {best.words}
          </text>
        </g>
      )}
      {cursor !== null && upright(cursor, 'var(--ink)')}
      <Surface {...drawing} plot={plot} toX={toX} />
    </g>
  );
}

interface SurfaceProps extends Drawing {
  readonly plot: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly toX: (step: number) => number;
}

/** Pointing reads a step, dragging zooms, a double click shows the whole run again (chart-figure.tsx has the keys). */
function Surface({ model, plot, toX, onCursor, onZoom }: SurfaceProps) {
  const [drag, setDrag] = useState<readonly [from: number, to: number] | null>(null);
  const stepAt = ({ clientX, currentTarget }: PointerEvent<SVGRectElement>): number => {
    const { left, width } = currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (clientX - left) / width));
    return Math.round(model.from + share * (model.to - model.from));
  };
  return (
    <>
      {drag && (
        <rect
          x={Math.min(...drag.map(toX))}
          y={plot.y}
          width={Math.abs(toX(drag[1]) - toX(drag[0]))}
          height={plot.height}
          fill="var(--accent)"
          fillOpacity={0.15}
        />
      )}
      <rect
        className={classes.surface}
        {...plot}
        fill="transparent"
        onPointerMove={(event) => {
          const step = stepAt(event);
          onCursor(step);
          if (drag) setDrag([drag[0], step]);
        }}
        onPointerLeave={() => onCursor(null)}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag([stepAt(event), stepAt(event)]);
        }}
        onPointerUp={() => {
          if (drag && Math.abs(drag[1] - drag[0]) > LEAST_DRAG * (model.to - model.from))
            onZoom(Math.min(...drag), Math.max(...drag));
          setDrag(null);
        }}
        onPointerCancel={() => setDrag(null)}
      />
    </>
  );
}
