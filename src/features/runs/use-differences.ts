/** How each run differs from one of them on the very same rows; computed in short pieces, so that the page stays free. */
import { useEffect, useState } from 'react';
import type { EvaluatedRows } from '../../engine/train/evaluated-rows.ts';
import { areSameRows, pairedDifference, type PairedDifference } from '../../engine/train/paired-bootstrap.ts';
import { keptRows } from '../../stores/kept-run.ts';
import { report } from '../../stores/problems.ts';
import type { RunRecord } from '../../stores/runs.ts';

/** `otherRows`: they were measured on other rows. `notKept`: what was said of each row is not there. */
export type Difference = PairedDifference | 'otherRows' | 'notKept';

/** null: it is still being computed. */
export type Differences = ReadonlyMap<string, Difference | null>;

function rowsDiffer(a: RunRecord, b: RunRecord): boolean {
  return a.data.fingerprint !== b.data.fingerprint;
}

async function differ(
  reference: RunRecord,
  other: RunRecord,
  read: (id: string) => Promise<EvaluatedRows | null>,
  signal: AbortSignal,
): Promise<Difference | null> {
  if (rowsDiffer(reference, other)) return 'otherRows';
  const [a, b] = [await read(reference.id), await read(other.id)];
  if (!a || !b) return 'notKept';
  return areSameRows(a, b) ? pairedDifference(a, b, { signal }) : 'otherRows';
}

export function useDifferences(records: readonly RunRecord[], reference: string): Differences {
  const [differences, setDifferences] = useState<Differences>(new Map());
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const first = records.find(({ id }) => id === reference);
    const work = async (): Promise<void> => {
      if (!first) return;
      setDifferences(new Map());
      for (const other of records) {
        if (other === first) continue;
        const found = await differ(first, other, keptRows, signal);
        if (signal.aborted) return;
        setDifferences((before) => new Map([...before, [other.id, found]]));
      }
    };
    work().catch((error: unknown) => report('runs', error, 'Comparing'));
    return () => controller.abort();
  }, [records, reference]);
  return differences;
}
