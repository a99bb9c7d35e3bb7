/** The long versions of tests that `npm test` runs briefly: `node scripts/long-run.mjs fuzz|faults`. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const LONG = {
  fuzz: { test: 'tests/integration/fuzz', env: { LINTEL_FUZZ_RUNS: '100000' } },
  faults: { test: 'tests/integration/faults.test.ts', env: { LINTEL_FAULTS: 'all' } },
};
const run = LONG[process.argv[2] ?? ''];
if (run === undefined) {
  console.error(`Usage: node scripts/long-run.mjs ${Object.keys(LONG).join('|')}`);
  process.exit(2);
}
const vitest = resolve(root, 'node_modules/vitest/vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', run.test, '--reporter=verbose'], {
  cwd: root,
  stdio: 'inherit',
  // What the caller sets, say a shorter run or the seed of a failure, comes first.
  env: { ...run.env, ...process.env },
});
process.exit(status ?? 1);
