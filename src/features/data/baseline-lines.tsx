/** What simple methods reach on the same split, as a table of two lines. */
import { useStore } from 'zustand';
import { count, figure } from '../../components/format.ts';
import { doctorStore } from '../../stores/doctor.ts';
import classes from './doctor.module.css';

export function BaselineLines() {
  const baseline = useStore(doctorStore, (state) => state.baseline);
  if (!baseline) return <p className={classes.soft}>Computed when the model is there.</p>;
  const { majority, logistic, trainedOn, words } = baseline;
  return (
    <>
      <table className={classes.table} aria-label="Baselines">
        <thead>
          <tr>
            <th scope="col">Method</th>
            <th scope="col">Accuracy</th>
            <th scope="col">Macro F1</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>Always the commonest class</td>
            <td>{figure(majority.accuracy)}</td>
            <td>{figure(majority.macroF1)}</td>
          </tr>
          <tr>
            <td>Words alone (TF-IDF, logistic regression)</td>
            <td>{figure(logistic.accuracy)}</td>
            <td>{figure(logistic.macroF1)}</td>
          </tr>
        </tbody>
      </table>
      <p className={classes.soft}>
        On the validation rows; from {count(trainedOn)} texts with {count(words)} different words.
      </p>
    </>
  );
}
