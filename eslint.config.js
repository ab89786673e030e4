/** What the linter holds us to: CONVENTIONS as far as a machine can check it. */
import js from '@eslint/js'
import tseslint from 'typescript-eslint'

const jsonParse = {
  object: 'JSON',
  property: 'parse',
  message: 'parseJson of @aibomgen/core is bounded and strict: use it',
}
const processEnv = {
  object: 'process',
  property: 'env',
  message: 'only packages/cli/src/config.ts reads the environment',
}
const mathRandom = { object: 'Math', property: 'random', message: 'randomness comes in as an argument' }
const dateNow = { object: 'Date', property: 'now', message: 'time comes in through a Clock' }

const newDate = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: 'time comes in through a Clock',
}
const envImport = {
  selector: "ImportDeclaration[source.value='node:process'] ImportSpecifier[imported.name='env']",
  message: 'only packages/cli/src/config.ts reads the environment',
}
const shape = [
  { selector: 'ExportDefaultDeclaration', message: 'export by name' },
  { selector: 'ExportAllDeclaration', message: 'list what is exported, by name' },
  { selector: "MemberExpression[property.name='localeCompare']", message: 'order by code unit: a < b ? -1 : 1' },
]

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      '**/*.config.ts',
      'tsup.base.ts',
      '**/node_modules/',
      '**/.turbo/',
      'packages/*/src/**/generated/',
      'packages/*/test/vectors/',
      'vectors/',
      '.aibomgen-*/',
      'quickstart/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-undef': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/require-await': 'off',
      // A promise that is returned out of `await using` is awaited when what it works with is gone.
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly', setTimeout: 'readonly' } },
  },
  {
    rules: {
      // Parsers of hostile text must be able to name control characters.
      'no-control-regex': 'off',
      eqeqeq: ['error', 'always'],
      'max-lines': ['error', { max: 300 }],
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  {
    // Tests read vectors and other tools' output as the JSON they are: the assertion is the check.
    files: ['packages/*/test/**/*.ts', 'scripts/test/**/*.ts'],
    rules: {
      'no-loss-of-precision': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': ['error', jsonParse, processEnv, mathRandom, dateNow],
      'no-restricted-syntax': ['error', ...shape, newDate, envImport],
    },
  },
  {
    files: ['packages/core/src/json.ts'],
    rules: { 'no-restricted-properties': ['error', processEnv, mathRandom, dateNow] },
  },
  {
    files: ['packages/cli/src/config.ts'],
    rules: {
      'no-restricted-properties': ['error', jsonParse, mathRandom, dateNow],
      'no-restricted-syntax': ['error', ...shape, newDate],
    },
  },
  {
    // The composition root is where the real clock and the real randomness come from.
    files: ['packages/cli/src/compose.ts', 'packages/cli/src/system-clock.ts'],
    rules: {
      'no-restricted-properties': ['error', jsonParse, processEnv],
      'no-restricted-syntax': ['error', ...shape, envImport],
    },
  },
)
