/** What a file that is not a text table is, told by its first bytes or characters, in words for a person. */
export interface Recognised {
  /** "an Excel workbook". */
  readonly what: string;
  readonly fix: string;
}

const SAVE_AS_CSV = 'Open it and save it as CSV (UTF-8), then drop that file.';
const UNPACK = 'Unpack it and drop the file inside, or pack it with gzip or as a zip.';
const CONVERT = 'Write it as CSV, in Python with pandas: pandas.read_…(file).to_csv("data.csv", index=False).';
const NO_TABLE = 'Drop a table with a header, one column of text and one of labels.';

const SIGNATURES: readonly (readonly [offset: number, bytes: string, what: string, fix: string])[] = [
  [0, '%PDF-', 'a PDF document', NO_TABLE],
  [0, 'ARROW1', 'an Arrow file', CONVERT],
  [0, 'FEA1', 'a Feather file', CONVERT],
  [0, '\x89HDF', 'an HDF5 file', CONVERT],
  [0, '\x93NUMPY', 'a NumPy file', CONVERT],
  [0, 'SQLite format 3', 'an SQLite database', CONVERT],
  [0, '\xd0\xcf\x11\xe0', 'an old Office document (.xls, .doc)', SAVE_AS_CSV],
  [0, '{\\rtf', 'an RTF document', SAVE_AS_CSV],
  [0, 'BZh', 'a bzip2 archive', UNPACK],
  [0, '\xfd7zXZ', 'an xz archive', UNPACK],
  [0, '\x28\xb5\x2f\xfd', 'a Zstandard archive', UNPACK],
  [0, '7z\xbc\xaf', 'a 7-Zip archive', UNPACK],
  [0, 'Rar!', 'a RAR archive', UNPACK],
  [257, 'ustar', 'a tar archive', UNPACK],
  [0, '\x89PNG', 'a PNG image', NO_TABLE],
  [0, '\xff\xd8\xff', 'a JPEG image', NO_TABLE],
  [0, 'GIF8', 'a GIF image', NO_TABLE],
  [0, 'RIFF', 'a sound, a video or a WebP image', NO_TABLE],
  [0, 'ID3', 'a sound file', NO_TABLE],
  [4, 'ftyp', 'a video', NO_TABLE],
  [0, '\x7fELF', 'a program', NO_TABLE],
];

/** `head`: the first bytes of a file, one character a byte. Null when no known format begins like this. */
export function recogniseBinary(head: string): Recognised | null {
  const found = SIGNATURES.find(([offset, bytes]) => head.startsWith(bytes, offset));
  return found ? { what: found[2], fix: found[3] } : null;
}

/** Text that is no table of rows: HTML, XML. */
export function recogniseText(head: string): Recognised | null {
  if (/^\s*<(!doctype html|html)/i.test(head)) return { what: 'a web page (HTML)', fix: NO_TABLE };
  if (/^\s*<\?xml/i.test(head)) return { what: 'XML', fix: CONVERT };
  return null;
}
