/**
 * Installs the packages when they are missing or older than package-lock.json, and only then. The stamp lies in node_modules, so that
 * removing that folder removes it too. Plain Node: this runs before anything is installed.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { run } from './run.mjs';

const LOCK = 'package-lock.json';
const STAMP = 'node_modules/.tabtune-lock-hash';
const OLDEST_NODE = [20, 19];

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(
    `Tabtune needs Node ${OLDEST_NODE.join('.')} or newer, this is ${process.versions.node}. Install a newer Node and try again.`,
  );
}

/** Resolves when node_modules is what package-lock.json says. `--include=dev` because NODE_ENV may be production. */
export async function ensureInstalled() {
  checkNode();
  const hash = createHash('sha256').update(readFileSync(LOCK)).update(process.platform).update(process.arch).digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return;
  console.log('Installing the packages ...');
  // No package that we use needs its install script (core-js prints an advertisement, webgpu clears a flag of macOS).
  await run('npm', ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund']);
  writeFileSync(STAMP, hash);
}
