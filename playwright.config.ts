import { defineConfig } from '@playwright/test';

// The machine's own Chromium, Chrome or Edge (src/main/shells/browser/find-browser.ts): nothing is downloaded. Where there
// is none, the tests skip themselves and say so (tests/support/browser.ts).
export default defineConfig({
  outputDir: 'test-results/playwright',
  fullyParallel: false,
  // A camera, two models and a browser on each: more at once would only measure the machine.
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env['CI']),
  retries: 0,
  reporter: 'list',
  projects: [
    { name: 'e2e', testDir: 'tests/e2e' },
    { name: 'electron', testDir: 'tests/electron' },
  ],
});
