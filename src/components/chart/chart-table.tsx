/** A chart as a table: one row for each evaluation, or for each of at most a hundred steps. */
import { count } from '../format.ts';
import { thin } from './buckets.ts';
import { readLine, type ChartModel } from './chart-model.ts';
import classes from './chart.module.css';

const MOST_ROWS = 100;

export function ChartTable({ model }: { readonly model: ChartModel }) {
  const { title, lines, write } = model;
  // A line of few points is one of evaluations: its steps are the rows.
  const [sparsest = []] = lines
    .map(({ points }) => points)
    .filter(({ length }) => length > 0)
    .sort((a, b) => a.length - b.length);
  const steps = thin(
    sparsest.map(({ x }) => x),
    MOST_ROWS,
  );
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label={`${title} as a table`}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Step</th>
            {lines.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={step}>
              <td>{count(step)}</td>
              {lines.map((line) => (
                <td key={line.name}>{write(readLine(line, step))}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
