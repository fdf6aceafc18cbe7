/** PyTorch's training steps (steps.py), where a Python with torch and transformers is at hand: the repository's .venv, or TABTUNE_PYTHON. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./steps.py', import.meta.url));

function findPython() {
  return process.env.TABTUNE_PYTHON ?? ['.venv/bin/python', '.venv/Scripts/python.exe'].find((path) => existsSync(path)) ?? null;
}

/** Null where there is no such Python. See steps.d.mts. */
export async function startTorch() {
  const python = findPython();
  if (python === null) return null;
  const child = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('PyTorch ended');
    return JSON.parse(value);
  };
  const ask = (request) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return next();
  };
  try {
    const about = await next();
    return {
      ...about,
      open: async (config, batches) => void (await ask({ config, batches })),
      step: (step, threads) => ask({ step, threads }),
      close: () => void child.kill(),
    };
  } catch {
    child.kill();
    return null;
  }
}
