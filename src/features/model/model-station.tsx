/** The Model station: what is being taught, what its head is, and what it runs on here. */
import { useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
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
import { openStarter } from '../../stores/session.ts';
import { ModelFile, ModelFolder } from './model-file.tsx';
import classes from './model.module.css';

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
  const [changing, setChanging] = useState(false);
  return (
    <Station
      title="Model"
      grow
      actions={
        <LinkButton aria-expanded={changing} aria-label="Change model" onClick={() => setChanging(!changing)}>
          Change
        </LinkButton>
      }
    >
      <ProblemList problems={problems} onDismiss={problemsStore.getState().dismiss} />
      <div className={classes.change} data-folded={!changing || undefined}>
        <ModelFile text="Open a zip or files" disabled={running} />
        <ModelFolder text="Open a folder" disabled={running} />
        {!starter && (
          <LinkButton disabled={running} onClick={() => void openStarter()}>
            Back to the starter
          </LinkButton>
        )}
      </div>
      {changing && (
        <p className={classes.hint}>
          {running
            ? 'A run is on; stop it first.'
            : 'A zip from here, or any Hugging Face folder of a BERT: config.json, tokenizer.json, model.safetensors.'}
        </p>
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
    </Station>
  );
}

function About({ info, starter }: { readonly info: ModelInfo; readonly starter: boolean }) {
  return (
    <>
      {starter && (
        <p className={classes.about}>
          A small English BERT that comes with the page. Larger ones take longer and gain a few points.
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
