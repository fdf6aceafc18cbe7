/**
 * The direction of imports as a lint rule:
 *
 *   app -> features -> components, stores -> protocol -> data, text, engine, hub, formats, storage, tracking -> lib
 *
 * Features never import each other. In the bottom row hub may import formats and engine may import text; storage and tracking know the
 * values that they keep and send by their types. The workers sit between the
 * protocol and the bottom row, and `headless` runs their services in Node. The page's side knows the bottom row by its types only, except
 * for choosing the hardware, what a run may be told (the table of training arguments, its readers, and what follows from them: steps,
 * schedule), what its steps told, what a profile consists of, and the recipes and records kept of it.
 */
import boundaries from 'eslint-plugin-boundaries';

const BOTTOM = ['data', 'text', 'engine', 'hub', 'formats', 'storage', 'tracking'];
const PAGE = ['app', 'feature', 'component', 'store'];

/** Files of the bottom row that the page may run: they compute with plain values and load nothing. */
const FOR_THE_PAGE = [
  'src/engine/backend/{choose,kernel-times,types}.ts',
  'src/storage/{opfs-reader,recipes,run-records,saved-runs}.ts',
  'src/tracking/mlflow-payload.ts',
  'src/engine/train/{argument-table,arguments,merit,read-arguments,run-plan,run-time,schedule,step-series,paired-bootstrap}.ts',
];

const elements = (types) => ({ element: { types: { anyOf: types } } });

/** `from` may import whatever is in `to`; with `kind: 'type'` only its types. */
function allow(from, to, kind) {
  const dependency = kind === undefined ? {} : { dependency: { kind } };
  return { from: elements(from), allow: { to: elements(to), ...dependency } };
}

const direction = {
  files: ['src/**/*.{ts,tsx}', 'workers/**/*.ts'],
  // Tests may read fixtures through any part; main.tsx only mounts the app.
  ignores: ['**/*.test.{ts,tsx}', 'src/engine/testing/**', 'src/main.tsx'],
  plugins: { boundaries },
  settings: {
    'boundaries/elements': [
      { type: 'app', pattern: 'src/app' },
      { type: 'feature', pattern: 'src/features/*', capture: ['feature'] },
      { type: 'component', pattern: 'src/components' },
      { type: 'store', pattern: 'src/stores' },
      { type: 'protocol', pattern: 'src/protocol' },
      { type: 'worker', pattern: 'workers' },
      { type: 'headless', pattern: 'src/headless' },
      ...BOTTOM.map((name) => ({ type: name, pattern: `src/${name}` })),
      { type: 'lib', pattern: 'src/lib' },
    ],
  },
  rules: {
    'boundaries/no-unknown-files': 'error',
    'boundaries/dependencies': [
      'error',
      {
        default: 'disallow',
        policies: [
          allow(['app'], ['feature', 'component', 'store', 'protocol', 'lib']),
          allow(['feature'], ['component', 'store', 'protocol', 'lib']),
          allow(['component'], ['protocol', 'lib']),
          allow(['store'], ['protocol', 'lib']),
          allow(['protocol'], ['lib']),
          allow(['protocol', ...PAGE], BOTTOM, 'type'),
          allow(['worker'], ['protocol', 'lib', ...BOTTOM]),
          allow(['headless'], ['worker', 'protocol', 'lib', ...BOTTOM]),
          allow(['hub'], ['formats']),
          allow(['engine'], ['text']),
          allow(['storage'], ['engine'], 'type'),
          allow(['tracking'], ['engine', 'storage'], 'type'),
          allow(BOTTOM, ['lib']),
          { from: elements(PAGE), allow: { to: { file: { path: FOR_THE_PAGE.map((path) => `**/${path}`) } } } },
        ],
      },
    ],
  },
};

/** tfjs and the tokenizer are the workers' business: the page's first download has neither. */
const pagePackages = {
  files: ['src/{app,features,components,stores,protocol,lib}/**/*.{ts,tsx}', 'src/main.tsx', ...FOR_THE_PAGE],
  ignores: ['**/*.test.{ts,tsx}'],
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: [{ group: ['@tensorflow/*', '@huggingface/*'], message: 'Only workers load tfjs and the tokenizer.' }] },
    ],
  },
};

/** @type {import('eslint').Linter.Config[]} */
export const importDirection = [direction, pagePackages];
