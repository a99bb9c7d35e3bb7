/** Finding the machine's browser, and what its app window is started with. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { browserArguments, findBrowser } from '../../src/main/hosts/web/browser.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-find-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(path: string): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '');
  chmodSync(file, 0o755);
  return file;
}

test.skipIf(process.platform === 'win32')('Linux: by name in PATH, Chromium before Chrome before Edge', () => {
  const env = { PATH: ['a', 'b'].map((name) => join(folder, name)).join(delimiter) };
  expect(findBrowser(env, 'linux')).toBeNull();
  const edge = program('a/microsoft-edge');
  expect(findBrowser(env, 'linux')).toBe(edge);
  const chrome = program('b/google-chrome');
  expect(findBrowser(env, 'linux')).toBe(chrome);
  writeFileSync(join(folder, 'a/chromium'), 'not executable');
  expect(findBrowser(env, 'linux')).toBe(chrome);
  const chromium = program('b/chromium');
  expect(findBrowser(env, 'linux')).toBe(chromium);
  const named = program('elsewhere/my-browser');
  expect(findBrowser({ ...env, LINTEL_CHROMIUM: named }, 'linux')).toBe(named);
});

test.skipIf(process.platform === 'win32')('macOS: an application of the person', () => {
  const chrome = program('Applications/Google Chrome.app/Contents/MacOS/Google Chrome');
  expect(findBrowser({ HOME: folder }, 'darwin')).toBe(chrome);
});

test('the window has its own profile, does no errands of its own, and keeps its sandbox unless root runs it', () => {
  const options = { browser: 'chromium', url: 'http://127.0.0.1:1/open/x', dataDir: 'data', kiosk: false };
  const args = browserArguments(options, false);
  expect(args).toContain('--app=http://127.0.0.1:1/open/x');
  expect(args).toContain(`--user-data-dir=${join('data', 'window')}`);
  for (const flag of ['background-networking', 'component-update', 'sync']) expect(args).toContain(`--disable-${flag}`);
  expect(args).toContain('--no-first-run');
  expect(args).not.toContain('--no-sandbox');
  expect(args).not.toContain('--kiosk');
  expect(browserArguments({ ...options, kiosk: true }, true)).toEqual(
    expect.arrayContaining(['--kiosk', '--no-sandbox']),
  );
});
