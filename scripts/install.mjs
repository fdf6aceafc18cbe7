/**
 * Installs the packages when they are missing or other than package-lock.json says, and only then. npm leaves the list of what it
 * installed in node_modules/.package-lock.json as its last act, so an interrupted installation is noticed. Plain Node: this runs
 * before anything is installed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { run } from './run.mjs';

const LOCK = 'package-lock.json';
const INSTALLED = 'node_modules/.package-lock.json';
const OLDEST_NODE = [20, 19];

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(
    `Tabtune needs Node ${OLDEST_NODE.join('.')} or newer, this is ${process.versions.node}. Install a newer Node and try again.`,
  );
}

function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
}

/** True when every package of the lock file is there in that version; those for other machines may be absent. */
function isInstalled() {
  const installed = readPackages(INSTALLED);
  return Object.entries(readPackages(LOCK)).every(([path, wanted]) => {
    if (path === '') return true;
    const there = installed[path];
    return there ? there.version === wanted.version : Boolean(wanted.optional);
  });
}

/** Resolves when node_modules is what package-lock.json says. `--include=dev` because NODE_ENV may be production. */
export async function ensureInstalled() {
  checkNode();
  if (isInstalled()) return;
  // To stderr: what a command prints on stdout may be read by a program.
  console.error('Installing the packages ...');
  // No package that we use needs its install script (core-js prints an advertisement, webgpu clears a flag of macOS).
  await run('npm', ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'], {}, [
    'inherit',
    process.stderr.fd,
    'inherit',
  ]);
}
