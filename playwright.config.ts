import { defineConfig } from '@playwright/test';

// The machine's own Chromium, Chrome or Edge (src/main/shells/browser/find-browser.ts): nothing is downloaded. Where there
// is none, the tests skip themselves and say so (tests/support/browser.ts).
export default defineConfig({
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
  ],
});
