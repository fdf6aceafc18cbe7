/**
 * Browser tests against the built page (`npm run build` first; `npm test` does). Chromium is found as scripts/chromium.mjs does.
 * `cpu` has no WebGPU at all, as most test machines; `webgpu-swiftshader` has a correct and very slow software adapter.
 */
import { defineConfig, devices } from '@playwright/test';
import { findChromium } from './scripts/chromium.mjs';

const WEBGPU_SPECS = '**/*.webgpu.spec.ts';
/** They need Python's programs: `npm run test:oracles` sets ORACLES. */
const ORACLE_SPECS = '**/*.oracle.spec.ts';
const executablePath = process.env.CHROMIUM_PATH ?? (await findChromium());
const COMMON_FLAGS = ['--no-sandbox', '--disable-dev-shm-usage'];
const SWIFTSHADER_FLAGS = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'];

function chromium(flags: string[]) {
  const launchOptions = { args: [...COMMON_FLAGS, ...flags], ...(executablePath === null ? {} : { executablePath }) };
  return { ...devices['Desktop Chrome'], viewport: { width: 1440, height: 900 }, launchOptions };
}

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/playwright',
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    // TABTUNE_PORT comes from the line that the server prints (webServer.wait).
    baseURL: `http://localhost:${process.env.TABTUNE_PORT ?? 4173}/`,
    acceptDownloads: true,
    // offline.spec.ts is about it; the others need not fill its cache in each of their contexts.
    serviceWorkers: 'block',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
  },
  projects: [
    { name: 'cpu', testIgnore: [WEBGPU_SPECS, ORACLE_SPECS], use: chromium([]) },
    { name: 'webgpu-swiftshader', testMatch: WEBGPU_SPECS, use: chromium(SWIFTSHADER_FLAGS) },
    ...(process.env.ORACLES ? [{ name: 'oracles', testMatch: ORACLE_SPECS, use: chromium([]) }] : []),
  ],
  webServer: {
    command: 'node scripts/start.mjs --no-build',
    env: { PORT: '4273', HOST: 'localhost' },
    wait: { stdout: /Tabtune is at http:\/\/localhost:(?<TABTUNE_PORT>\d+)\// },
    gracefulShutdown: { signal: 'SIGTERM', timeout: 5000 },
    timeout: 120_000,
  },
});
