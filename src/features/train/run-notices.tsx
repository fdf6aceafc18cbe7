/** What a person should know of how the run is kept: what was made good by itself, and why it lies in memory alone. */
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { NoticeList } from '../../components/notice-list.tsx';
import { count } from '../../components/format.ts';
import type { ProblemText } from '../../lib/problem.ts';
import { runStore, type Recovery } from '../../stores/run.ts';

function recoveredWords({ problem, step, halvings }: Recovery): string {
  const from = step > 0 ? `from step ${count(step)}, its last checkpoint` : 'from its beginning';
  const less = halvings > 0 ? ` Batches are cut in ${2 ** halvings} and added up, so that less memory is needed.` : '';
  return `${problem.where}: ${problem.found}. The run went on by itself ${from}.${less}`;
}

function unkeptWords({ found, fix }: ProblemText): string {
  return `The run cannot be saved on the disk: ${found}. ${fix}`;
}

export function RunNotices() {
  const [saved, recovered, unkept, totalSteps] = useStore(
    runStore,
    useShallow((state) => [state.saved, state.recovered, state.unkept, state.totalSteps]),
  );
  if (totalSteps === 0) return null;
  const why = saved?.problem ?? unkept;
  const warning = (key: string, text: string) => ({ key, kind: 'warning' as const, text });
  return (
    <NoticeList
      label="How the run is kept"
      notices={[
        ...(recovered ? [warning('recovered', recoveredWords(recovered))] : []),
        ...(why ? [warning('memory', unkeptWords(why))] : []),
      ]}
    />
  );
}
