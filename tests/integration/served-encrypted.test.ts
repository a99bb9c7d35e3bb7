/** The real program on encrypted data, nobody at its terminal: the passphrase comes over the page's socket; SIGKILL in the middle. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { vaultStatus } from '../../src/main/storage/vault.ts';
import { Page } from '../faults/page.ts';
import { type KioskServer, startKiosk } from '../support/kiosk-server.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const passphrase = 'four words nobody guesses';
const PIN = '24681357';
let folder: string;
let kiosk: KioskServer | null = null;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-served-'));
});
afterAll(async () => {
  await kiosk?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const state = async (page: Page): Promise<string> => (await page.call('getDataState')).state;

test('turned on from the page, locked at the next start, opened by the passphrase; killed while it rotates, it goes on', async () => {
  kiosk = await startKiosk(folder);
  let page = await Page.open(kiosk.url);
  await page.call('createPin', { pin: PIN });
  await page.call('updateSettings', { kioskName: 'North gate' });
  await page.call('changeEncryption', { what: 'on', secret: { method: 'passphrase', passphrase } });
  await vi.waitFor(async () => expect(await state(page)).toBe('open'), { timeout: 60_000, interval: 50 });
  expect((await vaultStatus(folder)).state).toBe('encrypted');

  for (let round = 0; round < 3; round++) {
    await page.call('unlock', { pin: PIN });
    await page.call('changeEncryption', { what: 'rotated' });
    await sleep(Math.random() * 150);
    process.kill(kiosk.pid, 'SIGKILL');
    await vi.waitFor(() => expect(page.isOpen).toBe(false));
    // It starts without a word at the terminal, and says so to whoever looks.
    kiosk = await startKiosk(folder);
    page = await Page.open(kiosk.url);
    expect(await state(page)).toBe('locked');
    await expect(page.call('getStatus')).rejects.toMatchObject({ code: 'vault-locked' });
    expect(await page.call('openData', { passphrase: 'the wrong words' })).toMatchObject({ state: 'locked' });
    expect(await page.call('openData', { passphrase })).toEqual({ state: 'open' });
    expect((await page.call('getStatus')).settings.kioskName).toBe('North gate');
    expect(kiosk.log()).not.toContain(passphrase);
  }
  expect(await kiosk.stop()).toBe(0);
  kiosk = null;
});
