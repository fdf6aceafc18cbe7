/** How the file was read, folded away: encoding, delimiter, header row and part, each to be changed; the preview follows. */
import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { Delimiter, DatasetSummary, Encoding } from '../../data/types.ts';
import { dataStore } from '../../stores/data.ts';
import classes from './data.module.css';

const ENCODINGS: readonly (readonly [Encoding, string])[] = [
  ['utf-8', 'UTF-8'],
  ['utf-16le', 'UTF-16 LE'],
  ['utf-16be', 'UTF-16 BE'],
  ['windows-1252', 'Windows-1252, Latin-1 (Western)'],
  ['windows-1250', 'Windows-1250 (Central European)'],
  ['iso-8859-2', 'ISO 8859-2 (Central European)'],
  ['windows-1251', 'Windows-1251 (Cyrillic)'],
  ['koi8-r', 'KOI8-R (Cyrillic)'],
  ['iso-8859-5', 'ISO 8859-5 (Cyrillic)'],
  ['windows-1253', 'Windows-1253 (Greek)'],
  ['iso-8859-7', 'ISO 8859-7 (Greek)'],
  ['windows-1254', 'Windows-1254 (Turkish)'],
  ['windows-1255', 'Windows-1255 (Hebrew)'],
  ['windows-1256', 'Windows-1256 (Arabic)'],
  ['windows-1257', 'Windows-1257 (Baltic)'],
  ['shift_jis', 'Shift-JIS (Japanese)'],
  ['euc-jp', 'EUC-JP (Japanese)'],
  ['iso-2022-jp', 'ISO-2022-JP (Japanese)'],
  ['gb18030', 'GB18030, GBK (Chinese)'],
  ['big5', 'Big5 (Chinese)'],
  ['euc-kr', 'EUC-KR (Korean)'],
];

const DELIMITERS: readonly (readonly [Delimiter, string])[] = [
  [',', 'Comma'],
  [';', 'Semicolon'],
  ['\t', 'Tab'],
  ['|', 'Bar |'],
  [' ', 'First space: label, then text'],
  ['', 'None: each line is one text'],
];

function optionsOf(pairs: readonly (readonly [string, string])[]): { value: string; label: string }[] {
  return pairs.map(([value, label]) => ({ value, label }));
}

/** The value of `pairs` that an element's value names. */
function chosen<Value extends string>(pairs: readonly (readonly [Value, string])[], value: string): Value | undefined {
  return pairs.find(([one]) => one === value)?.[0];
}

export interface ReadingSettingsProps {
  readonly summary: DatasetSummary;
  /** The columns cannot be used: the settings are unfolded, and stay so when another reading helped. */
  readonly asks: boolean;
}

export function ReadingSettings({ summary, asks }: ReadingSettingsProps) {
  const [unfolded, setUnfolded] = useState(false);
  const { encoding, delimiter, hasHeader, parts, part } = summary.reading;
  const { reread } = dataStore.getState();
  if (encoding === null && hasHeader === null && parts.length === 0) return null;
  return (
    <details className={classes.split} open={asks || unfolded} onToggle={({ currentTarget }) => setUnfolded(currentTarget.open)}>
      <summary>
        <span>How it was read</span>
      </summary>
      <div className={classes.pair}>
        {encoding !== null && (
          <NativeSelect
            label="Encoding"
            data={optionsOf(ENCODINGS)}
            value={encoding}
            onChange={(event) => {
              const value = chosen(ENCODINGS, event.currentTarget.value);
              if (value !== undefined) void reread({ encoding: value });
            }}
          />
        )}
        {delimiter !== null && (
          <NativeSelect
            label="Delimiter"
            data={optionsOf(DELIMITERS)}
            value={delimiter}
            onChange={(event) => {
              const value = chosen(DELIMITERS, event.currentTarget.value);
              if (value !== undefined) void reread({ delimiter: value });
            }}
          />
        )}
        {hasHeader !== null && (
          <NativeSelect
            label="Header row"
            data={[
              { value: 'yes', label: 'Yes: names' },
              { value: 'no', label: 'No: data' },
            ]}
            value={hasHeader ? 'yes' : 'no'}
            onChange={(event) => void reread({ hasHeader: event.currentTarget.value === 'yes' })}
          />
        )}
        {part !== null && (
          <NativeSelect
            label="Part"
            data={[...parts]}
            value={part}
            onChange={(event) => void reread({ part: event.currentTarget.value })}
          />
        )}
      </div>
    </details>
  );
}
