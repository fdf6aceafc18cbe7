/**
 * The prediction: a list, one item a class, best first, each read as "positive 98 %". Where a text may have several classes each has a
 * probability of its own, those that are predicted are marked, and read as "refund 91 %, predicted".
 */
import { memo } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { Bar } from '../../components/bar.tsx';
import { classColor, classPlace } from '../../components/class-color.ts';
import { count, percent } from '../../components/format.ts';
import { LinkButton } from '../../components/link-button.tsx';
import type { Prediction } from '../../protocol/trainer.ts';
import { dataClasses, dataStore } from '../../stores/data.ts';
import { MOST_PINNED, pinnedStore } from '../../stores/pinned.ts';
import { presentPairs, tryStore } from '../../stores/try.ts';
import classes from './try.module.css';

export const PredictionList = memo(function PredictionList({ prediction }: { readonly prediction: Prediction }) {
  const inData = useStore(dataStore, useShallow(dataClasses));
  const { step, milliseconds, problemType } = prediction;
  const several = problemType === 'multi_label_classification';
  return (
    <>
      {/* The role is spelt out because Safari drops it from a list without bullets. */}
      <ul
        role="list"
        aria-label="Prediction"
        className={classes.list}
        data-several={several || undefined}
        tabIndex={prediction.classes.length > 8 ? 0 : undefined}
      >
        {prediction.classes.map(({ label, probability, index, predicted }) => (
          <li
            key={label}
            className={classes.item}
            data-predicted={predicted || undefined}
            aria-label={`${label} ${percent(probability)}${several && predicted ? ', predicted' : ''}`}
          >
            <span className={classes.label}>{label}</span>
            <span className={classes.bar}>
              <Bar parts={[{ share: probability, color: classColor(classPlace(label, inData, index)) }]} />
            </span>{' '}
            <data value={probability} title={probability.toFixed(6)} className={classes.share}>
              {percent(probability)}
            </data>
          </li>
        ))}
      </ul>
      <p className={classes.facts}>
        {several && 'ticked from 50 % on, each class by itself · '}
        {milliseconds < 1 ? 'under 1' : count(milliseconds)} ms · {step === null ? 'as imported' : `step ${count(step)}`}
        <PinButton />
      </p>
    </>
  );
});

/** Keeps the present text in sight: it is scored again at each evaluation. */
function PinButton() {
  const text = useStore(tryStore, (state) => state.text.trim());
  const canPin = useStore(
    pinnedStore,
    ({ entries }) => entries.length < MOST_PINNED && entries.every((entry) => entry.text !== text),
  );
  // A pinned sentence is scored alone.
  if (!canPin || text === '' || presentPairs()) return null;
  return (
    <>
      {' · '}
      <LinkButton onClick={() => void pinnedStore.getState().pin(text)}>Pin</LinkButton>
    </>
  );
}
