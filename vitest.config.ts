import { defineConfig } from 'vitest/config';

const nodeMajor = Number(process.versions.node.split('.')[0]);

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'workers/**/*.test.ts', 'bench/**/*.test.ts', 'scripts/**/*.test.ts'],
    environment: 'node',
    // Native modules (Dawn) and SharedArrayBuffer threads are happier in processes of their own.
    pool: 'forks',
    // Node 20 has relaxed SIMD behind a flag, later ones have it on.
    execArgv: nodeMajor < 22 ? ['--experimental-wasm-relaxed-simd'] : [],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
