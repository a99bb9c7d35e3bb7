/**
 * Playwright's `test` with a fake camera, in the machine's own browser or the one Playwright downloaded (`npx playwright install
 * chromium`). Where there is neither it fails, unless the tests were told to do without (`npm test -- --without-browser`).
 */
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type BrowserContext, chromium, type Page, test as base } from '@playwright/test';
import { findBrowser } from '../../src/main/hosts/web/browser.ts';
import { runLintel } from './kiosk-server.ts';
import { scene } from './people.ts';

/** Who is in the folder that tests get as `data`; enrolled once for each worker of Playwright. */
export const ENROLLED = ['person-02', 'person-04', 'person-05'] as const;

export interface CameraBrowser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors the page logged or threw, and violations of its content security policy. */
  readonly complaints: readonly string[];
}

/** Opens the browser with `camera` (an .mjpeg file; null: a browser without a camera) as its only camera. */
export type OpenBrowser = (
  camera: string | null,
  options?: { readonly width?: number; readonly height?: number; readonly colorScheme?: 'light' | 'dark' },
) => Promise<CameraBrowser>;

/** `data` is the test's own copy of a data folder with the people of `ENROLLED`, as delivered: a sign of life is asked for. */
export const test = base.extend<{ folder: string; data: string; openBrowser: OpenBrowser }, { enrolled: string }>({
  enrolled: [
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'lintel-enrolled-'));
      for (const person of ENROLLED) {
        mkdirSync(join(folder, 'people', person), { recursive: true });
        // All but the last three pictures, as an operator would from a folder; those are for the camera.
        for (const file of scene(person).slice(0, -3))
          copyFileSync(file, join(folder, 'people', person, basename(file)));
      }
      const { code, stderr } = runLintel(['enroll', join(folder, 'people'), '--data', join(folder, 'data')]);
      if (code !== 0) throw new Error(`lintel enroll ended with ${code}:\n${stderr}`);
      await use(join(folder, 'data'));
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
    { scope: 'worker' },
  ],
  data: async ({ folder, enrolled }, use) => {
    cpSync(enrolled, join(folder, 'data'), { recursive: true });
    await use(join(folder, 'data'));
  },
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'lintel-e2e-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  },
  openBrowser: async ({ folder }, use) => {
    const downloaded = chromium.executablePath();
    const executablePath = findBrowser() ?? (existsSync(downloaded) ? downloaded : null);
    if (executablePath === null) {
      base.skip(process.env['LINTEL_WITHOUT_BROWSER'] === '1', 'needs a browser, and --without-browser was given');
      throw new Error('No Chromium, Chrome or Edge was found. Install one, or: npx playwright install chromium');
    }
    const opened: BrowserContext[] = [];
    await use(async (camera, { width = 1280, height = 800, colorScheme = 'light' } = {}) => {
      const context = await chromium.launchPersistentContext(mkdtempSync(join(folder, 'profile-')), {
        executablePath,
        headless: true,
        viewport: { width, height },
        colorScheme,
        permissions: camera === null ? [] : ['camera'],
        args: [
          '--use-fake-ui-for-media-stream',
          ...(camera === null
            ? []
            : ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera}`]),
          '--disable-gpu',
          ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        ],
      });
      opened.push(context);
      const page = context.pages()[0] ?? (await context.newPage());
      const complaints: string[] = [];
      page.on('console', (message) => {
        // MediaPipe's WebAssembly writes its greeting to stderr, which the browser files under errors.
        if (message.type() === 'error' && !message.text().startsWith('INFO:'))
          complaints.push(`${message.text()} (${message.location().url})`);
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      return { context, page, complaints };
    });
    for (const context of opened) await context.close();
  },
});
export { expect } from '@playwright/test';
