import boundaries from 'eslint-plugin-boundaries';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

// The rooms of the house, ground floor first. An import may only point down; see README, "The house".
const rooms = [
  { type: 'shared', pattern: 'src/shared' },
  { type: 'store', pattern: 'src/main/store' },
  { type: 'vault', pattern: 'src/main/vault' },
  { type: 'audit', pattern: 'src/main/audit' },
  { type: 'backup', pattern: 'src/main/backup' },
  { type: 'vision', pattern: 'src/main/vision' },
  { type: 'gallery', pattern: 'src/main/gallery' },
  { type: 'models', pattern: 'src/main/models' },
  { type: 'evaluation', pattern: 'src/main/evaluation' },
  { type: 'attendance', pattern: 'src/main/attendance' },
  { type: 'liveness', pattern: 'src/main/liveness' },
  { type: 'kiosk', pattern: 'src/main/kiosk' },
  { type: 'shells', pattern: 'src/main/shells' },
  { type: 'preload', pattern: 'src/preload' },
  { type: 'renderer', pattern: 'src/renderer' },
];

const may = (from, ...to) => ({
  from: { element: { type: from } },
  allow: { to: { element: { types: { anyOf: [from, ...to] } } } },
});

// Encryption at rest, who did what, backups.
const trust = ['vault', 'audit', 'backup'];

export default tseslint.config(
  { ignores: ['node_modules', 'out', 'dist', 'test-results', 'playwright-report', 'artifacts'] },
  ...tseslint.configs.recommended,
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { boundaries },
    settings: {
      'boundaries/elements': rooms,
    },
    rules: {
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          policies: [
            may('shared'),
            may('store', 'shared'),
            may('vault', 'shared', 'store'),
            may('audit', 'shared', 'store'),
            may('backup', 'shared', 'store', 'vault'),
            may('vision', 'shared'),
            may('gallery', 'shared'),
            may('models', 'shared'),
            may('evaluation', 'shared', 'vision', 'gallery'),
            may('attendance', 'shared'),
            may('liveness', 'shared'),
            may(
              'kiosk',
              'shared',
              ...trust,
              'store',
              'vision',
              'gallery',
              'models',
              'evaluation',
              'attendance',
              'liveness',
            ),
            may(
              'shells',
              'shared',
              'kiosk',
              ...trust,
              'store',
              'vision',
              'gallery',
              'models',
              'evaluation',
              'attendance',
              'liveness',
            ),
            may('preload', 'shared'),
            may('renderer', 'shared'),
          ],
        },
      ],
    },
  },
  {
    // Shared code runs in the browser, in Node and in Electron: it may know none of them.
    files: ['src/shared/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['node:*', 'electron', 'react*', 'ws', 'sharp'] }] },
  },
  { files: ['src/renderer/**/*.{ts,tsx}'], ...reactHooks.configs.flat.recommended },
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: ['error', 'always'],
    },
  },
);
