/**
 * The page's end of the two workers: makes them, joins them with a MessageChannel, and says when one of them dies. A worker is
 * dead when an error reached nobody inside it, when its script did not load, or when a lock that it holds is free; calls to it would then
 * wait for ever, so whoever calls races against `crashed`.
 */
import { transfer, wrap, type Remote } from './bridge.ts';
import type { TokenizerWorker } from './tokenizer.ts';
import type { TrainerWorker } from './trainer.ts';
import { Problem } from '../lib/problem.ts';
import { waitForLock } from '../lib/web-lock.ts';

export interface WorkerLink {
  readonly tokenizer: Remote<TokenizerWorker>;
  readonly trainer: Remote<TrainerWorker>;
  /** Never fulfils; rejects with a `Problem` when one of the two dies. */
  readonly crashed: Promise<never>;
  close(): void;
}

function crashOf(where: string, event: ErrorEvent): Problem {
  const place = event.filename ? ` (${event.filename.split('/').at(-1)}:${event.lineno})` : '';
  return new Problem({
    where,
    expected: 'its worker to go on',
    found: event.message ? `${event.message}${place}` : 'that its script did not load',
    fix: 'Try again: a fresh worker is started, your data and settings are kept. A model that was being trained is lost.',
  });
}

function endOf(where: string): Problem {
  return new Problem({
    where,
    expected: 'its worker to go on',
    found: 'that the browser ended it',
    fix: 'Try again: a fresh worker is started, your data and settings are kept, and a run goes on from its last checkpoint.',
  });
}

let links = 0;

export function connectWorkers(): WorkerLink {
  const tokenizer = new Worker(new URL('../../workers/tokenizer.worker.ts', import.meta.url), {
    type: 'module',
    name: 'tokenizer',
  });
  const trainer = new Worker(new URL('../../workers/trainer.worker.ts', import.meta.url), { type: 'module', name: 'trainer' });

  let die: (problem: Problem) => void = () => undefined;
  const crashed = new Promise<never>((_, reject) => {
    tokenizer.addEventListener('error', (event) => reject(crashOf('Reading the data', event)));
    trainer.addEventListener('error', (event) => reject(crashOf('Training', event)));
    die = reject;
  });
  crashed.catch(() => undefined);

  const link: WorkerLink = {
    tokenizer: wrap<TokenizerWorker>(tokenizer),
    trainer: wrap<TrainerWorker>(trainer),
    crashed,
    close() {
      tokenizer.terminate();
      trainer.terminate();
    },
  };
  const channel = new MessageChannel();
  // A worker that the browser ends says nothing, but its locks are free then.
  const place = `${performance.timeOrigin}-${links++}-${Math.random()}`;
  const [reading, training] = [`tabtune-tokenizer-${place}`, `tabtune-trainer-${place}`] as const;
  void link.tokenizer
    .connect(transfer(channel.port1, [channel.port1]), reading)
    .then(() => waitForLock(reading))
    .then(() => die(endOf('Reading the data')));
  void link.trainer
    .connect(transfer(channel.port2, [channel.port2]), training)
    .then(() => waitForLock(training))
    .then(() => die(endOf('Training')));
  return link;
}
