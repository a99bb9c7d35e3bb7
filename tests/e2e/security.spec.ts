/**
 * The Security area over the built program: encryption is turned on there, the kiosk comes back locked after a restart and
 * is opened with the passphrase; a backup is planned, made, and put back; the journal has it all and fits.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/browser.ts';
import { startKiosk } from '../support/kiosk-server.ts';
import { enterFirstTime, goToArea } from '../support/real-admin.ts';

const PASSPHRASE = 'three blue herons 41';

async function enterAgain(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Operator' }).click();
  for (const digit of '2580') await page.getByRole('button', { name: digit, exact: true }).click();
  await page.getByRole('button', { name: 'Unlock', exact: true }).click();
  await expect(page.getByRole('navigation')).toBeVisible();
}

const openTab = async (page: Page, name: string): Promise<void> => {
  await goToArea(page, 'Security');
  await page.getByText(name, { exact: true }).first().click();
};

test('encrypted, locked, opened, backed up and put back at the screen', async ({ folder, openBrowser }) => {
  const data = join(folder, 'data');
  const stick = join(folder, 'stick');
  mkdirSync(stick);
  let kiosk = await startKiosk(data);
  const { page } = await openBrowser(null);
  try {
    await enterFirstTime(page, kiosk.url);
    await goToArea(page, 'Security');
    await page.getByRole('button', { name: 'Encrypt', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await dialog.getByLabel('Confirm passphrase').fill(PASSPHRASE);
    await dialog.locator('.consent').click();
    await dialog.getByRole('button', { name: 'Encrypt', exact: true }).click();
    await expect(page.getByRole('navigation')).toHaveCount(0);
    // Open again with what encrypted them; the session went.
    await enterAgain(page);
    await goToArea(page, 'Health');
    await expect(page.getByText('The data is now encrypted.')).toBeVisible();
    expect(readFileSync(join(data, 'operator.json')).toString('latin1')).not.toContain('scrypt');

    await openTab(page, 'Backups');
    await page.getByText('Another folder').click();
    await page.getByLabel('Folder path').fill(stick);
    await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await page.getByLabel('Confirm passphrase').fill(PASSPHRASE);
    await page.getByRole('button', { name: 'Save schedule' }).click();
    await expect(page.getByText('Saved.')).toBeVisible();
    await page.getByRole('button', { name: 'Back up now' }).click();
    await expect(page.getByText('0 people · 0 check-ins')).toBeVisible();
    expect(readdirSync(stick)).toHaveLength(1);

    await page.getByRole('button', { name: /^Restore the backup of/ }).click();
    await page.getByText('Replace the current data').click();
    await page.getByRole('button', { name: 'Preview' }).click();
    await expect(page.getByText('Everything in it is already here.')).toBeVisible();
    await page.getByRole('button', { name: 'Erase and restore' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Erase and restore' }).click();
    await expect(page.getByRole('navigation')).toHaveCount(0);
    await enterAgain(page);
    await goToArea(page, 'Health');
    await expect(page.getByText('The backup was restored.')).toBeVisible();

    await openTab(page, 'Audit log');
    await expect(page.getByText('Encryption was turned on')).toBeVisible();
    await expect(page.getByText(/^The data was replaced by the backup of/)).toBeVisible();
    await page.getByRole('button', { name: 'Verify log' }).click();
    await expect(page.getByText('The log is intact')).toBeVisible();

    await kiosk.stop();
    kiosk = await startKiosk(data);
    await page.goto(kiosk.url);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('This kiosk is locked');
    await page.getByLabel('Passphrase').fill('not this one at all');
    await page.getByLabel('Passphrase').press('Enter');
    await expect(page.getByRole('alert')).toContainText('That passphrase does not open the encrypted data');
    await page.getByLabel('Passphrase').fill(PASSPHRASE);
    await page.getByLabel('Passphrase').press('Enter');
    await enterAgain(page);
  } finally {
    await kiosk.stop();
  }
});
