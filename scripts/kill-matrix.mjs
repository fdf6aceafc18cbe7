/** `npm run test:kill`: every cell of e2e/kill-matrix.spec.ts, against the built page (`npm run build` first). */
import { spawnSync } from 'node:child_process';

const { status } = spawnSync('npx', ['playwright', 'test', 'e2e/kill-matrix', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, KILL: 'all' },
});
process.exit(status ?? 1);
