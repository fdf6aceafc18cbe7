/**
 * The training loss inside its chart: raw and pale, smoothed and strong, and where the run is now. It is the one line that grows several
 * times a second. recharts takes some 30 ms to take in new data for a chart, so this draws its own paths with the chart's scales: 1 ms.
 */
import { usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import { lossPoints } from '../../stores/curves.ts';
import { useSampled } from './use-sampled.ts';

const INTERVAL = 250;

export function TrainingCurve({ totalSteps }: { readonly totalSteps: number }) {
  const points = useSampled(lossPoints, INTERVAL);
  const plot = usePlotArea();
  const toX = useXAxisScale();
  const toY = useYAxisScale();
  const last = points.at(-1);
  if (!plot || !toX || !toY || !last) return null;
  const bottom = plot.y + plot.height;
  const path = (value: 'loss' | 'smooth'): string =>
    points
      .map((point, i) => {
        // A spike above the axis ends at the edge of the plot.
        const y = Math.min(bottom, Math.max(plot.y, toY(point[value]) ?? plot.y));
        return `${i === 0 ? 'M' : 'L'}${(toX(point.step) ?? 0).toFixed(1)},${y.toFixed(1)}`;
      })
      .join('');
  const now = toX(last.step);
  return (
    <g fill="none" strokeLinejoin="round">
      {last.step < totalSteps && <line x1={now} x2={now} y1={plot.y} y2={bottom} stroke="var(--faint)" strokeDasharray="2 3" />}
      <path d={path('loss')} stroke="var(--curve-1)" strokeWidth={1} strokeOpacity={0.3} />
      <path d={path('smooth')} stroke="var(--curve-1)" strokeWidth={2} />
    </g>
  );
}
