/** A stranger at the built program: encrypts the data on the screen, plans backups, starts again, gives the passphrase, puts a backup back. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../support/browser.ts';
import { startKiosk } from '../support/kiosk-server.ts';
import { enterFirstTime, goToArea } from '../support/real-desk.ts';

const passphrase = 'three blue horses sleeping';
const backupPassphrase = 'seven wet stones by the sea';

test('encrypted from the screen, backed up, locked at the next start, opened, restored', async ({
  folder,
  openBrowser,
}) => {
  const data = join(folder, 'data');
  const stick = join(folder, 'stick');
  mkdirSync(stick);
  let kiosk = await startKiosk(data);
  try {
    const { page, complaints } = await openBrowser(null);
    const heading = page.getByRole('heading', { level: 1 });
    const pin = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Operator' }).click();
      for (const digit of '2580') await page.getByRole('button', { name: digit, exact: true }).click();
      await page.getByRole('button', { name: 'Open', exact: true }).click();
      await expect(page.getByRole('navigation')).toBeVisible();
    };
    await enterFirstTime(page, kiosk.url);
    await goToArea(page, 'Safety');
    await expect(page.getByRole('heading', { name: 'The data are not encrypted' })).toBeVisible();
    await page.getByRole('button', { name: 'Encrypt', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Passphrase').fill(passphrase);
    await dialog.getByLabel('Once more').fill(passphrase);
    await dialog.locator('.consent').click();
    await dialog.getByRole('button', { name: 'Encrypt', exact: true }).click();
    // It closes, opens again by itself, and the operator is at the door.
    await expect(page.getByRole('navigation')).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Operator' })).toBeEnabled({ timeout: 30_000 });
    await pin();
    await goToArea(page, 'Health');
    await expect(page.getByText('The data are encrypted from now on.')).toBeVisible();
    await goToArea(page, 'Safety');
    await expect(page.getByRole('heading', { name: 'The data are encrypted' })).toBeVisible();

    await page.getByText('Backups', { exact: true }).click();
    await page.getByText('Another folder').click();
    await page.getByLabel('Path of the folder').fill(stick);
    await page.getByLabel('Passphrase', { exact: true }).fill(backupPassphrase);
    await page.getByLabel('Once more').fill(backupPassphrase);
    await page.getByRole('button', { name: 'Save this plan' }).click();
    await expect(page.getByText('Saved. The first look')).toBeVisible();
    await page.getByRole('button', { name: 'Back up now' }).click();
    await expect(page.getByText('0 people · 0 check-ins')).toBeVisible({ timeout: 30_000 });
    expect(readdirSync(stick)).toHaveLength(1);
    await page.screenshot({ path: 'artifacts/e2e-safety-backups.png' });

    await kiosk.stop();
    kiosk = await startKiosk(data);
    await page.goto(kiosk.url);
    await expect(heading).toHaveText('This kiosk is locked');
    await page.screenshot({ path: 'artifacts/e2e-safety-locked.png' });
    await page.getByLabel('Passphrase').fill('three blue horses asleep');
    await page.getByLabel('Passphrase').press('Enter');
    await expect(page.getByRole('alert')).toContainText('That passphrase is not right');
    await page.getByLabel('Passphrase').fill(passphrase);
    await page.getByLabel('Passphrase').press('Enter');
    await pin();
    await goToArea(page, 'Safety');
    await page.getByText('Restore', { exact: true }).click();
    await page.getByRole('button', { name: 'See what would happen' }).click();
    const preview = page.getByRole('region', { name: 'What would happen' });
    await expect(preview).toBeVisible({ timeout: 30_000 });
    await page.screenshot({ path: 'artifacts/e2e-safety-restore.png' });
    await preview.getByRole('button').click();
    await page.getByRole('alertdialog').getByRole('button').last().click();
    await expect(page.getByRole('button', { name: 'Operator' })).toBeEnabled({ timeout: 30_000 });
    await pin();
    await goToArea(page, 'Health');
    await expect(page.getByText('The backup was put back.')).toBeVisible();
    await goToArea(page, 'Safety');
    await page.getByText('Who did what', { exact: true }).click();
    await page.getByRole('button', { name: 'Check the journal' }).click();
    await expect(page.getByRole('dialog').getByText(/all \d+ lines fit/)).toBeVisible();
    // The socket that was cut when the kiosk was stopped is the only thing the page complained of.
    expect(complaints.filter((text) => !/WebSocket|ERR_CONNECTION/.test(text))).toEqual([]);
    expect(kiosk.log()).not.toContain(passphrase);
  } finally {
    await kiosk.stop();
  }
});
