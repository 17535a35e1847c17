import tseslint from 'typescript-eslint';

/** Rules that hold for every TypeScript file (docs/architecture.md, "Style"). */
const style = {
  '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  // `import { type A }` alone would load the module at run time.
  '@typescript-eslint/no-import-type-side-effects': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
  // Facet records and verb option types are deliberately interfaces without members where a verb takes none.
  '@typescript-eslint/no-empty-object-type': 'off',
  // Implementations of async interfaces (facets, engines) are async whether or not this one has to wait.
  '@typescript-eslint/require-await': 'off',
};

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'build/**',
      'node_modules/**',
      'coverage/**',
      '.berth/**',
      '**/*.generated.js',
      '**/*.generated.d.ts',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: style,
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-console': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/commands/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'fetch', 'console'],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'TryStatement',
          message: 'A command does not handle errors: throw a typed error and let the base command report it.',
        },
        {
          selector:
            "CallExpression[callee.object.type='ThisExpression'][callee.property.name=/^(error|exit|log|warn|logJson)$/]",
          message: 'oclif output and exit helpers break --json and exit codes: return a value or throw a typed error.',
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
