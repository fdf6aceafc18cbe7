/**
 * How calls cross between page and workers: comlink, with one addition - a `Problem` arrives as a `Problem`, with its four
 * parts, where comlink would keep only the message.
 */
import { expose, proxy, transfer, transferHandlers, wrap, type Endpoint, type Remote } from 'comlink';
import { Problem, problemWords, type ProblemText } from '../lib/problem.ts';

type Thrown =
  | { readonly kind: 'problem'; readonly problem: ProblemText }
  | { readonly kind: 'error'; readonly name: string; readonly message: string; readonly stack: string | undefined };

function pack(error: unknown): Thrown {
  if (error instanceof Problem) return { kind: 'problem', problem: problemWords(error) };
  if (error instanceof Error) return { kind: 'error', name: error.name, message: error.message, stack: error.stack };
  return { kind: 'error', name: 'Error', message: String(error), stack: undefined };
}

function unpack(thrown: Thrown): Error {
  if (thrown.kind === 'problem') return new Problem(thrown.problem);
  const error = new Error(thrown.message);
  error.name = thrown.name;
  if (thrown.stack !== undefined) error.stack = thrown.stack;
  return error;
}

const builtIn = transferHandlers.get('throw');
if (!builtIn) throw new Error('comlink has no "throw" transfer handler');
transferHandlers.set('throw', {
  canHandle: builtIn.canHandle.bind(builtIn),
  serialize: ({ value }: { value: unknown }) => [pack(value), []],
  deserialize: (thrown: Thrown) => {
    throw unpack(thrown);
  },
});

export { expose, proxy, transfer, wrap, type Endpoint, type Remote };
