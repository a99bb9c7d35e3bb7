/**
 * `npm test`: prepares the tree, a browser included, then types, lint, format, unit and integration tests (Vitest), and the
 * suites in real browsers (Playwright). Ends with one line: N passed, N failed, N skipped. Anything left out is named, with why.
 * `npm test -- --without-browser` leaves out what needs a browser; without it, no browser is a failure.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { browserForTests } from './browser-for-tests.mjs';
import { prepare, root, say } from './prepare.mjs';
import { closing, countPlaywright, countVitest } from './test-counts.mjs';

const { values } = parseArgs({ options: { 'without-browser': { type: 'boolean', default: false } } });
const withoutBrowser = values['without-browser'];

await prepare();

const browser = withoutBrowser ? null : await browserForTests();
if (browser === null && !withoutBrowser) {
  say(
    'FAILED: no Chromium, Chrome or Edge, and none could be installed. Install one, or: npm test -- --without-browser',
  );
  process.stdout.write('\n0 passed, 1 failed, 0 skipped\n');
  process.exit(1);
}
if (browser !== null) process.env['LINTEL_CHROMIUM'] = browser;
if (withoutBrowser) process.env['LINTEL_WITHOUT_BROWSER'] = '1';

const reports = join(root, 'test-results');
mkdirSync(reports, { recursive: true });

/** @returns {boolean} true when the program ended well */
function step(/** @type {string} */ name, /** @type {string} */ script, /** @type {string[]} */ args, env = {}) {
  say(`${name} ...`);
  const started = performance.now();
  const result = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  const ok = result.status === 0;
  say(`${name}: ${ok ? 'ok' : 'FAILED'} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
  return ok;
}

const total = { passed: 0, failed: 0 };
/** @type {string[]} */
const skippedNames = [];
/** @type {string[]} */
const failedSteps = [];

function suite(
  /** @type {string} */ name,
  /** @type {boolean} */ ok,
  /** @type {string} */ file,
  /** @type {typeof countVitest} */ count,
) {
  if (!existsSync(file)) {
    total.failed += 1;
    failedSteps.push(`${name} (ended without a report)`);
    return;
  }
  const counts = count(JSON.parse(readFileSync(file, 'utf8')));
  total.passed += counts.passed;
  skippedNames.push(...counts.skipped.map((test) => `${name}: ${test}`));
  // A suite can fail outside any test (a file that does not load): that counts as one failure.
  total.failed += ok ? counts.failed : Math.max(1, counts.failed);
  if (!ok || counts.failed > 0) failedSteps.push(name);
}

for (const [name, script, args] of /** @type {const} */ ([
  ['types', 'typescript/bin/tsc', ['--noEmit']],
  ['lint', 'eslint/bin/eslint.js', ['.']],
  ['format', 'prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']],
])) {
  if (step(name, script, [...args])) continue;
  total.failed += 1;
  failedSteps.push(name);
}

const vitestReport = join(reports, 'vitest.json');
rmSync(vitestReport, { force: true });
const vitestOk = step('unit and integration tests', 'vitest/vitest.mjs', [
  'run',
  '--allowOnly=false',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${vitestReport}`,
]);
suite('vitest', vitestOk, vitestReport, countVitest);

const playwrightReport = join(reports, 'playwright.json');
rmSync(playwrightReport, { force: true });
const playwrightOk = step(
  'tests in the browser and in Electron',
  '@playwright/test/cli.js',
  ['test', '--forbid-only', '--reporter=list,json'],
  {
    PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport,
  },
);
suite('playwright', playwrightOk, playwrightReport, countPlaywright);

process.stdout.write(`\n${closing(total, skippedNames, failedSteps, withoutBrowser)}\n`);
process.exit(total.failed > 0 || failedSteps.length > 0 ? 1 : 0);
