/** What the finished run reached on the test rows, which nothing was decided by. Not there where the split has no such rows. */
import { useId } from 'react';
import { useStore } from 'zustand';
import { figure } from '../../components/format.ts';
import { runStore } from '../../stores/run.ts';
import classes from './train.module.css';

export function TestFigures() {
  const test = useStore(runStore, (state) => state.result?.test ?? null);
  if (!test) return null;
  return (
    <p className={classes.testFigures}>
      <Figure name="Test accuracy" value={test.accuracy} />
      <Figure name="Test macro F1" value={test.macroF1} />
      <span className={classes.note}>on rows that were kept aside until the end</span>
    </p>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: number }) {
  const id = useId();
  return (
    <span>
      <span id={id}>{name}</span> <output aria-labelledby={id}>{figure(value)}</output>
    </span>
  );
}
