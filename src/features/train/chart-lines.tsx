/** The drawings inside the charts: recharts' lines, axes and tooltip in the page's colours, without animation. */
import { memo, startTransition, useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceDot, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import { count, figure } from '../../components/format.ts';
import type { Evaluation } from '../../protocol/trainer.ts';
import { axisTicks } from '../../stores/buckets.ts';
import { lossPoints } from '../../stores/curves.ts';
import { TrainingCurve } from './training-curve.tsx';
import { useSoon } from './use-soon.ts';
import classes from './charts.module.css';

const MARGIN = { top: 16, right: 14, bottom: 0, left: 0 };
/** Beyond this many evaluations their dots would touch. */
const MOST_DOTS = 60;
const TICK = { fill: 'var(--soft)', fontSize: 10 };
const STILL = { isAnimationActive: false, dot: false, connectNulls: true, type: 'linear' } as const;

interface Row {
  readonly step: number;
  readonly validation?: number;
  readonly accuracy?: number;
  readonly macroF1?: number;
}

interface FrameProps {
  readonly rows: Row[];
  readonly totalSteps: number;
  readonly low: number;
  readonly high: number;
  readonly children: ReactNode;
}

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

/** Three equal parts of the run on the horizontal axis, four of the range on the vertical. */
function Frame({ rows, totalSteps, low, high, children }: FrameProps) {
  const { ref, width, height } = useSize();
  const steps = Math.max(1, totalSteps);
  // The axes first, the lines a moment later: a whole chart at once is a long task.
  const lines = useSoon(60);
  return (
    <div ref={ref} className={classes.frame}>
      {width > 0 && height > 0 && (
        <LineChart width={width} height={height} data={rows} margin={MARGIN} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="step"
            type="number"
            domain={[0, steps]}
            ticks={[...new Set([0, 1, 2, 3].map((third) => Math.round((steps * third) / 3)))]}
            tickFormatter={count}
            tick={TICK}
            tickLine={false}
            axisLine={false}
            height={18}
          />
          <YAxis domain={[low, high]} ticks={axisTicks(low, high)} tick={TICK} tickLine={false} axisLine={false} width={34} />
          {lines && <Tooltip content={<Reading />} isAnimationActive={false} cursor={{ stroke: 'var(--faint)' }} />}
          {lines && children}
        </LineChart>
      )}
    </div>
  );
}

const NAMES: Readonly<Record<string, string>> = {
  validation: 'validation',
  accuracy: 'accuracy',
  macroF1: 'macro F1',
};

interface ReadingProps {
  readonly active?: boolean;
  readonly label?: number | string;
  readonly payload?: readonly { readonly dataKey?: unknown; readonly value?: unknown; readonly color?: string }[];
}

/** What the pointer is over, in figures. recharts fills in the props. */
function Reading({ active, label, payload }: ReadingProps) {
  if (!active || !payload || payload.length === 0) return null;
  const isLoss = payload.some(({ dataKey }) => dataKey === 'validation');
  const training = isLoss ? lossPoints().findLast(({ step }) => step <= Number(label)) : undefined;
  return (
    <div className={classes.reading}>
      <span className={classes.readingStep}>step {count(Number(label))}</span>
      {training && (
        <span>
          training, smoothed <b>{figure(training.smooth)}</b>
        </span>
      )}
      {payload.map(({ dataKey, value }) => (
        <span key={String(dataKey)}>
          {NAMES[String(dataKey)]} <b>{typeof value === 'number' ? figure(value) : '—'}</b>
        </span>
      ))}
    </div>
  );
}

export interface LossChartProps {
  readonly evaluations: readonly Evaluation[];
  readonly totalSteps: number;
  readonly top: number;
}

export const LossChart = memo(function LossChart({ evaluations, totalSteps, top }: LossChartProps) {
  const rows: Row[] = evaluations.map(({ step, loss }) => ({ step, validation: loss }));
  return (
    <Frame rows={rows} totalSteps={totalSteps} low={0} high={top}>
      <TrainingCurve totalSteps={totalSteps} />
      <Line
        {...STILL}
        dataKey="validation"
        stroke="var(--curve-2)"
        strokeWidth={1.6}
        dot={evaluations.length <= MOST_DOTS && DOT_2}
      />
    </Frame>
  );
});

const DOT_1 = { r: 2.6, fill: 'var(--curve-1)', stroke: 'none' };
const DOT_2 = { r: 2.6, fill: 'var(--curve-2)', stroke: 'none' };

export interface QualityChartProps {
  readonly evaluations: readonly Evaluation[];
  readonly best: Evaluation | null;
  readonly totalSteps: number;
  readonly bottom: number;
}

export const QualityChart = memo(function QualityChart({ evaluations, best, totalSteps, bottom }: QualityChartProps) {
  const rows: Row[] = evaluations.map(({ step, accuracy, macroF1 }) => ({ step, accuracy, macroF1 }));
  const now = rows.at(-1)?.step ?? totalSteps;
  return (
    <Frame rows={rows} totalSteps={totalSteps} low={bottom} high={1}>
      {now < totalSteps && <ReferenceLine x={now} stroke="var(--faint)" strokeDasharray="2 3" />}
      <Line {...STILL} dataKey="macroF1" stroke="var(--curve-3)" strokeWidth={1.8} />
      <Line
        {...STILL}
        dataKey="accuracy"
        stroke="var(--curve-1)"
        strokeWidth={1.8}
        dot={evaluations.length <= MOST_DOTS && DOT_1}
      />
      {best && (
        <ReferenceDot
          x={best.step}
          y={best.accuracy}
          r={5.5}
          fill="none"
          stroke="var(--curve-1)"
          label={{ value: `best ${figure(best.accuracy)}`, position: 'top', fill: 'var(--ink)', fontSize: 10 }}
        />
      )}
    </Frame>
  );
});
