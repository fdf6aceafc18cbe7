/**
 * Lint rules. The direction of imports (DESIGN.md, "The house") is in eslint.boundaries.js; scripts/import-direction.test.ts proves
 * that it bites. AssemblyScript (*.simd.ts) is TypeScript in syntax only and is checked by its own compiler.
 */
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { importDirection } from './eslint.boundaries.js';

const NODE_SCRIPTS = ['**/*.mjs', '**/*.js'];

export default defineConfig(
  globalIgnores([
    'dist/',
    '**/build/',
    'node_modules/',
    'public/',
    'test-results/',
    'playwright-report/',
    '.venv/',
    '.helpers/',
    '**/*.simd.ts',
  ]),
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowArray: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
      // An async function without await still turns what it throws into a rejection, which callers over a worker's bridge need.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    // Loops over arrays whose bounds are known: under noUncheckedIndexedAccess `x[i]!` says so and costs nothing.
    files: ['src/{engine,formats,data,text}/**', '**/*.test.{ts,tsx}', 'bench/**', 'e2e/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['bench/**', 'e2e/**'], rules: { 'no-console': 'off' } },
  {
    files: ['src/{app,features,components,stores}/**/*.{ts,tsx}', 'src/main.tsx'],
    extends: [reactHooks.configs.flat['recommended-latest']],
    // The stores' actions are methods of plain objects and never use `this`; selectors hand them out.
    rules: { '@typescript-eslint/unbound-method': 'off' },
  },
  {
    files: NODE_SCRIPTS,
    extends: [tseslint.configs.strict],
    rules: { eqeqeq: ['error', 'always', { null: 'ignore' }] },
  },
  ...importDirection,
);
