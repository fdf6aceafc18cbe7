/** The Try station: type a sentence, see what the model as trained so far says to it. */
import { Textarea } from '@mantine/core';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { ProblemList } from '../../components/problem-list.tsx';
import { Station } from '../../components/station.tsx';
import { dataStore } from '../../stores/data.ts';
import { modelStore } from '../../stores/model.ts';
import { problemsStore } from '../../stores/problems.ts';
import { runStore } from '../../stores/run.ts';
import { tryStore, usesPairs } from '../../stores/try.ts';
import { PredictionList } from './prediction-list.tsx';
import classes from './try.module.css';

export function TryStation() {
  const text = useStore(tryStore, (state) => state.text);
  const trainedPairs = useStore(runStore, (state) => state.trainedPairs);
  const info = useStore(modelStore, (state) => state.info);
  const dataset = useStore(dataStore, (state) => state.dataset);
  const pairs = usesPairs({ trainedPairs }, { info }, { dataset });
  const problems = useStore(
    problemsStore,
    useShallow((state) => state.problems.filter(({ place }) => place === 'try')),
  );
  return (
    <Station title="Try">
      <ProblemList problems={problems} onDismiss={problemsStore.getState().dismiss} />
      <Textarea
        aria-label="Text to classify"
        placeholder={pairs ? 'Type the first text' : 'Type a sentence'}
        rows={pairs ? 2 : 3}
        value={text}
        classNames={{ input: classes.text }}
        onChange={(event) => tryStore.getState().type(event.currentTarget.value)}
      />
      {pairs && <SecondText />}
      <Answer />
    </Station>
  );
}

function SecondText() {
  const secondText = useStore(tryStore, (state) => state.secondText);
  return (
    <Textarea
      aria-label="Second text of the pair"
      placeholder="Type the second text"
      rows={2}
      mt={8}
      value={secondText}
      classNames={{ input: classes.text }}
      onChange={(event) => tryStore.getState().typeSecond(event.currentTarget.value)}
    />
  );
}

function Answer() {
  const prediction = useStore(tryStore, (state) => state.prediction);
  const trained = useStore(runStore, (state) => state.trainedIn !== 0);
  const running = useStore(runStore, (state) => state.status !== 'idle');
  const hasHead = useStore(modelStore, (state) => state.info !== null && state.info.classes !== null);
  if (prediction) return <PredictionList prediction={prediction} />;
  const words =
    trained || hasHead
      ? 'What the model makes of it appears here as you type.'
      : running
        ? 'The model answers as soon as it has taken its first steps.'
        : 'Train first; then the model answers here as you type, also while it learns.';
  return <p className={classes.empty}>{words}</p>;
}
