/** Python with the pinned packages of reference/requirements.txt (about 5 GB with torch), in .venv. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';

const VENV = '.venv';
const REQUIREMENTS = 'reference/requirements.txt';
const STAMP = join(VENV, 'requirements-hash');

export const PYTHON = join(VENV, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

/** Makes it when it is not there, or not of these requirements. */
export async function ensureVenv() {
  const hash = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return;
  console.log('Installing torch and transformers for Python ...');
  await run(process.env.PYTHON || 'python3', ['-m', 'venv', VENV]);
  await run(PYTHON, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS]);
  writeFileSync(STAMP, hash);
}
