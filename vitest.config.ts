import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { callNames } from './electron.vite.config.ts';

const larger = existsSync(resolve(import.meta.dirname, '../shared/data')) ? ['tests/shared/**/*.test.ts'] : [];

export default defineConfig({
  define: callNames,
  test: {
    include: ['tests/unit/**/*.test.{ts,tsx}', 'tests/integration/**/*.test.ts', ...larger],
    globalSetup: 'tests/support/people.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
