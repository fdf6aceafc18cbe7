/** The two charts of a run; a chunk of its own, for recharts' sake. The second is drawn after the first, so that no task is long. */
import type { ChartedRun } from '../../components/chart/run-chart-model.ts';
import { RunChart } from '../../components/chart/run-chart.tsx';
import { useSoon } from '../../components/chart/use-soon.ts';
import { curvesStore, evaluationPoints, stepSeries } from '../../stores/curves.ts';
import { dataClasses } from '../../stores/data.ts';
import { runStore } from '../../stores/run.ts';
import { saveWhenMade } from '../../stores/save-file.ts';
import classes from '../../components/chart/chart.module.css';

/** Milliseconds between two looks at the curves; different ones, so that the two charts are seldom redrawn in one task. */
const FIRST_INTERVAL = 250;
const SECOND_INTERVAL = 400;

function liveRun(): ChartedRun {
  const { totalSteps, guessingLoss } = curvesStore.getState();
  const { classes: labels, best, settings } = runStore.getState();
  return {
    ...{ steps: stepSeries(), evaluations: evaluationPoints(), totalSteps, guessingLoss, classes: labels, best },
    dataClasses: dataClasses(),
    metric: settings?.metric_for_best_model ?? 'macro_f1',
  };
}

const LIVE = {
  run: liveRun,
  subscribe: curvesStore.subscribe,
  save: (name: string, work: Promise<Blob>) => saveWhenMade('training', name, work),
};

export default function Charts() {
  const second = useSoon(250);
  return (
    <div className={classes.charts}>
      <RunChart place="First" initial="loss" interval={FIRST_INTERVAL} {...LIVE} />
      {second && <RunChart place="Second" initial="quality" interval={SECOND_INTERVAL} {...LIVE} />}
    </div>
  );
}
