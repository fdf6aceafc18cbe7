/** The Export station: the model as trained so far, in one zip, and what is in it. */
import { Button } from '@mantine/core';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { size } from '../../components/format.ts';
import { ProblemList } from '../../components/problem-list.tsx';
import { Station } from '../../components/station.tsx';
import { exportStore } from '../../stores/export.ts';
import { modelStore } from '../../stores/model.ts';
import { problemsStore } from '../../stores/problems.ts';
import { runStore } from '../../stores/run.ts';
import classes from './export.module.css';

const BESIDE_WEIGHTS: readonly (readonly [file: string, about: string])[] = [
  ['config.json', 'id2label, label2id'],
  ['tokenizer.json', 'and its settings'],
  ['README.md', 'a short model card'],
];

/** Bytes of a weight as it is written. */
const F32 = 4;

export function ExportStation() {
  const packing = useStore(exportStore, (state) => state.packing);
  const ready = useStore(runStore, (state) => state.trainedIn !== 0);
  const [imported, parameters] = useStore(
    modelStore,
    useShallow((state) => [state.info !== null && state.info.classes !== null, state.info?.parameters ?? null]),
  );
  const problems = useStore(
    problemsStore,
    useShallow((state) => state.problems.filter(({ place }) => place === 'export')),
  );
  const can = ready || imported;
  return (
    <Station title="Export" grow>
      <ProblemList problems={problems} onDismiss={problemsStore.getState().dismiss} />
      <Button
        variant="filled"
        size="sm"
        fullWidth
        disabled={!can || packing}
        onClick={() => void exportStore.getState().download()}
      >
        <span>
          {packing ? 'Packing the model' : 'Download model'}
          {parameters !== null && (
            <span aria-hidden className={classes.size}>
              {' '}
              {size(parameters * F32)}
            </span>
          )}
        </span>
      </Button>
      <p className={classes.lead}>
        {can
          ? 'A zip that transformers loads unchanged, and that opens here again with the same predictions.'
          : 'Train first; what the model has learnt so far can be taken away at any time.'}
      </p>
      <dl className={classes.list}>
        <div>
          <dt>model.safetensors</dt>
          <dd>F32{parameters !== null && `, ${size(parameters * F32)}`}</dd>
        </div>
        {BESIDE_WEIGHTS.map(([file, about]) => (
          <div key={file}>
            <dt>{file}</dt>
            <dd>{about}</dd>
          </div>
        ))}
      </dl>
    </Station>
  );
}
