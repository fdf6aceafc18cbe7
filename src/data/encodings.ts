/** The encodings that a file may be read in, their names, and the guess among those that are not Unicode (by chardet). */
import chardet from 'chardet';
import type { Encoding } from './types.ts';

export const ENCODING_NAMES: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
  'windows-1250': 'Windows-1250',
  'windows-1251': 'Windows-1251',
  'windows-1252': 'Windows-1252',
  'windows-1253': 'Windows-1253',
  'windows-1254': 'Windows-1254',
  'windows-1255': 'Windows-1255',
  'windows-1256': 'Windows-1256',
  'windows-1257': 'Windows-1257',
  'iso-8859-2': 'ISO 8859-2',
  'iso-8859-5': 'ISO 8859-5',
  'iso-8859-7': 'ISO 8859-7',
  'koi8-r': 'KOI8-R',
  shift_jis: 'Shift-JIS',
  'euc-jp': 'EUC-JP',
  'iso-2022-jp': 'ISO-2022-JP',
  gb18030: 'GB18030',
  big5: 'Big5',
  'euc-kr': 'EUC-KR',
};

/** chardet's names; Latin-1 and Latin-5 are read as the Windows pages that hold them whole, as the Encoding Standard does. */
const BY_CHARDET: Readonly<Record<string, Encoding>> = {
  'ISO-8859-1': 'windows-1252',
  'ISO-8859-2': 'iso-8859-2',
  'ISO-8859-5': 'iso-8859-5',
  'ISO-8859-7': 'iso-8859-7',
  'ISO-8859-8': 'windows-1255',
  'ISO-8859-9': 'windows-1254',
  'windows-1250': 'windows-1250',
  'windows-1251': 'windows-1251',
  'windows-1252': 'windows-1252',
  'windows-1253': 'windows-1253',
  'windows-1254': 'windows-1254',
  'windows-1255': 'windows-1255',
  'windows-1256': 'windows-1256',
  'windows-1257': 'windows-1257',
  'KOI8-R': 'koi8-r',
  Shift_JIS: 'shift_jis',
  'EUC-JP': 'euc-jp',
  GB18030: 'gb18030',
  Big5: 'big5',
  'EUC-KR': 'euc-kr',
};

/** chardet's confidence, 0..100, below which its word counts for nothing. */
const LEAST_CONFIDENCE = 20;
/** Characters that may come out broken: the sample's blocks are cut anywhere. */
const MOST_BROKEN = 0.02;

function breaks(bytes: Uint8Array, encoding: Encoding): boolean {
  const text = new TextDecoder(encoding).decode(bytes);
  return text.split('\uFFFD').length - 1 > 2 + text.length * MOST_BROKEN;
}

/** The likeliest encoding of bytes that are not Unicode; Windows-1252, which takes any bytes, where nothing else is likely. */
export function detectEncoding(sample: Uint8Array): Encoding {
  for (const { name, confidence } of chardet.analyse(sample)) {
    const encoding = BY_CHARDET[name];
    if (confidence < LEAST_CONFIDENCE) break;
    if (!encoding || breaks(sample, encoding)) continue;
    // Curly quotes and dashes alone stand at the same places in several Windows pages.
    // (As a stream: Node takes Windows-1252 for Latin-1 otherwise.)
    const decode = (as: Encoding): string => new TextDecoder(as).decode(sample, { stream: true });
    return decode(encoding) === decode('windows-1252') ? 'windows-1252' : encoding;
  }
  return 'windows-1252';
}
