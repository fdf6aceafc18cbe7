/** Files of public/ in Node. */
import { readFile } from 'node:fs/promises';
import type { ReadPublic } from './rows.ts';

export const readPublic: ReadPublic = (path) => readFile(new URL(`../../public/${path}`, import.meta.url), 'utf8');
