/** What the run would take on this machine, before it is begun: time and memory, what would need less, and the largest batch by trying. */
import { useId } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { count } from '../../components/format.ts';
import { LinkButton } from '../../components/link-button.tsx';
import { aboutBytes, aboutSeconds } from '../../lib/about.ts';
import { plural } from '../../lib/counts.ts';
import type { ProblemText } from '../../lib/problem.ts';
import type { MemoryRoom, RehearsalReport } from '../../protocol/rehearsal.ts';
import { computeStore } from '../../stores/compute.ts';
import { canMeasure, outlook, preflightStore, type Outlook, type PreflightState } from '../../stores/preflight.ts';
import { parseSettings, settingsStore } from '../../stores/settings.ts';
import { LighterList } from './preflight-lighter.tsx';
import { BatchSearchWords } from './preflight-search.tsx';
import classes from './preflight.module.css';

export default function PreflightCard() {
  const heading = useId();
  const state = useStore(preflightStore);
  const drafts = useStore(settingsStore, ({ drafts }) => drafts);
  const settings = parseSettings(drafts);
  const seen = 'wrong' in settings ? null : outlook(state, settings);
  const problem = state.problem ?? (seen && state.report?.problem) ?? null;
  const isBusy = state.status === 'measuring' || state.status === 'searching';
  return (
    <section aria-labelledby={heading} className={classes.card} data-problem={problem !== null || undefined}>
      <div className={classes.head}>
        <h3 id={heading} className={classes.title}>
          Before training
        </h3>
        <Actions state={state} isBusy={isBusy} />
      </div>
      {seen?.seconds != null && state.report ? <Figures outlook={seen} seconds={seen.seconds} report={state.report} /> : null}
      {problem ? <Refused problem={problem} /> : seen?.seconds == null && <Waiting state={state} />}
      {state.trials.length > 0 && <BatchSearchWords state={state} />}
      {seen && state.report && <LighterList report={state.report} isOpen={problem !== null} />}
    </section>
  );
}

function Actions({ state, isBusy }: { readonly state: PreflightState; readonly isBusy: boolean }) {
  const { measure, findBatchSize, cancel } = preflightStore.getState();
  const mode = useStore(settingsStore, ({ drafts }) => drafts.train_layers);
  if (isBusy) return <LinkButton onClick={cancel}>Cancel</LinkButton>;
  if (!canMeasure()) return null;
  return (
    <span className={classes.actions}>
      {/* Where the head alone learns, its batches are a few numbers a text. */}
      {mode !== 'head' && (
        <LinkButton title="Tries real steps, twice as many texts each time" onClick={() => void findBatchSize()}>
          Find the largest batch size
        </LinkButton>
      )}
      <LinkButton onClick={() => void measure()}>{state.report ? 'Measure again' : 'Measure'}</LinkButton>
    </span>
  );
}

interface FiguresProps {
  readonly outlook: Outlook;
  readonly seconds: number;
  readonly report: RehearsalReport;
}

function Figures({ outlook: { plan }, seconds, report: { memory, room, rates } }: FiguresProps) {
  const [time, bytes] = [useId(), useId()];
  const compute = useStore(computeStore, (state) => state.info?.title ?? 'this machine');
  return (
    <div className={classes.figures}>
      <div>
        <span id={time} className={classes.label}>
          Time needed
        </span>
        <output aria-labelledby={time} className={classes.figure}>
          {aboutSeconds(seconds)}
        </output>
        <p className={classes.note}>
          {plural(plan.total, 'step')} and {plural(plan.evaluations, 'evaluation')}, by{' '}
          {plural(rates?.stepsTimed ?? 0, 'real step')} on {compute}, {count(rates?.tokensPerSecond ?? 0)} tokens a second
        </p>
      </div>
      <div>
        <span id={bytes} className={classes.label}>
          Memory needed
        </span>
        <output aria-labelledby={bytes} className={classes.figure}>
          {aboutBytes(memory.bytes)}
        </output>
        <p className={classes.note}>{roomWords(room)}</p>
      </div>
    </div>
  );
}

/** The largest batch ran, whatever the numbers say. */
function roomWords(room: MemoryRoom | null): string {
  const tried = 'The largest batch of the run was tried: it fits.';
  switch (room?.kind) {
    case 'cpu':
      return `${tried} The CPU engine can have ${aboutBytes(room.heap)}${room.machine === null ? '' : `, this machine ${machineWords(room.machine)}`}.`;
    case 'webgpu':
      return `${tried} WebGPU does not tell how much memory the GPU has, only that one buffer may have ${aboutBytes(room.largestBuffer)}.`;
    case undefined:
      return tried;
  }
}

/** Browsers tell no more than 8 GiB. */
function machineWords(bytes: number): string {
  const gigabytes = Math.round(bytes / 2 ** 30);
  return gigabytes >= 8 ? `has ${gigabytes} GB or more` : `has about ${bytes < 2 ** 30 ? '1' : gigabytes} GB`;
}

function Waiting({ state }: { readonly state: PreflightState }) {
  const hasTrials = useStore(
    preflightStore,
    useShallow((store) => store.trials.length > 0),
  );
  if (state.status === 'searching') return hasTrials ? null : <p className={classes.note}>Trying the first batch.</p>;
  return (
    <p className={classes.note} role="status">
      {state.status === 'measuring'
        ? 'A few real steps are timed, on a copy that is thrown away. Train at any time.'
        : 'How long the run takes and how much memory, by a few real steps on this machine.'}
    </p>
  );
}

function Refused({ problem: { where, expected, found, fix } }: { readonly problem: ProblemText }) {
  return (
    <div role="alert" className={classes.refused}>
      <strong>{where}</strong> Expected {expected}, found {found}. {fix}
    </div>
  );
}
