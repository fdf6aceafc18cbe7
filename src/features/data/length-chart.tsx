/** How long the texts are in tokens, as bars, with a line where max_length cuts. The figures stand below it as words. */
import { useStore } from 'zustand';
import { count, percent } from '../../components/format.ts';
import { doctorStore } from '../../stores/doctor.ts';
import { settingsStore } from '../../stores/settings.ts';
import classes from './doctor.module.css';

const BARS = 40;
const WIDTH = 400;
const HEIGHT = 72;

/** `counts[n]` texts of n tokens, put together into at most `BARS` bars of equal width. */
function barsOf(counts: readonly number[]): { readonly heights: readonly number[]; readonly width: number } {
  const width = Math.max(1, Math.ceil(counts.length / BARS));
  const heights = Array.from({ length: Math.ceil(counts.length / width) }, (_, bar) =>
    counts.slice(bar * width, (bar + 1) * width).reduce((sum, each) => sum + each, 0),
  );
  return { heights, width };
}

export function LengthChart() {
  const lengths = useStore(doctorStore, (state) => state.lengths?.lengths ?? null);
  const maxLength = Number(useStore(settingsStore, ({ drafts }) => drafts.max_length));
  if (!lengths) return <p className={classes.soft}>Measured when the model is there.</p>;
  const { counts, texts, sampled, median, longest } = lengths;
  const { heights, width } = barsOf(counts);
  const most = Math.max(1, ...heights);
  const step = WIDTH / heights.length;
  const cut = counts.slice(maxLength + 1).reduce((sum, each) => sum + each, 0);
  const line = Math.min(WIDTH, ((maxLength + 1) / width) * step);
  const words = `median ${median}, longest ${count(longest)} tokens; max_length ${maxLength} cuts ${count(cut)} of ${count(texts)} (${percent(cut / Math.max(1, texts))})`;
  return (
    <figure>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`Lengths of the texts: ${words}`} className={classes.chart}>
        {heights.map((height, bar) => {
          const tall = height === 0 ? 0 : Math.max(1.5, (height / most) * (HEIGHT - 4));
          const isCut = bar * width > maxLength;
          return (
            <rect
              key={bar}
              x={bar * step + 0.5}
              y={HEIGHT - tall}
              width={Math.max(1, step - 1)}
              height={tall}
              fill={isCut ? 'var(--curve-2)' : 'var(--curve-1)'}
            />
          );
        })}
        {line < WIDTH && <line x1={line} x2={line} y1={0} y2={HEIGHT} stroke="var(--ink)" strokeDasharray="3 3" />}
      </svg>
      <figcaption className={classes.soft}>
        {sampled && 'Of a sample: '}
        {words}.
      </figcaption>
    </figure>
  );
}
