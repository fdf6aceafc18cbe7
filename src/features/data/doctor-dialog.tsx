/**
 * The doctor over the full width: at the left what it found, with rows and remedies, and what was done; at the right what the data is: classes,
 * lengths, split and columns. Ctrl+Z takes the last mend back.
 */
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemList } from '../../components/problem-list.tsx';
import { dataStore } from '../../stores/data.ts';
import { allFindings, doctorStore } from '../../stores/doctor.ts';
import { problemsStore } from '../../stores/problems.ts';
import { applyRemedy } from './apply-remedy.ts';
import { BaselineLines } from './baseline-lines.tsx';
import { ClassTable } from './class-table.tsx';
import { ColumnRoles } from './column-roles.tsx';
import { findingsInWords } from './doctor-line.tsx';
import { FindingCard } from './finding-card.tsx';
import { LengthChart } from './length-chart.tsx';
import { MendList } from './mend-list.tsx';
import { SplitFields, splitInWords } from './split-settings.tsx';
import classes from './doctor.module.css';

/** What was taken away from under the focus gives it to the words that say so. */
function useFocusOnChange(change: unknown) {
  const ref = useRef<HTMLParagraphElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current && (document.activeElement === document.body || !document.activeElement?.closest('input, select'))) {
      ref.current?.focus();
    }
    first.current = false;
  }, [change]);
  return ref;
}

export default function DoctorDialog({ onClose }: { readonly onClose: () => void }) {
  const dataset = useStore(dataStore, (state) => state.dataset);
  const choosing = useStore(dataStore, (state) => state.choosing);
  const lengths = useStore(doctorStore, (state) => state.lengths);
  const problems = useStore(
    problemsStore,
    useShallow((state) => state.problems.filter(({ place }) => place === 'data')),
  );
  const status = useFocusOnChange(dataset?.profile?.mends.length);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLInputElement;
      if (event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey || typing) return;
      event.preventDefault();
      void dataStore.getState().undo();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  if (!dataset?.profile) return null;
  const { summary, profile } = dataset;
  const findings = allFindings(profile.findings, lengths);
  const last = profile.mends.at(-1);
  return (
    <Dialog onClose={onClose} title={`Doctor: ${summary.name}`} size="84rem">
      <div className={classes.doctor} aria-busy={choosing}>
        <div className={classes.found}>
          <p ref={status} tabIndex={-1} role="status" className={classes.status}>
            {last && `${last.words}. `}
            {findingsInWords(findings)}.
          </p>
          <ProblemList problems={problems} onDismiss={problemsStore.getState().dismiss} />
          <MendList mends={profile.mends} />
          <ul className={classes.findings} aria-label="Findings">
            {findings.map((finding) => (
              <FindingCard key={`${finding.code} ${finding.where}`} finding={finding} onRemedy={applyRemedy} busy={choosing} />
            ))}
          </ul>
        </div>
        <div className={classes.facts}>
          <section aria-labelledby="doctor-classes">
            <h3 id="doctor-classes">Classes</h3>
            <ClassTable classes={profile.classes} />
          </section>
          <section aria-labelledby="doctor-lengths">
            <h3 id="doctor-lengths">Lengths</h3>
            <LengthChart />
          </section>
          <section aria-labelledby="doctor-split">
            <h3 id="doctor-split">Split</h3>
            <p className={classes.soft}>{splitInWords(profile)}</p>
            <SplitFields profile={profile} />
          </section>
          <section aria-labelledby="doctor-columns">
            <h3 id="doctor-columns">Columns</h3>
            <ColumnRoles columns={summary.columns} choice={profile.choice} rows={summary.rows} />
          </section>
          <section aria-labelledby="doctor-baseline">
            <h3 id="doctor-baseline">Without a neural network</h3>
            <BaselineLines />
          </section>
          <p className={classes.soft}>
            Fingerprint of the data as it is used: <code>{profile.fingerprint.slice(0, 16)}</code>
          </p>
        </div>
      </div>
    </Dialog>
  );
}
