/** The doctor: all findings about a dataset as it is used, most serious first. A new finding is a file of its own and a line here. */
import type { Notice } from '../types.ts';
import { conflictFindings } from './conflicts.ts';
import { duplicateFindings } from './duplicates.ts';
import { emptyFindings } from './empty.ts';
import type { Examined } from './examined.ts';
import { fewRowsFindings } from './few-rows.ts';
import { fileFindings } from './file.ts';
import type { Finding, Severity } from './finding.ts';
import { imbalanceFindings } from './imbalance.ts';
import { labelInTextFindings } from './label-in-text.ts';
import { labelVariantFindings } from './label-variants.ts';
import { languageFindings } from './languages.ts';
import { leakageFindings } from './leakage.ts';
import { missingLabelFindings } from './missing-labels.ts';
import { smallClassFindings } from './small-classes.ts';
import { splitValueFindings } from './split-values.ts';
import { unmeasuredFindings } from './unmeasured.ts';

const ABOUT_ROWS: readonly ((examined: Examined) => Finding[])[] = [
  emptyFindings,
  splitValueFindings,
  leakageFindings,
  conflictFindings,
  labelVariantFindings,
  missingLabelFindings,
  smallClassFindings,
  unmeasuredFindings,
  imbalanceFindings,
  fewRowsFindings,
  labelInTextFindings,
  duplicateFindings,
  languageFindings,
];

const ORDER: Readonly<Record<Severity, number>> = { blocker: 0, warning: 1, hint: 2 };

/** `blockers` come from doctor/blockers.ts; where there is one, what is said about classes would be noise. */
export function examine(examined: Examined, notices: readonly Notice[], blockers: readonly Finding[]): Finding[] {
  const aboutRows = blockers.length > 0 ? [emptyFindings] : ABOUT_ROWS;
  const all = [...blockers, ...fileFindings(notices), ...aboutRows.flatMap((findings) => findings(examined))];
  return all.sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
}
