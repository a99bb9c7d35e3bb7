/**
 * `npm start` where Electron is there and does not work: a program in its place that breaks as Electron does. Each time the
 * browser must get the kiosk, on the same data.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { projectRoot } from '../support/data.ts';

const name =
  { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform as string] ?? 'electron';
const [node, cli] = [process.execPath, join(projectRoot, 'out/main/cli.js')];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-start-electron-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(path: string, script: string, mode = 0o755): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode });
  return path;
}

interface Started {
  readonly code: number | null;
  readonly said: string;
  /** What the browser in this test's place was started with; null: it was not. */
  readonly browser: string | null;
  /** What the page answered at the address that was printed; null: none was. */
  readonly page: number | null;
}

/**
 * Runs `npm start` with this script in Electron's place, until it ends or the browser is there; then it is ended as by Ctrl+C.
 * @param until ends it as soon as it says this
 */
async function start(electron: string, options: { mode?: number; until?: string } = {}): Promise<Started> {
  const dist = join(folder, 'dist');
  program(join(dist, name), electron, options.mode);
  const opened = join(folder, 'browser-arguments');
  const browser = program(
    join(folder, 'browser'),
    `echo "$@" > "${opened}.new"; mv "${opened}.new" "${opened}"; exec sleep 60`,
  );
  const child = spawn(node, [join(projectRoot, 'scripts/start.mjs'), '--offline', '--data', join(folder, 'data')], {
    cwd: projectRoot,
    env: {
      ...process.env,
      DISPLAY: ':no-such-display',
      ELECTRON_OVERRIDE_DIST_PATH: dist,
      LINTEL_CHROMIUM: browser,
      LINTEL_WINDOW_WITHIN_MS: '1500',
      DATA: join(folder, 'data'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [said, printed] = ['', ''];
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
  const ended = new Promise<number | null>((done) => child.on('exit', done));
  const isServed = vi.waitFor(
    () => expect(existsSync(opened) || (options.until !== undefined && said.includes(options.until))).toBe(true),
    { timeout: 60_000, interval: 50 },
  );
  await Promise.race([ended, isServed.catch(() => undefined)]);
  const url = /"url":"([^"]+)"/.exec(printed)?.[1];
  const page = url === undefined ? null : (await fetch(url)).status;
  child.kill('SIGTERM');
  return { code: await ended, said, page, browser: existsSync(opened) ? readFileSync(opened, 'utf8') : null };
}

const whyLines = (said: string): string[] =>
  said.split('\n').filter((line) => line.includes('Electron does not work here'));

// A shell script stands in for the program, which Windows does not run.
describe.skipIf(process.platform === 'win32')('Electron dies before it shows a window', () => {
  test.each([
    [
      'a library is missing',
      'echo "$0: error while loading shared libraries: libnss3.so: cannot open shared object file: No such file or directory" >&2; exit 127',
      'a library of the system is missing: libnss3.so',
    ],
    ['it ends at once, and with success', 'exit 0', 'it ended with code 0 before it showed a window'],
    [
      'it says what it lacks',
      'echo "[1:0101/000000.1:ERROR:ozone_platform_x11.cc(240)] Missing X server or \\$DISPLAY" >&2; echo bye >&2; exit 1',
      'it ended with code 1 before it showed a window: Missing X server or $DISPLAY',
    ],
    ['it crashes', 'kill -SEGV $$', 'it crashed (SIGSEGV)'],
    ['it crashes in another way', 'kill -TRAP $$', 'it crashed (SIGTRAP)'],
    [
      'it is killed while it opens the data',
      'echo opening > "$LINTEL_WINDOW_FILE"; kill -ABRT $$',
      'it crashed (SIGABRT)',
    ],
    ['it hangs', 'exec sleep 60', 'it showed no window within 1.5 s and was ended'],
    ['it hangs, and hears nothing', 'trap "" TERM; while :; do sleep 0.1; done', 'it showed no window within 1.5 s'],
    ['it may not be run', 'exit 0', 'it could not be run', 0o644],
  ])(
    '%s',
    async (_what, script, why, mode = 0o755) => {
      const { code, said, page, browser } = await start(script, { mode });
      // One line, and it says why.
      expect(whyLines(said)).toEqual([expect.stringContaining(why)]);
      expect(page).toBe(200);
      expect(browser).toContain(`--user-data-dir=${join(folder, 'data', 'window')}`);
      expect(browser).toMatch(/--app=http:\/\/127\.0\.0\.1:\d+\//);
      expect(code).toBe(0);
    },
    60_000,
  );

  test('it holds the data open meanwhile, and has let go of them when the browser opens', async () => {
    const script = [
      'printf opening > "$LINTEL_WINDOW_FILE"',
      `"${node}" "${cli}" serve --offline --data "$DATA" > "$DATA.url" & kiosk=$!`,
      'trap "kill $kiosk; wait $kiosk" TERM',
      'until [ -s "$DATA.url" ]; do sleep 0.1; done',
      'printf opened > "$LINTEL_WINDOW_FILE"; wait $kiosk',
    ].join('\n');
    const { said, page, browser } = await start(script);
    expect(whyLines(said)).toEqual([expect.stringContaining('it showed no window within 1.5 s')]);
    expect(said.match(/the kiosk is open at/g)).toHaveLength(2);
    expect(browser).not.toBeNull();
    expect(page).toBe(200);
  }, 60_000);
});

describe.skipIf(process.platform === 'win32')('Electron is left alone', () => {
  test.each([
    ['when its window was shown and closed', 'printf shown > "$LINTEL_WINDOW_FILE"; exit 0', 0],
    ['when it failed after that', 'printf shown > "$LINTEL_WINDOW_FILE"; exit 3', 3],
    ['when the kiosk itself refused, and said why', 'echo "lintel: Another Lintel uses this folder." >&2; exit 70', 1],
    [
      'while it opens its data, however long, and after that',
      'printf opening > "$LINTEL_WINDOW_FILE"; sleep 3; printf shown > "$LINTEL_WINDOW_FILE"; sleep 2; exit 0',
      0,
    ],
  ])(
    '%s',
    async (_what, script, expected) => {
      const { code, said, page, browser } = await start(script);
      expect({ code, page, browser }).toEqual({ code: expected, page: null, browser: null });
      expect(whyLines(said)).toEqual([]);
    },
    60_000,
  );

  test('when it is ended from outside before its window is there', async () => {
    const { code, said, browser } = await start('echo begun >&2; exec sleep 60', { until: 'begun' });
    expect({ code, browser }).toEqual({ code: 1, browser: null });
    expect(whyLines(said)).toEqual([]);
  }, 60_000);
});
