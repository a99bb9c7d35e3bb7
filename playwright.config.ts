import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from '@playwright/test';

const larger = existsSync(resolve(import.meta.dirname, '../shared/data'));

export default defineConfig({
  globalSetup: './tests/support/people.ts',
  outputDir: 'test-results/playwright',
  fullyParallel: false,
  // A camera, two models and a browser each: two files side by side are what the smallest machine we test on can carry.
  workers: 2,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env['CI']),
  retries: 0,
  reporter: 'list',
  projects: [
    { name: 'e2e', testDir: 'tests/e2e' },
    { name: 'electron', testDir: 'tests/electron' },
    ...(larger ? [{ name: 'shared', testDir: 'tests/shared', testMatch: '*.spec.ts' }] : []),
  ],
});
