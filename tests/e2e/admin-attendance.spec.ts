/** Attendance and settings in the built program: corrected, filtered, saved, in both languages. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Download, Page } from '@playwright/test';
import { localMoment } from '../../src/main/attendance/rules.ts';
import { dateAt, timeAt } from '../../src/renderer/admin/attendance/Corrections.tsx';
import { expect, test } from '../support/browser.ts';
import { runLintel, startKiosk } from '../support/kiosk-server.ts';
import { enrollPeople, enterFirstTime, goToArea } from '../support/real-admin.ts';

const ZONE = 'Asia/Ho_Chi_Minh';
const THAO = 'Nguyễn Thị Phương Thảo';

async function saved(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const waiting: Promise<Download> = page.waitForEvent('download');
  await page.getByRole('button', { name: button, exact: true }).click();
  const file = await waiting;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

test('a forgotten check-in is added, moved and struck out, each with its reason; the report follows and is saved', async ({
  folder,
  openBrowser,
}) => {
  test.setTimeout(180_000);
  const data = join(folder, 'data');
  enrollPeople(folder, data, {
    'Ada Lovelace': { scene: 'person-02', pictures: 1 },
    [THAO]: { scene: 'person-05', pictures: 1 },
  });
  const kiosk = await startKiosk(data);
  try {
    const { page, complaints } = await openBrowser(null);
    await enterFirstTime(page, kiosk.url);

    // The clock of the reports, and hours of which everybody can be late.
    await goToArea(page, 'Settings');
    await page.getByText('Working hours', { exact: true }).click();
    await page.getByLabel('Time zone of reports').selectOption(ZONE);
    await page.getByLabel('Start time').first().fill('00:00');
    await page.getByLabel('Start time').first().press('Enter');
    await page.getByLabel('Grace period').first().selectOption('0');
    for (const day of ['Sat', 'Sun']) await page.getByRole('button', { name: day, exact: true }).first().click();
    await page.getByLabel('Group', { exact: true }).fill('Night shift');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Night shift' })).toBeVisible();
    const settings = JSON.parse(readFileSync(join(data, 'settings.json'), 'utf8')) as { data: Record<string, unknown> };
    expect(settings.data['timeZone']).toBe(ZONE);
    expect(settings.data['defaultSchedule']).toMatchObject({ start: '00:00', workdays: [1, 2, 3, 4, 5, 6, 7] });
    expect(Object.keys(settings.data['schedules'] as object)).toEqual(['Night shift']);

    // Twenty minutes ago by that clock, as far as midnight allows.
    const now = Date.now();
    const today = dateAt(now, ZONE);
    const midnight = localMoment(today, '00:00', ZONE);
    const cameAt = Math.max(midnight, now - 20 * 60_000);
    await goToArea(page, 'Attendance');
    await page.getByRole('button', { name: new RegExp(THAO) }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(THAO);
    await page.getByRole('button', { name: 'Add a check-in' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByLabel('Day')).toHaveValue(today);
    await dialog.getByLabel('Time').fill(timeAt(cameAt, ZONE));
    // No correction without a reason.
    await expect(dialog.getByRole('button', { name: 'Save correction' })).toBeDisabled();
    await dialog.getByRole('button', { name: 'The camera did not work' }).click();
    await dialog.getByRole('button', { name: 'Save correction' }).click();
    const line = page.getByRole('listitem').filter({ hasText: timeAt(cameAt, ZONE) });
    await expect(line).toContainText('Corrected: The camera did not work');

    // What cannot be so is refused, and what was typed stays.
    await page.getByRole('button', { name: 'Add a check-in' }).click();
    await dialog.getByLabel('Day').fill(`${Number(today.slice(0, 4)) + 1}-01-01`);
    await dialog.getByLabel('Time').fill('08:00');
    await dialog.getByLabel('Reason', { exact: true }).fill('Tomorrow perhaps');
    await dialog.getByRole('button', { name: 'Save correction' }).click();
    await expect(dialog.getByRole('alert')).toBeVisible();
    await expect(dialog.getByLabel('Reason', { exact: true })).toHaveValue('Tomorrow perhaps');
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: `Edit time of ${timeAt(cameAt, ZONE)}` }).click();
    const earlier = Math.max(midnight, cameAt - 5 * 60_000);
    await dialog.getByLabel('Time').fill(timeAt(earlier, ZONE));
    await dialog.getByLabel('Reason', { exact: true }).fill('Was earlier');
    await dialog.getByRole('button', { name: 'Save correction' }).click();
    await expect(page.getByRole('listitem').filter({ hasText: 'Was earlier' })).toContainText(timeAt(earlier, ZONE));

    // In the report for everybody: she came, late unless it is midnight; the other did not.
    await page.getByRole('button', { name: 'Back' }).click();
    const row = page.getByRole('row').filter({ hasText: THAO });
    await expect(row).toContainText(timeAt(earlier, ZONE));
    await expect(row).toContainText('corrected');
    await page.getByLabel('Search by name').fill('thao');
    await expect(page.getByRole('row').filter({ hasText: 'Ada Lovelace' })).toHaveCount(0);
    await expect(row).toBeVisible();
    await page.getByLabel('Search by name').fill('');
    await expect(page.getByText('Arrivals by quarter hour').first()).toBeVisible();

    const csv = await saved(page, 'Save as CSV');
    expect(csv.name).toMatch(/\.csv$/);
    expect(csv.bytes.toString('utf8')).toContain(THAO);
    expect(csv.bytes.toString('utf8')).toContain('First in');
    const sheet = await saved(page, 'Save as spreadsheet');
    expect(sheet.name).toMatch(/\.xlsx$/);
    expect(sheet.bytes.subarray(0, 2).toString()).toBe('PK');

    // In Vietnamese, at once; the file as well.
    await goToArea(page, 'Settings');
    await page.getByText('Tiếng Việt', { exact: true }).click();
    await goToArea(page, 'Chấm công');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Chấm công');
    const theirs = await saved(page, 'Lưu thành CSV');
    expect(theirs.bytes.toString('utf8')).toContain('Vào lần đầu');

    await page.getByRole('button', { name: new RegExp(THAO) }).click();
    await page.getByRole('button', { name: `Hủy lượt ${timeAt(earlier, ZONE)}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Ghi nhầm' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Lưu hiệu chỉnh' }).click();
    await expect(page.getByText('Không có lượt nào trong ngày này.')).toBeVisible();
    expect(complaints).toEqual([]);

    // Every correction is a line of its own that is still there.
    await kiosk.stop();
    const { json } = runLintel(['attendance', '--data', data, '--from', today, '--to', today]);
    expect(JSON.stringify(json)).toContain(THAO);
  } finally {
    await kiosk.stop();
  }
});
