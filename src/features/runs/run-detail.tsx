/** One run: what it reached, its curves and measures as the live view draws them, and what it was told. */
import { Button } from '@mantine/core';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { RunChart } from '../../components/chart/run-chart.tsx';
import chart from '../../components/chart/chart.module.css';
import { Confusion } from '../../components/evaluation/confusion.tsx';
import { Measures } from '../../components/evaluation/measures.tsx';
import { PerClass } from '../../components/evaluation/per-class.tsx';
import { clock, count, figure, parameters, size } from '../../components/format.ts';
import { plural } from '../../lib/counts.ts';
import { dataClasses, dataStore } from '../../stores/data.ts';
import { canContinue, continueRun, downloadRunModel, fineTuneAgain } from '../../stores/run-actions.ts';
import { runStore } from '../../stores/run.ts';
import type { RunRecord } from '../../stores/runs.ts';
import { saveWhenMade } from '../../stores/save-file.ts';
import { LAYOUT, SETTINGS } from '../../stores/setting-layout.ts';
import { isChanged } from '../../stores/settings.ts';
import { RunMenu } from './run-menu.tsx';
import { dateOf, OUTCOMES, settingOf } from './run-words.ts';
import { chartedRun, UNCHANGING, useKept } from './use-kept.ts';
import classes from './runs.module.css';

const save = (name: string, work: Promise<Blob>): void => saveWhenMade('runs', name, work);

export function RunDetail({ record }: { readonly record: RunRecord }) {
  const { evaluation, test, classes: labels } = record;
  const inData = useStore(dataStore, useShallow(dataClasses));
  return (
    <div className={classes.detail}>
      <div className={classes.main}>
        <Actions record={record} />
        <dl className={classes.tiles}>
          <Tile name="Macro F1" value={evaluation?.macroF1} note={intervalWords(record)} />
          <Tile name="Accuracy" value={evaluation?.accuracy} note="on the validation rows" />
          <Tile name="Validation loss" value={evaluation?.loss} note={evaluation && `at step ${count(evaluation.step)}`} />
          {test ? (
            <Tile name="Macro F1 on test rows" value={test.macroF1} note={`accuracy ${figure(test.accuracy)}`} />
          ) : (
            <Tile name="Lowest F1 of a class" value={evaluation && Math.min(...evaluation.perClassF1)} note={weakest(record)} />
          )}
        </dl>
        <h2 className={classes.hidden}>Curves and measures</h2>
        <Curves record={record} />
        {evaluation && (
          <>
            <div className={classes.pair}>
              {evaluation.confusion.length > 0 && (
                <Confusion labels={labels} confusion={evaluation.confusion} step={evaluation.step} />
              )}
              <Measures evaluation={evaluation} />
            </div>
            <PerClass labels={labels} dataClasses={inData} evaluation={evaluation} />
          </>
        )}
      </div>
      <section className={classes.side} aria-label="About this run">
        <Facts record={record} />
        <Settings record={record} />
      </section>
    </div>
  );
}

function intervalWords({ evaluation }: RunRecord): string | null {
  const interval = evaluation?.metrics?.macroF1Interval;
  return interval ? `${figure(interval.low)} to ${figure(interval.high)} at 95 %` : null;
}

function weakest({ evaluation, classes: labels }: RunRecord): string | null {
  return evaluation ? (labels[evaluation.perClassF1.indexOf(Math.min(...evaluation.perClassF1))] ?? null) : null;
}

interface TileProps {
  readonly name: string;
  readonly value: number | null | undefined;
  readonly note: string | null | undefined;
}

function Tile({ name, value, note }: TileProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {figure(value)} <span className={classes.soft}>{note}</span>
      </dd>
    </div>
  );
}

function Actions({ record }: { readonly record: RunRecord }) {
  const isIdle = useStore(runStore, ({ status }) => status === 'idle');
  const { outcome, note, problem, modelBytes, modelProblem } = record;
  const hasModel = modelBytes !== null;
  return (
    <>
      <div className={classes.bar}>
        <span className={classes.outcome} data-outcome={outcome}>
          {OUTCOMES[outcome]}
        </span>
        {canContinue(record) && (
          <Button variant="filled" disabled={!isIdle} onClick={() => void continueRun(record)}>
            Continue
          </Button>
        )}
        <Button variant="default" disabled={!isIdle || !hasModel} onClick={() => void fineTuneAgain(record)}>
          Fine-tune again
        </Button>
        <Button variant="default" disabled={!hasModel} onClick={() => void downloadRunModel(record, 'model')}>
          Download its model {hasModel && size(modelBytes)}
        </Button>
        <RunMenu record={record} />
      </div>
      {note !== '' && <p className={classes.noteText}>{note}</p>}
      {problem && (
        <p className={classes.why}>
          {problem.where}: expected {problem.expected}, found {problem.found}. {problem.fix}
        </p>
      )}
      {modelProblem && (
        <p className={classes.why}>
          Its model was not kept: expected {modelProblem.expected}, found {modelProblem.found}. {modelProblem.fix}
        </p>
      )}
    </>
  );
}

function Curves({ record }: { readonly record: RunRecord }) {
  const kept = useKept([record]);
  const inData = useStore(dataStore, useShallow(dataClasses));
  const steps = kept?.get(record.id);
  if (!steps) return <div className={classes.charting} />;
  const run = () => chartedRun(record, steps, inData);
  const shared = { run, subscribe: UNCHANGING, interval: 100, save };
  return (
    <div className={chart.charts}>
      <RunChart place="First" initial="loss" {...shared} />
      <RunChart place="Second" initial="quality" {...shared} />
    </div>
  );
}

function Facts({ record }: { readonly record: RunRecord }) {
  const { data, model, compute, classes: labels, steps, totalSteps, seconds, startedAt, weightsStep } = record;
  const rows: readonly (readonly [string, string])[] = [
    ['Started', dateOf(startedAt)],
    ['Time', clock(seconds)],
    ['Steps', steps === totalSteps ? count(steps) : `${count(steps)} of ${count(totalSteps)}`],
    ...(weightsStep > 0 && weightsStep < steps ? [['Weights', `of step ${count(weightsStep)}, the best`] as const] : []),
    ['Data', data.name],
    [
      'Rows',
      `${count(data.train)} training, ${count(data.validation)} validation${data.test > 0 ? `, ${count(data.test)} test` : ''}`,
    ],
    ['Classes', labels.length > 6 ? plural(labels.length, 'class', 'classes') : labels.join(', ')],
    ['Fingerprint', data.fingerprint.slice(0, 16)],
    ['Model', `${model.name}, ${parameters(model.parameters)} weights`],
    ['Computed on', compute.title],
  ];
  return (
    <>
      <h2>About</h2>
      <dl className={classes.facts}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** What was not left at its default first. */
function Settings({ record }: { readonly record: RunRecord }) {
  const drafts = SETTINGS.filter((name) => name in record.settings).map((name) => ({ name, draft: settingOf(record, name) }));
  const sorted = drafts
    .map((each) => ({ ...each, changed: isChanged(each.name, each.draft) }))
    .sort((a, b) => Number(b.changed) - Number(a.changed));
  return (
    <>
      <h2>Settings</h2>
      <dl className={classes.facts}>
        {sorted.map(({ name, draft, changed }) => (
          <div key={name} data-changed={changed || undefined}>
            <dt title={LAYOUT[name].label}>
              <code>{name}</code>
            </dt>
            <dd>{draft}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
