/** The small files of a model folder as text and JSON, within bounds. */
import { Problem } from '../lib/problem.ts';
import type { FolderFile } from './folder-files.ts';

export function tooLarge(where: string, size: number, limit: number): Problem {
  return new Problem({
    where,
    expected: `at most ${limit.toLocaleString('en-US')} bytes`,
    found: `${size.toLocaleString('en-US')} bytes`,
    fix: 'Choose a smaller model, or check that the file is what its name says.',
  });
}

/** Throws `Problem` when it has more than `limit` bytes or is not UTF-8. */
export async function readText(file: FolderFile, where: string, limit: number): Promise<string> {
  if (file.size > limit) throw tooLarge(where, file.size, limit);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.read());
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem({
      where,
      expected: 'text in UTF-8',
      found: 'other bytes',
      fix: 'The file is damaged or another one: download or copy it again.',
    });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a file that must be one JSON object, and gives the text and what it says. Throws `Problem`. */
export async function readJson(
  file: FolderFile,
  where: string,
  limit: number,
): Promise<{ readonly text: string; readonly value: Record<string, unknown> }> {
  const text = await readText(file, where, limit);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Problem({
      where,
      expected: 'JSON',
      found: error instanceof Error ? error.message.slice(0, 120) : 'something else',
      fix: 'The file is damaged or incomplete: download or copy it again, or mend it with an editor.',
    });
  }
  if (isRecord(value)) return { text, value };
  const found = Array.isArray(value) ? 'a JSON list' : `the JSON ${text.slice(0, 20)}`;
  throw new Problem({ where, expected: 'a JSON object, { ... }', found, fix: 'Choose the file that belongs to the model.' });
}
