/**
 * What went wrong and is not yet dismissed, each beside the station it belongs to. A later success at the same station clears it;
 * the same problem is never listed twice.
 */
import { createStore } from 'zustand/vanilla';
import { Problem, problemWords, type ProblemText } from '../lib/problem.ts';

export type Place = 'data' | 'model' | 'training' | 'try' | 'export' | 'compute' | 'tuning' | 'runs';

export interface ListedProblem extends ProblemText {
  readonly id: number;
  readonly place: Place;
}

export interface ProblemsState {
  readonly problems: readonly ListedProblem[];
  add(place: Place, problem: ProblemText): void;
  readonly dismiss: (id: number) => void;
  clear(place: Place): void;
}

let lastId = 0;

export const problemsStore = createStore<ProblemsState>()((set) => ({
  problems: [],
  add: (place, problem) =>
    set(({ problems }) => {
      const words = problemWords(problem);
      const { where, expected, found, fix } = words;
      const same = (other: ListedProblem): boolean =>
        other.where === where && other.expected === expected && other.found === found && other.fix === fix;
      if (problems.some(same)) return { problems };
      return { problems: [...problems, { id: ++lastId, place, ...words }] };
    }),
  dismiss: (id) => set(({ problems }) => ({ problems: problems.filter((problem) => problem.id !== id) })),
  clear: (place) =>
    set(({ problems }) =>
      problems.some((problem) => problem.place === place)
        ? { problems: problems.filter((problem) => problem.place !== place) }
        : {},
    ),
}));

/** A thrown value as words: a `Problem` as it is, anything else as a fault of Tabtune's own. */
export function problemText(error: unknown, where: string): ProblemText {
  if (error instanceof Problem) return error;
  const found = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    where,
    expected: 'this to work',
    found,
    fix: 'This is a fault of Tabtune, not of your file. Reload the page and try again.',
  };
}

/** Lists what was thrown. */
export function report(place: Place, error: unknown, where: string): void {
  problemsStore.getState().add(place, problemText(error, where));
}
