/** Finds a Chromium for the tests, or installs one. Plain Node, so that it works before and after the packages are there. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      continue;
    }
  }
  return null;
}

/** Ubuntu's `chromium-browser` may be a note that points to a snap: only what tells its version is a browser. */
function answers(file) {
  try {
    return /Chrom/.test(
      execFileSync(file, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 30_000 }),
    );
  } catch {
    return false;
  }
}

async function playwrightsOwn() {
  try {
    const { chromium } = await import('@playwright/test');
    return existsSync(chromium.executablePath()) ? chromium.executablePath() : null;
  } catch {
    return null;
  }
}

/** The path of a Chromium: CHROMIUM_PATH, one on the PATH, or Playwright's own; null when there is none. */
export async function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (answers(named)) return named;
    throw new Error(`CHROMIUM_PATH is "${named}", which is no Chromium that starts. Correct it, or leave it out.`);
  }
  for (const name of NAMES) {
    const file = onPath(name);
    if (file && answers(file)) return file;
  }
  return playwrightsOwn();
}

/** `findChromium`, after an installation if there is none. Throws when there is still none. */
export async function ensureChromium() {
  const present = await findChromium();
  if (present) return present;
  console.log('Installing Chromium ...');
  try {
    if (process.getuid?.() === 0 && onPath('apt-get')) {
      await run('apt-get', ['update']);
      await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { DEBIAN_FRONTEND: 'noninteractive' });
    } else {
      await run('npx', ['playwright', 'install', 'chromium']);
    }
  } catch (error) {
    throw new Error(`Chromium could not be installed (${error.message}). Install it by hand and set CHROMIUM_PATH to it.`, {
      cause: error,
    });
  }
  const installed = await findChromium();
  if (!installed) throw new Error('Chromium was installed but does not start. Install it by hand and set CHROMIUM_PATH to it.');
  return installed;
}
