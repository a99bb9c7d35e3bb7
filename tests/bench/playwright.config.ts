/** `npm run bench:browser`: what is measured in a real browser; `npm test` leaves it out. Build first: `npm run build`. */
import { defineConfig } from '@playwright/test';

export default defineConfig({
  globalSetup: '../support/people.ts',
  outputDir: '../../test-results/bench',
  testDir: '.',
  workers: 1,
  timeout: 180_000,
  reporter: 'list',
});
