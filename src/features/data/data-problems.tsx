/** What went wrong with the data; where a sample would do, a button that takes it. */
import { Button } from '@mantine/core';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { ProblemList } from '../../components/problem-list.tsx';
import { count } from '../../components/format.ts';
import { dataStore } from '../../stores/data.ts';
import { problemsStore, type Place } from '../../stores/problems.ts';
import { openData } from '../../stores/session.ts';

export function DataProblems({ places }: { readonly places: (place: Place) => boolean }) {
  const problems = useStore(
    problemsStore,
    useShallow((state) => state.problems.filter(({ place }) => places(place))),
  );
  return (
    <ProblemList
      problems={problems}
      onDismiss={problemsStore.getState().dismiss}
      action={({ offer }) =>
        offer && (
          <Button size="compact-sm" variant="filled" onClick={() => takeSample(offer.rows)}>
            Take a sample of {count(offer.rows)} rows
          </Button>
        )
      }
    />
  );
}

function takeSample(rows: number): void {
  const { asked } = dataStore.getState();
  if (asked) void openData(asked.source, { ...asked.reading, sampleRows: rows });
}
