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
  // A run that went on from a checkpoint may have ended with weights that were measured before.
  if (a?.step !== reference.evaluation?.step || b?.step !== other.evaluation?.step) return 'notKept';
  if (!a || !b) return 'notKept';
  return areSameRows(a, b) ? pairedDifference(a, b, { signal }) : 'otherRows';
}

const NONE: Differences = new Map();

export function useDifferences(records: readonly RunRecord[], reference: string): Differences {
  const [found, setFound] = useState({ records, reference, differences: NONE });
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const first = records.find(({ id }) => id === reference);
    const work = async (): Promise<void> => {
      let differences = NONE;
      for (const other of first ? records : []) {
        if (!first || other === first) continue;
        const difference = await differ(first, other, keptRows, signal);
        if (signal.aborted) return;
        differences = new Map([...differences, [other.id, difference]]);
        setFound({ records, reference, differences });
      }
    };
    work().catch((error: unknown) => report('runs', error, 'Comparing'));
    return () => controller.abort();
  }, [records, reference]);
  // Those of other runs tell nothing of these.
  return found.records === records && found.reference === reference ? found.differences : NONE;
}
