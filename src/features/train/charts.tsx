/** The two charts of a run; a chunk of its own, for recharts' sake. The second is drawn after the first, so that no task is long. */
import { ChartFigure } from './chart-figure.tsx';
import { useSoon } from './use-soon.ts';
import classes from './charts.module.css';

/** Milliseconds between two looks at the curves; different ones, so that the two charts are seldom redrawn in one task. */
const FIRST_INTERVAL = 250;
const SECOND_INTERVAL = 400;

export default function Charts() {
  const second = useSoon(150);
  return (
    <div className={classes.charts}>
      <ChartFigure place="First" initial="loss" interval={FIRST_INTERVAL} />
      {second && <ChartFigure place="Second" initial="quality" interval={SECOND_INTERVAL} />}
    </div>
  );
}
