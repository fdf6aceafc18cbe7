/**
 * The page's end of the two workers: makes them, joins them with a MessageChannel, and says when one of them dies. A worker is
 * dead when an error reached nobody inside it, when its script did not load, or when its GPU is gone; calls to it would then wait for ever, so
 * whoever calls races against `crashed`.
 */
import { transfer, wrap, type Remote } from './bridge.ts';
import type { TokenizerWorker } from './tokenizer.ts';
import type { DeviceFailure, TrainerWorker } from './trainer.ts';
import { Problem, type ProblemText } from '../lib/problem.ts';

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

/** The trainer's device is gone, and the worker is of no more use. */
function failureOf({ fix, ...words }: ProblemText): Problem {
  return new Problem({ ...words, fix: `${fix} Your data and settings are kept; a model that was being trained is lost.` });
}

function isDeviceFailure(message: unknown): message is DeviceFailure {
  return typeof message === 'object' && message !== null && 'deviceFailure' in message;
}

export function connectWorkers(): WorkerLink {
  const tokenizer = new Worker(new URL('../../workers/tokenizer.worker.ts', import.meta.url), {
    type: 'module',
    name: 'tokenizer',
  });
  const trainer = new Worker(new URL('../../workers/trainer.worker.ts', import.meta.url), { type: 'module', name: 'trainer' });

  const crashed = new Promise<never>((_, reject) => {
    tokenizer.addEventListener('error', (event) => reject(crashOf('Reading the data', event)));
    trainer.addEventListener('error', (event) => reject(crashOf('Training', event)));
    trainer.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (isDeviceFailure(data)) reject(failureOf(data.deviceFailure));
    });
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
  void link.tokenizer.connect(transfer(channel.port1, [channel.port1]));
  void link.trainer.connect(transfer(channel.port2, [channel.port2]));
  return link;
}
