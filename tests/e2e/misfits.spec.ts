/** Pictures that do not belong to a person, and one face under two names, as an operator meets them. Real models. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { picture } from '../support/admin-page.ts';
import { expect, test } from '../support/browser.ts';
import { writeFakeCamera } from '../support/fake-camera.ts';
import { runLintel, startKiosk } from '../support/kiosk-server.ts';
import { scene } from '../support/people.ts';
import { recognitionOnly } from '../support/recognition-only.ts';

async function asOperator(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('button', { name: 'Operator' }).click();
  for (const then of ['Next', 'Set PIN']) {
    for (const digit of '2580') await page.getByRole('button', { name: digit, exact: true }).click();
    await page.getByRole('button', { name: then, exact: true }).click();
  }
}
const samplesOf = (data: string): [string, number][] => {
  const { json } = runLintel(['people', '--data', data]);
  return (json as { people: { name: string; samples: number }[] }).people.map(({ name, samples }) => [name, samples]);
};
/** With LINTEL_SCREENS, pictures of both orientations of a kiosk's screen. */
async function shots(page: Page, name: string): Promise<void> {
  if (process.env['LINTEL_SCREENS'] === undefined) return;
  for (const [width, height] of [
    [800, 1280],
    [1280, 800],
  ] as const) {
    await page.setViewportSize({ width, height });
    await picture(page, `${width}x${height}`, name);
  }
}

test('the dialog shows pictures that do not fit, and takes them only on the operator’s word', async ({
  folder,
  openBrowser,
}) => {
  const data = recognitionOnly(join(folder, 'data'));
  const kiosk = await startKiosk(data);
  try {
    const { page } = await openBrowser(null);
    await asOperator(page, kiosk.url);
    const dialog = page.getByRole('dialog');
    const begin = async (name: string, files: readonly string[]): Promise<void> => {
      await page.getByRole('button', { name: /Enroll a person/ }).click();
      await dialog.getByLabel('Name').fill(name);
      await dialog.getByText(/Consent given/).click();
      await dialog.getByRole('button', { name: 'Next' }).click();
      await dialog.locator('input[type=file]').setInputFiles([...files]);
      await expect(dialog.getByText(`${files.length} pictures taken`)).toBeVisible({ timeout: 60_000 });
    };
    const [ada, grace] = [scene('person-02'), scene('person-05')];

    await begin('Ada', [ada[0]!, grace[0]!, ada[2]!]);
    await expect(dialog.getByText('Does not fit')).toHaveCount(1);
    await expect(dialog.getByRole('alert')).toContainText('1 picture looks like a different person');
    await shots(page, 'misfit-capture');
    await dialog.getByRole('button', { name: 'Next' }).click();
    await expect(dialog.getByText('This picture is left out.')).toHaveCount(1);
    await shots(page, 'misfit-review');
    await dialog.getByRole('button', { name: /Save Ada/ }).click();
    await expect(dialog.getByText('2 pictures saved.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Done' }).click();

    // Of two that differ neither counts before somebody says which.
    await begin('Grace', [grace[1]!, scene('person-03')[0]!]);
    await expect(dialog.getByText('Does not fit')).toHaveCount(2);
    await dialog.getByRole('button', { name: 'Next' }).click();
    const save = dialog.getByRole('button', { name: /Save Grace/ });
    await expect(save).toBeDisabled();
    await shots(page, 'misfit-undecided');
    await dialog.getByText('This is Grace').first().click();
    await expect(dialog.getByText('This picture is left out.')).toHaveCount(1);
    await expect(save).toBeEnabled();
    await dialog.getByText('This is Grace').last().click();
    await expect(dialog.getByText('All pictures are used.')).toBeVisible();
    await save.click();
    await expect(dialog.getByText('2 pictures saved.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Done' }).click();
  } finally {
    await kiosk.stop();
  }
  expect(samplesOf(data)).toEqual([
    ['Ada', 2],
    ['Grace', 2],
  ]);
});

test('an import ends with what does not fit and who looks alike', async ({ folder, openBrowser }) => {
  const source = join(folder, 'staff');
  const put = (person: string, ...files: string[]): void => {
    mkdirSync(join(source, person), { recursive: true });
    files.forEach((file, i) => copyFileSync(file, join(source, person, `${i}.jpg`)));
  };
  put('Ada', scene('person-02')[0]!, scene('person-02')[2]!, scene('person-05')[0]!);
  put('Ada again', scene('person-02')[4]!);
  put('Two', scene('person-03')[0]!, scene('person-04')[0]!);
  const data = recognitionOnly(join(folder, 'data'));
  const kiosk = await startKiosk(data);
  try {
    const { page } = await openBrowser(null);
    await asOperator(page, kiosk.url);
    await page.getByRole('button', { name: 'People', exact: true }).click();
    await page.getByRole('button', { name: 'Import and export' }).click();
    await page.locator('input[type=file]').setInputFiles(source);
    await page.getByText(/All of them gave consent/).click();
    await page.getByRole('button', { name: 'Start import' }).click();
    const differing = page.getByRole('region', { name: '2 people have pictures that look like somebody else' });
    await expect(differing).toBeVisible({ timeout: 60_000 });
    await expect(differing).toContainText('Two/0.jpg, Two/1.jpg');
    await expect(page.getByRole('region', { name: '1 pair of people looks alike' })).toContainText('Ada and Ada again');
    await shots(page, 'misfit-import');
    await differing.getByRole('button').last().click();
    await expect(page.getByRole('region', { name: /1 person has pictures/ })).toContainText('Ada/2.jpg');
    await page.getByRole('button', { name: 'Compare in Duplicates' }).click();
    await expect(page.getByRole('region', { name: 'Ada and Ada again' })).toBeVisible();
  } finally {
    await kiosk.stop();
  }
  expect(samplesOf(data).sort()).toEqual([
    ['Ada again', 1],
    ['Ada', 2],
    ['Two', 2],
  ]);
});

test('one face under two names: the desk at the door, the pair under Health, and merged there is one', async ({
  folder,
  openBrowser,
}) => {
  const people = join(folder, 'people');
  for (const name of ['Ada Lovelace', 'Ada King']) {
    mkdirSync(join(people, name), { recursive: true });
    copyFileSync(scene('person-02')[0]!, join(people, name, '0.jpg'));
  }
  const data = recognitionOnly(join(folder, 'data'));
  runLintel(['enroll', people, '--data', data]);
  const camera = join(folder, 'door.mjpeg');
  await writeFakeCamera(camera, [
    { picture: scene('person-02')[1]!, seconds: 5 },
    { picture: null, seconds: 7 },
  ]);
  const kiosk = await startKiosk(data);
  try {
    const { page } = await openBrowser(camera);
    await page.goto(kiosk.url);
    const status = page.getByRole('status');
    await expect(status).toContainText('Could not identify you clearly', { timeout: 40_000 });
    await expect(status).toContainText('Please ask at the desk', { timeout: 60_000 });
    await shots(page, 'ambiguous-door');
    await asOperator(page, kiosk.url);
    await page.getByRole('button', { name: /needs? attention/ }).click();
    await expect(page.getByText(/Ada (King|Lovelace) and Ada (King|Lovelace): \d+ times/)).toBeVisible();
    await shots(page, 'ambiguous-health');
    await page.getByRole('button', { name: 'Compare in Duplicates' }).click();
    await expect(page.getByText(/Not told apart at the door \d+ times/)).toBeVisible();
    await shots(page, 'ambiguous-duplicates');
    await page.getByRole('button', { name: 'Same person: merge' }).click();
    await page.getByRole('button', { name: 'Merge', exact: true }).click();
    await expect(page.getByText('No possible duplicates found.')).toBeVisible();
  } finally {
    await kiosk.stop();
  }
});
