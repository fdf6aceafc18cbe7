/** The learning rate over the run, drawn from the very schedule that the trainer will follow. */
import { useStore } from 'zustand';
import { count } from '../../components/format.ts';
import { countSteps, planRun } from '../../engine/train/run-plan.ts';
import { countWarmupSteps, createSchedule } from '../../engine/train/schedule.ts';
import { plural } from '../../lib/counts.ts';
import { dataStore } from '../../stores/data.ts';
import { draftOf, parseSettings, settingsStore } from '../../stores/settings.ts';
import classes from './settings.module.css';

const [WIDTH, HEIGHT, EDGE] = [300, 72, 4];
const POINTS = 150;
/** Rows to draw it for while there are no data. */
const SOME_ROWS = 2400;

export function ScheduleCurve() {
  const drafts = useStore(settingsStore, (state) => state.drafts);
  const rows = useStore(dataStore, ({ dataset }) => dataset?.profile.trainRows ?? null);
  const settings = parseSettings(drafts);
  if ('wrong' in settings) return <p className={classes.lead}>The curve is drawn when every field is right.</p>;
  const rowCount = rows ?? SOME_ROWS;
  const { total } = countSteps(rowCount, settings);
  const warmup = settings.lr_scheduler_type === 'constant' ? 0 : countWarmupSteps(total, settings);
  const factor = createSchedule(settings.lr_scheduler_type, warmup, total);
  const steps = Array.from({ length: Math.min(POINTS, total) + 1 }, (_, i) => Math.round((i * total) / Math.min(POINTS, total)));
  const toX = (step: number): number => EDGE + (step / total) * (WIDTH - 2 * EDGE);
  const toY = (value: number): number => HEIGHT - EDGE - value * (HEIGHT - 2 * EDGE);
  const path = steps.map((step, i) => `${i === 0 ? 'M' : 'L'}${toX(step).toFixed(1)},${toY(factor(step)).toFixed(1)}`).join('');
  const highest = settings.learning_rate * Math.max(...steps.map(factor));
  const { evaluations } = planRun(rowCount, settings);
  const words =
    `${rows === null ? `With ${count(SOME_ROWS)} texts: ` : ''}${plural(total, 'step')}, ` +
    `${warmup > 0 ? `${count(Math.min(warmup, total))} of them warm-up` : 'no warm-up'}, ` +
    `highest rate ${draftOf(Number(highest.toPrecision(3)))}, ${plural(evaluations, 'evaluation')}.`;
  return (
    <figure className={classes.schedule}>
      <svg role="img" aria-label="Learning rate over the run" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
        <path d={`${path}L${toX(total)},${toY(0)}L${toX(0)},${toY(0)}Z`} fill="var(--accent-soft)" />
        <path d={path} fill="none" stroke="var(--curve-1)" strokeWidth={2} vectorEffect="non-scaling-stroke" />
        {warmup > 0 && warmup < total && (
          <line x1={toX(warmup)} x2={toX(warmup)} y1={EDGE} y2={HEIGHT - EDGE} stroke="var(--faint)" strokeDasharray="2 3" />
        )}
      </svg>
      <figcaption>{words}</figcaption>
    </figure>
  );
}
