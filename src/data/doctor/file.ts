/** What reading the file brought up, as findings. */
import type { Notice } from '../types.ts';
import { finding, type Finding } from './finding.ts';

const TITLES: Readonly<Record<Notice['code'], string>> = {
  'ragged-rows': 'Rows that do not fit',
  'invalid-bytes': 'Bytes that are no characters',
  'unclosed-quote': 'Quotes that are not closed',
  'no-header': 'No header',
};

export function fileFindings(notices: readonly Notice[]): Finding[] {
  return notices.map(({ rows = [], ...words }) =>
    finding({ ...words, severity: 'warning', title: TITLES[words.code] }, { rows }),
  );
}
