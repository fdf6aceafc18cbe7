/** The lint rule for the direction of imports bites: the project's own rule on a small house of files, with imports that break it and some that do not. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { afterAll, expect, test } from 'vitest';
import { importDirection } from '../eslint.boundaries.js';

const house = realpathSync(mkdtempSync(join(tmpdir(), 'tabtune-house-')));
afterAll(() => rmSync(house, { recursive: true }));

const TARGETS = [
  'src/features/data/y.ts',
  'src/features/train/y.ts',
  'src/stores/data.ts',
  'src/protocol/trainer.ts',
  'src/data/types.ts',
  'src/text/types.ts',
  'src/engine/ops/run-kernel.ts',
  'src/engine/backend/choose.ts',
  'src/formats/safetensors.ts',
  'src/lib/problem.ts',
];
for (const target of TARGETS) {
  mkdirSync(join(house, dirname(target)), { recursive: true });
  writeFileSync(join(house, target), 'export const a = 1;\n');
}

// Without the type-checked rules: those want every snippet to be a file of a TypeScript project.
const eslint = new ESLint({
  cwd: house,
  overrideConfigFile: true,
  baseConfig: [{ files: ['**/*.{ts,tsx}'], languageOptions: { parser: tseslint.parser } }, ...importDirection],
});

async function findings(filePath: string, code: string): Promise<(string | null)[]> {
  const file = code.match(/'(\..*)'/)?.[1];
  if (file !== undefined) expect(TARGETS).toContain(join(dirname(filePath), file));
  const [result] = await eslint.lintText(code, { filePath });
  return result!.messages.map((message) => message.ruleId);
}

const DIRECTION = ['boundaries/dependencies'];
const PACKAGE = ['no-restricted-imports'];

test.each([
  ['a feature imports another feature', 'src/features/data/x.ts', "import { a } from '../train/y.ts';", DIRECTION],
  ['a component imports a store', 'src/components/x.tsx', "import { a } from '../stores/data.ts';", DIRECTION],
  ['a store imports a feature', 'src/stores/x.ts', "import { a } from '../features/data/y.ts';", DIRECTION],
  ['the engine imports the protocol', 'src/engine/train/x.ts', "import type { A } from '../../protocol/trainer.ts';", DIRECTION],
  ['the engine imports formats', 'src/engine/models/x.ts', "import { a } from '../../formats/safetensors.ts';", DIRECTION],
  ['data imports text', 'src/data/x.ts', "import { a } from '../text/types.ts';", DIRECTION],
  ['lib imports anything', 'src/lib/x.ts', "import { a } from '../data/types.ts';", DIRECTION],
  ['a store imports a value of the engine', 'src/stores/x.ts', "import { a } from '../engine/ops/run-kernel.ts';", DIRECTION],
  ['a feature re-exports a value of data', 'src/features/data/x.ts', "export { a } from '../../data/types.ts';", DIRECTION],
  [
    'a feature loads formats later',
    'src/features/export/x.ts',
    "export const a = import('../../formats/safetensors.ts');",
    DIRECTION,
  ],
  ['the page imports tfjs', 'src/features/try/x.ts', "import { a } from '@tensorflow/tfjs-core';", PACKAGE],
  ['the app imports the tokenizer library', 'src/app/x.ts', "import { a } from '@huggingface/tokenizers';", PACKAGE],
])('refused: %s', async (_, filePath, code, expected) => {
  expect(await findings(filePath, code)).toEqual(expected);
});

test.each([
  ['the app imports a feature', 'src/app/x.tsx', "import { a } from '../features/data/y.ts';"],
  ['a feature imports a store', 'src/features/data/x.ts', "import { a } from '../../stores/data.ts';"],
  ['a feature imports a type of data', 'src/features/data/x.ts', "import type { A } from '../../data/types.ts';"],
  ['a store chooses the hardware', 'src/stores/x.ts', "import { a } from '../engine/backend/choose.ts';"],
  ['hub imports formats', 'src/hub/x.ts', "import { a } from '../formats/safetensors.ts';"],
  ['the engine imports text', 'src/engine/models/x.ts', "import type { A } from '../../text/types.ts';"],
  ['a worker imports the engine', 'workers/x.ts', "import { a } from '../src/engine/ops/run-kernel.ts';"],
  ['the engine imports tfjs', 'src/engine/ops/x.ts', "import { a } from '@tensorflow/tfjs-core';"],
  ['everyone imports lib', 'src/formats/x.ts', "import { a } from '../lib/problem.ts';"],
])('allowed: %s', async (_, filePath, code) => {
  expect(await findings(filePath, code)).toEqual([]);
});
