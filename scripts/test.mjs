/**
 * `npm test`: installs what is missing (packages, Chromium), then type check, lint, format check, unit tests, build and browser
 * tests. The first stage that fails ends it with that stage's exit code. The last line is always "N passed, N failed".
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { buildPage, buildParts } from './build.mjs';
import { ensureChromium } from './chromium.mjs';
import { ensureInstalled } from './install.mjs';
import { CommandFailed, runTool } from './run.mjs';

const RESULTS = 'test-results';
const UNIT_REPORT = `${RESULTS}/vitest.json`;
const BROWSER_REPORT = `${RESULTS}/playwright.json`;

let chromium = '';

const STAGES = [
  ['packages', ensureInstalled],
  ['Chromium', async () => void (chromium = await ensureChromium())],
  ['kernels and sample', buildParts],
  ['type check', () => runTool('typescript/bin/tsc', ['-b'])],
  ['lint', () => runTool('eslint/bin/eslint.js', ['.', '--max-warnings', '0'])],
  ['format check', () => runTool('prettier/bin/prettier.cjs', ['--check', '.'])],
  ['unit tests', runUnitTests],
  ['build', buildPage],
  ['browser tests', runBrowserTests],
];

async function runUnitTests() {
  const unit = await import('./unit.mjs');
  await unit.runUnitTests(['--reporter=default', '--reporter=json', `--outputFile.json=${UNIT_REPORT}`]);
}

async function runBrowserTests() {
  await runTool('@playwright/test/cli.js', ['test', '--reporter=list,json'], {
    CHROMIUM_PATH: chromium,
    PLAYWRIGHT_JSON_OUTPUT_FILE: BROWSER_REPORT,
  });
}

function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/** Sums both reports: { passed, failed, skipped }. A test file that does not load counts as one failed test. */
function countTests() {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const unit = readReport(UNIT_REPORT);
  if (unit) {
    const broken = unit.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
    sum.passed += unit.numPassedTests;
    sum.failed += unit.numFailedTests + broken;
    sum.skipped += unit.numPendingTests + unit.numTodoTests;
  }
  const browser = readReport(BROWSER_REPORT);
  if (browser) {
    sum.passed += browser.stats.expected;
    sum.failed += browser.stats.unexpected + browser.stats.flaky;
    sum.skipped += browser.stats.skipped;
  }
  return sum;
}

function minutes(milliseconds) {
  return `${(milliseconds / 60_000).toFixed(1)} min`;
}

async function runStages() {
  const times = [];
  for (const [name, work] of STAGES) {
    console.log(`\n── ${name}`);
    const start = performance.now();
    try {
      await work();
    } catch (error) {
      console.error(`\n${name} failed: ${error.message}`);
      process.exitCode = error instanceof CommandFailed ? error.exitCode : 1;
    }
    times.push(`${name} ${minutes(performance.now() - start)}`);
    if (process.exitCode) break;
  }
  return times;
}

rmSync(RESULTS, { recursive: true, force: true });
const times = await runStages();
const { passed, failed, skipped } = countTests();
console.log(`\n${times.join(', ')}`);
if (skipped > 0) console.log(`${skipped} skipped`);
// A stage that failed without a failed test (type check, lint, a crash) still counts as one failure.
console.log(`${passed} passed, ${process.exitCode ? Math.max(1, failed) : failed} failed`);
