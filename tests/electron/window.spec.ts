/** The real Electron, where its binary is installed: the window, its isolation, the bridge. Elsewhere skipped, by name. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, expect, test, type ElectronApplication } from '@playwright/test';
import { projectRoot } from '../support/data.ts';

const home = resolve(projectRoot, 'node_modules/electron');

/** Why these tests cannot run here, or null. (Asking the `electron` package itself would start a download.) */
function missing(): string | null {
  const absent = "needs Electron's binary, which is not installed (npx install-electron)";
  if (!existsSync(join(home, 'path.txt'))) return absent;
  if (!existsSync(join(home, 'dist', readFileSync(join(home, 'path.txt'), 'utf8').trim()))) return absent;
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'])
    return 'needs a display';
  return null;
}

test.describe('the Electron host', () => {
  const why = missing();
  test.skip(why !== null, why ?? '');

  let folder: string;
  let app: ElectronApplication;
  test.beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lintel-electron-'));
    app = await _electron.launch({
      executablePath: join(home, 'dist', readFileSync(join(home, 'path.txt'), 'utf8').trim()),
      args: [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        projectRoot,
        '--offline',
        '--data',
        join(folder, 'data'),
      ],
      env: { ...(process.env as Record<string, string>), LINTEL_MODELS_DIR: '' },
    });
  });
  test.afterEach(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  test('shows the kiosk from its own scheme, isolated, with the bridge and nothing of Node', async () => {
    const page = await app.firstWindow();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    expect(page.url()).toMatch(/^lintel:\/\/kiosk\//);
    await expect(page.getByRole('status')).toHaveCount(1);
    const seen = await page.evaluate(async () => {
      const { lintel, require, process: node } = globalThis as unknown as Record<string, unknown>;
      const bridge = lintel as Record<string, (input?: unknown) => Promise<{ ok: boolean; error?: { code: string } }>>;
      return {
        node: typeof require !== 'undefined' || typeof node !== 'undefined',
        secure: globalThis.isSecureContext,
        status: (await bridge['getStatus']?.())?.ok,
        people: (await bridge['listPeople']?.({}))?.error?.code,
        outside: await fetch('https://example.com/').then(
          () => 'reached',
          () => 'refused',
        ),
      };
    });
    expect(seen).toEqual({
      node: false,
      secure: true,
      status: true,
      people: expect.stringMatching(/^pin-/),
      outside: 'refused',
    });
    // Only the refused request may have been complained about.
    expect(complaints.filter((text) => !text.includes('example.com') && !text.includes('Failed to fetch'))).toEqual([]);
  });

  test('neither navigates nor opens windows', async () => {
    const page = await app.firstWindow();
    await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      (globalThis as { refused?: Promise<boolean> }).refused = new Promise((done) =>
        contents?.once('will-navigate', (event) => done(event.defaultPrevented)),
      );
    });
    const opened = await page.evaluate(() => {
      const window = globalThis.open('https://example.com/');
      globalThis.location.href = 'https://example.com/';
      return window;
    });
    expect(opened).toBeNull();
    expect(await app.evaluate(() => (globalThis as { refused?: Promise<boolean> }).refused)).toBe(true);
    expect(app.windows()).toHaveLength(1);
    expect(page.url()).toMatch(/^lintel:\/\/kiosk\//);
  });
});
