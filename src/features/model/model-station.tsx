/** The Model station: what is being taught, what its head is, and what it runs on here. */
import { lazy, Suspense, useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { useFileInput } from '../../components/file-input.tsx';
import { count, percent, size, parameters } from '../../components/format.ts';
import { LinkButton } from '../../components/link-button.tsx';
import { NoticeList } from '../../components/notice-list.tsx';
import { ProblemList } from '../../components/problem-list.tsx';
import { Station } from '../../components/station.tsx';
import type { ModelInfo } from '../../protocol/trainer.ts';
import { computeStore } from '../../stores/compute.ts';
import { modelStore } from '../../stores/model.ts';
import { problemsStore } from '../../stores/problems.ts';
import { runStore } from '../../stores/run.ts';
import { HubForm } from './hub-form.tsx';
import { ModelFileInput, ModelFolderInput } from './model-file.tsx';
import classes from './model.module.css';

const ModelsDialog = lazy(() => import('./models-dialog.tsx'));

export function ModelStation() {
  const info = useStore(modelStore, (state) => state.info);
  const starter = useStore(modelStore, (state) => state.source.kind === 'starter');
  const loading = useStore(modelStore, (state) => state.loading);
  const compute = useStore(computeStore, (state) => state.info);
  const running = useStore(runStore, (state) => state.status !== 'idle');
  const problems = useStore(
    problemsStore,
    useShallow((state) => state.problems.filter(({ place }) => place === 'model')),
  );
  const [choosing, setChoosing] = useState(false);
  const files = useFileInput();
  const folder = useFileInput();
  return (
    <Station
      title="Model"
      grow
      actions={
        <LinkButton aria-haspopup="dialog" aria-label="Change model" onClick={() => setChoosing(true)}>
          Change
        </LinkButton>
      }
    >
      <ProblemList problems={problems} onDismiss={problemsStore.getState().dismiss} />
      <ModelFileInput inputRef={files.ref} />
      <ModelFolderInput inputRef={folder.ref} />
      {choosing && (
        <Suspense fallback={null}>
          <ModelsDialog
            disabled={running}
            onClose={() => setChoosing(false)}
            openFiles={() => {
              setChoosing(false);
              files.open();
            }}
            openFolder={() => {
              setChoosing(false);
              folder.open();
            }}
          />
        </Suspense>
      )}
      <div className={classes.summary}>
        <span className={classes.name}>{info?.name ?? 'Starter'}</span>
        <span className={classes.facts}>
          {loading
            ? `loading ${percent(loading.fraction)}`
            : info
              ? `${size(info.bytes)} · ${count(info.layers)} layers`
              : 'not loaded yet'}
        </span>
      </div>
      {info && <About info={info} starter={starter} />}
      {compute && (
        <dl className={classes.list}>
          <div>
            <dt>Runs on</dt>
            <dd>
              {compute.title}
              <span className={classes.reason}>{compute.reason}</span>
            </dd>
          </div>
        </dl>
      )}
      <HubForm disabled={running} />
    </Station>
  );
}

function About({ info, starter }: { readonly info: ModelInfo; readonly starter: boolean }) {
  return (
    <>
      {starter && (
        <p className={classes.about} title="Larger models take longer and gain a few points.">
          A small English BERT that comes with the page.
        </p>
      )}
      <dl className={classes.list}>
        <div>
          <dt>Weights</dt>
          <dd>
            {info.modelType}, {parameters(info.parameters)}
          </dd>
        </div>
        <div>
          <dt>Reads up to</dt>
          <dd>{count(info.maxLength)} tokens</dd>
        </div>
        <div>
          <dt>Head</dt>
          <dd>{info.classes ? info.classes.join(', ') : 'new for your classes'}</dd>
        </div>
      </dl>
      <NoticeList
        label="About this model"
        notices={info.remarks.map((remark) => ({ key: remark, kind: 'info', text: remark }))}
      />
    </>
  );
}
