/** What the doctor found, in one line, with what should be looked at below it, and the way to the doctor. */
import { lazy, Suspense } from 'react';
import { useStore } from 'zustand';
import { LinkButton } from '../../components/link-button.tsx';
import { NoticeList } from '../../components/notice-list.tsx';
import type { Finding } from '../../data/doctor/finding.ts';
import type { OpenedDataset } from '../../data/types.ts';
import { plural } from '../../lib/counts.ts';
import { allFindings, doctorStore } from '../../stores/doctor.ts';
import classes from './data.module.css';

/** The station names these; the others are in the doctor. */
const NAMED = 3;

const loadDoctor = () => import('./doctor-dialog.tsx');
const DoctorDialog = lazy(loadDoctor);

/** "7 findings, 2 to look at". */
export function findingsInWords(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing found';
  const serious = findings.filter(({ severity }) => severity !== 'hint').length;
  return `${plural(findings.length, 'finding')}${serious > 0 ? `, ${serious} to look at` : ''}`;
}

export function DoctorLine({ dataset }: { readonly dataset: OpenedDataset }) {
  const open = useStore(doctorStore, (state) => state.open);
  const lengths = useStore(doctorStore, (state) => state.lengths);
  const { profile } = dataset;
  const findings = allFindings(profile.findings, lengths);
  const serious = findings.filter(({ severity }) => severity !== 'hint');
  return (
    <>
      <p className={classes.doctorLine}>
        <span>{findingsInWords(findings)}</span>
        {profile.mends.length > 0 && <span className={classes.mended}>{plural(profile.mends.length, 'mend')}</span>}
        <LinkButton onClick={() => doctorStore.getState().show()} onPointerEnter={() => void loadDoctor()}>
          Open the doctor
        </LinkButton>
      </p>
      {serious.length > 0 && (
        <div className={classes.notices} role="alert">
          <NoticeList
            label="To look at"
            notices={serious.slice(0, NAMED).map(({ code, title, where, found, expected }) => ({
              key: `${code} ${where} ${expected}`,
              kind: 'warning',
              text: `${title}. ${where}: ${found}.`,
            }))}
          />
        </div>
      )}
      {open && (
        <Suspense fallback={null}>
          <DoctorDialog onClose={() => doctorStore.getState().hide()} />
        </Suspense>
      )}
    </>
  );
}
