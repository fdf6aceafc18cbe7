/** A doctor's report as a person reads it in a terminal. */
import { plural } from '../lib/counts.ts';
import type { DoctorReport } from './doctor.ts';

const MARKS = { blocker: 'x', warning: '!', hint: 'i' } as const;
const DELIMITERS: Readonly<Record<string, string>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' };
const SHOWN_CLASSES = 20;
const SHOWN_ROWS = 3;
const TEXT_CHARACTERS = 90;

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > TEXT_CHARACTERS ? `${line.slice(0, TEXT_CHARACTERS)}…` : line;
}

export function reportInWords(report: DoctorReport): string {
  const { split, tokens, findings } = report;
  const classes = Object.entries(report.classes);
  const lines = [
    report.file,
    `  ${plural(report.rows, 'row')}${report.rejected > 0 ? `, ${plural(report.rejected, 'row')} rejected` : ''} · ${report.encoding} · ${DELIMITERS[report.delimiter] ?? report.delimiter}`,
    '',
    'Columns',
    ...report.columns.map(
      ({ name, role, distinct, empty }) =>
        `  ${role.padEnd(8)} ${name} (${distinct.toLocaleString('en-US')} different${empty > 0 ? `, ${empty.toLocaleString('en-US')} empty` : ''})`,
    ),
    '',
    plural(classes.length, 'class', 'classes'),
    ...classes
      .slice(0, SHOWN_CLASSES)
      .map(([label, count]) => `  ${count.toLocaleString('en-US').padStart(9)}  ${oneLine(label)}`),
    ...(classes.length > SHOWN_CLASSES
      ? [`             and ${(classes.length - SHOWN_CLASSES).toLocaleString('en-US')} more`]
      : []),
    '',
    `Split    ${split.train.toLocaleString('en-US')} to train on, ${split.validation.toLocaleString('en-US')} to validate with${split.test > 0 ? `, ${split.test.toLocaleString('en-US')} to test with` : ''}`,
    `Tokens   median ${tokens.median}, longest ${tokens.longest.toLocaleString('en-US')} (the starter's tokenizer)`,
    `Data     ${report.fingerprint.slice(0, 16)}`,
    '',
    findings.length === 0 ? 'Nothing found.' : plural(findings.length, 'finding'),
  ];
  for (const { severity, title, where, expected, found, fix, preview } of findings) {
    lines.push('', `${MARKS[severity]} ${title} (${severity})`, `  ${where}: expected ${expected}, found ${found}.`, `  ${fix}`);
    for (const { row, text, label } of preview.slice(0, SHOWN_ROWS)) {
      lines.push(`    ${String(row).padStart(7)}  [${oneLine(label)}]  ${oneLine(text)}`);
    }
  }
  return lines.join('\n');
}
