/**
 * JSON in its usual shapes: a list of objects, or of lists; an object that holds such a list ({"data": [...]}, also pandas' "split" and
 * "table"); an object of columns ({"text": [...], "label": [...]}, also pandas' {"text": {"0": ...}}). Lists stream; an object is
 * parsed as a whole, within a bound.
 */
import { Problem } from '../../lib/problem.ts';
import { isPlainObject } from '../cells.ts';
import { createElementReader } from './json-elements.ts';
import { createJsonRows, type JsonRows } from './json-rows.ts';
import { noRows } from './no-rows.ts';
import type { ReadResult, TextInput } from './types.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** Characters of an object that is parsed at once: its values take several times as much memory. */
const LARGEST_OBJECT = 64 * 2 ** 20;

async function readList(input: TextInput, rows: JsonRows): Promise<void> {
  let row = 0;
  const reader = createElementReader((text, whole) => {
    row++;
    if (whole) rows.addText(text, row);
    else rows.reject(row, 'broken-json', text.trim());
  });
  for await (const piece of input.pieces(input.onBytes)) reader.push(piece);
  const end = reader.finish();
  if (end === 'unfinished') rows.reject(row + 1, 'broken-json', 'the list ends here without its closing bracket');
  if (end === 'text after the list') rows.reject(row + 1, 'broken-json', 'more text after the closing bracket of the list');
}

async function readWhole(input: TextInput): Promise<unknown> {
  const { name } = input;
  let text = '';
  for await (const piece of input.pieces(input.onBytes)) {
    text += piece;
    if (text.length <= LARGEST_OBJECT) continue;
    const found = `one object of more than ${LARGEST_OBJECT / 2 ** 20} MB`;
    const fix = 'Write it as a list of objects, or with one object on each line (JSON Lines): those are read piece by piece.';
    throw new Problem({ where: name, expected: 'a list of rows', found, fix });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Problem({ where: name, expected: 'JSON', found: error.message, fix: 'Correct the file there, or write it anew.' });
  }
}

/** The values of a column, whether they are a list or numbered from 0 as pandas writes them. */
function columnOf(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value as readonly unknown[];
  if (!isPlainObject(value)) return null;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => /^\d+$/.test(key)) ? Object.values(value) : null;
}

/** Every value is a column, and all are as long. */
function addColumns(object: JsonObject, rows: JsonRows): boolean {
  const columns = Object.entries(object).map(([name, value]) => [name, columnOf(value)] as const);
  const length = columns[0]?.[1]?.length;
  if (length === undefined || columns.some(([, values]) => values?.length !== length)) return false;
  for (let row = 0; row < length; row++) {
    rows.add(Object.fromEntries(columns.map(([name, values]) => [name, values?.[row]])), row + 1);
  }
  return true;
}

/** The longest list of rows among the values. */
function listIn(object: JsonObject): readonly unknown[] | null {
  const lists = Object.values(object).filter((value): value is unknown[] => Array.isArray(value));
  const ofRows = lists.filter((list) => list.some((row) => isPlainObject(row) || Array.isArray(row)));
  return ofRows.reduce<readonly unknown[] | null>((best, list) => (best && best.length >= list.length ? best : list), null);
}

/** An object whose values are all objects: a row each, under a name that says nothing (pandas' "index"). */
function rowsByName(object: JsonObject): readonly unknown[] | null {
  const values = Object.values(object);
  return values.length > 0 && values.every((value) => isPlainObject(value)) ? values : null;
}

function addObject(object: JsonObject, rows: JsonRows): void {
  const list = listIn(object);
  if (list) {
    const { columns } = object;
    if (Array.isArray(columns) && columns !== list && list.every((row) => Array.isArray(row))) rows.addHeader(columns);
    list.forEach((row, r) => rows.add(row, r + 1));
    return;
  }
  if (addColumns(object, rows)) return;
  const named = rowsByName(object);
  if (named) named.forEach((row, r) => rows.add(row, r + 1));
  else rows.add(object, 1);
}

/** Throws `Problem` for JSON that is broken as a whole; of a list, what is broken is left out row by row. */
export async function readJson(input: TextInput): Promise<ReadResult> {
  const rows = createJsonRows(input);
  if (/^\s*\[/.test(input.sample)) await readList(input, rows);
  else {
    const value = await readWhole(input);
    if (isPlainObject(value)) addObject(value, rows);
  }
  const table = rows.finish();
  if (!table) throw noRows(input.name);
  return { table, namedLabels: [], format: 'JSON', delimiter: null, parts: [], part: null };
}
