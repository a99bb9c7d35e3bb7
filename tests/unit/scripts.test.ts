/** The scripts behind `npm start` and `npm test`: when they install, when they build, what they count. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installersFor, obtainBrowser } from '../../scripts/browser-for-tests.mjs';
import { buildIsCurrent, installIsCurrent, lookOf, nodeIsNewEnough, sourceHash } from '../../scripts/prepare.mjs';
import { closing, countPlaywright, countVitest } from '../../scripts/test-counts.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-scripts-'));
  mkdirSync(join(folder, 'src/deep'), { recursive: true });
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'src/deep/a.ts'), 'one');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['20.19.0', true],
  ['20.18.9', false],
  ['22.0.0', true],
  ['18.99.99', false],
  ['20.19.1', true],
])('Node %s is new enough for >=20.19.0: %s', (version, yes) => {
  expect(nodeIsNewEnough(version, '>=20.19.0')).toBe(yes);
});

test('installs when a package is missing, has another version, or was never installed; not for other systems', () => {
  const lock = (packages: object): string => JSON.stringify({ packages: { '': {}, ...packages } });
  const a = { version: '1.0.0', integrity: 'sha512-a' };
  const want = { 'node_modules/a': a, 'node_modules/for-mac': { version: '1.0.0', optional: true } };
  writeFileSync(join(folder, 'package-lock.json'), lock(want));
  expect(installIsCurrent(folder)).toBe(false);
  const installed = join(folder, 'node_modules/.package-lock.json');
  writeFileSync(installed, lock({ 'node_modules/a': a }));
  expect(installIsCurrent(folder)).toBe(true);
  writeFileSync(installed, lock({ 'node_modules/a': { ...a, version: '1.0.1' } }));
  expect(installIsCurrent(folder)).toBe(false);
  writeFileSync(installed, lock({}));
  expect(installIsCurrent(folder)).toBe(false);
  writeFileSync(installed, '{ torn');
  expect(installIsCurrent(folder)).toBe(false);
});

test('builds when a source changed, came or went; not when only its time did', () => {
  expect(buildIsCurrent(folder)).toBe(false);
  mkdirSync(join(folder, 'out'));
  writeFileSync(join(folder, 'out/.built-from'), sourceHash(folder));
  expect(buildIsCurrent(folder)).toBe(true);
  utimesSync(join(folder, 'src/deep/a.ts'), new Date(), new Date());
  expect(buildIsCurrent(folder)).toBe(true);
  writeFileSync(join(folder, 'src/deep/a.ts'), 'two');
  expect(buildIsCurrent(folder)).toBe(false);
  writeFileSync(join(folder, 'src/deep/a.ts'), 'one');
  writeFileSync(join(folder, 'src/b.ts'), '');
  expect(buildIsCurrent(folder)).toBe(false);
  rmSync(join(folder, 'src/b.ts'));
  expect(buildIsCurrent(folder)).toBe(true);
});

test('what was found current is looked at again only when something was touched', () => {
  const looks = [lookOf(folder)];
  expect(lookOf(folder)).toBe(looks[0]);
  const differs = (): void => {
    const look = lookOf(folder);
    expect(looks).not.toContain(look);
    looks.push(look);
  };
  writeFileSync(join(folder, 'src/deep/a.ts'), 'two'); // as many bytes as before
  utimesSync(join(folder, 'src/deep/a.ts'), 1, 1);
  differs();
  writeFileSync(join(folder, 'src/b.ts'), '');
  differs();
  rmSync(join(folder, 'src/deep/a.ts'));
  differs();
  writeFileSync(join(folder, 'package-lock.json'), '{}');
  differs();
  writeFileSync(join(folder, 'node_modules/.package-lock.json'), '{}');
  differs();
  mkdirSync(join(folder, 'out'));
  writeFileSync(join(folder, 'out/.built-from'), 'hash');
  differs();
});

test('counts what Vitest and Playwright report, and names what was skipped', () => {
  expect(
    countVitest({
      testResults: [
        {
          assertionResults: [
            { status: 'passed', fullName: 'a' },
            { status: 'failed', fullName: 'b' },
            { status: 'skipped', fullName: 'c' },
            { status: 'todo', fullName: 'd' },
          ],
        },
      ],
    }),
  ).toEqual({ passed: 1, failed: 1, skipped: ['c', 'd'] });
  const spec = (title: string, status: string, annotations: object[] = []): object => ({
    title,
    tests: [{ status, annotations }],
  });
  expect(
    countPlaywright({
      suites: [
        {
          title: 'x.spec.ts',
          specs: [spec('runs', 'expected'), spec('breaks', 'unexpected')],
          suites: [
            {
              title: 'inner',
              specs: [
                spec('left out', 'skipped', [{ type: 'skip', description: 'no camera' }]),
                spec('shaky', 'flaky'),
              ],
            },
          ],
        },
      ],
    }),
  ).toEqual({ passed: 2, failed: 1, skipped: ['x.spec.ts > inner > left out (no camera)'] });
});

const debian = { platform: 'linux', uid: 0, osRelease: 'PRETTY_NAME="Debian"\nID=debian\n', hasApt: true };
test.each([
  ['root on Debian', debian, ['playwright', 'apt']],
  ['root on what is like Ubuntu', { ...debian, osRelease: 'ID=mint\nID_LIKE="ubuntu debian"' }, ['playwright', 'apt']],
  ['somebody on Debian', { ...debian, uid: 1000 }, ['playwright']],
  ['root on Fedora', { ...debian, osRelease: 'ID=fedora\nNAME="not debian"' }, ['playwright']],
  ['Debian without apt', { ...debian, hasApt: false }, ['playwright']],
  ['macOS', { ...debian, platform: 'darwin', osRelease: '' }, ['playwright']],
  ['Windows', { platform: 'win32', uid: undefined, osRelease: '', hasApt: false }, ['playwright']],
] as const)('a browser for the tests, %s: tries %j', (_who, machine, installers) => {
  expect(installersFor(machine)).toEqual(installers);
});

test.each([
  ['is there: nothing is installed', 'always', [], '/bin/browser'],
  ['comes with Playwright: apt is left alone', 'playwright', ['playwright'], '/bin/browser'],
  ['does not start after the download: apt is tried', 'apt', ['playwright', 'apt'], '/bin/browser'],
  ['can not be had: null, which npm test fails for', 'never', ['playwright', 'apt'], null],
] as const)('a browser for the tests %s', async (_what, helps, tried, path) => {
  const installed: string[] = [];
  const said: string[] = [];
  const found = await obtainBrowser({
    find: () => Promise.resolve(helps === 'always' || installed.includes(helps) ? '/bin/browser' : null),
    installers: ['playwright', 'apt'],
    install: (name) => void installed.push(name),
    say: (text) => void said.push(text),
  });
  expect(found).toBe(path);
  expect(installed).toEqual(tried);
  expect(said).toHaveLength(tried.length);
});

test('the last lines say what was left out, and end with the counts', () => {
  const total = { passed: 7, failed: 0 };
  const electron = "electron > a window (needs Electron's binary, which is not installed (npx install-electron))";
  expect(closing(total, [], [], false)).toBe('7 passed, 0 failed, 0 skipped');
  expect(closing(total, [electron], [], false)).toBe(
    `Skipped:\n  - ${electron}\n\nOnly what needs Electron's binary was left out.\n\n7 passed, 0 failed, 1 skipped`,
  );
  const without = closing(total, [electron, 'e2e > a page (needs a browser, and ...)'], [], true);
  expect(without).not.toContain('Only what needs');
  expect(without).toContain('Left out, as --without-browser was given: what needs a browser (1).');
  expect(without).toMatch(/\n7 passed, 0 failed, 2 skipped$/);
  expect(closing(total, [electron, 'a disk that is really full'], [], false)).not.toContain('Only what needs');
  expect(closing({ passed: 7, failed: 2 }, [], ['lint', 'vitest'], false)).toBe(
    'Failed: lint, vitest\n\n7 passed, 2 failed, 0 skipped',
  );
});
