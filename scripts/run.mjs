/** Runs programs for the other scripts. Plain Node. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

/** The repository's folder; every script works from here, wherever it was called from. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));
process.chdir(ROOT);

export class CommandFailed extends Error {
  /** @param {string} command @param {number} exitCode */
  constructor(command, exitCode) {
    super(`${command} ended with exit code ${exitCode}`);
    this.name = 'CommandFailed';
    this.exitCode = exitCode;
  }
}

/** Resolves when the program ends with 0, throws `CommandFailed` otherwise. Its output goes where ours goes, or where `stdio` says. */
export function run(command, args = [], env = {}, stdio = 'inherit') {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio,
      // npm and npx are .cmd files on Windows, which only a shell can start.
      shell: process.platform === 'win32' && (command === 'npm' || command === 'npx'),
    });
    child.on('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new CommandFailed([command, ...args].join(' '), code ?? (signal === 'SIGINT' ? 130 : 1)));
    });
  });
}

/** Runs a tool of node_modules by its JavaScript entry, without a shell between. */
export function runTool(entry, args = [], env = {}) {
  return run(process.execPath, [`node_modules/${entry}`, ...args], env);
}

/** Runs a script's main function; says what went wrong in words and sets the exit code. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = error instanceof CommandFailed ? error.exitCode : 1;
  }
}

/** A TypeScript module, through Vite's module runner: nothing needs to be built first. */
export async function runTypeScript(file) {
  const { runnerImport } = await import('vite');
  return (await runnerImport(file, { configFile: false, logLevel: 'error' })).module;
}

/** Node 20 has relaxed SIMD, a third faster, only behind this flag; later ones know no such flag. */
export function allowRelaxedSimd() {
  if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
}
