/** An operator enrolls two people from a camera in the dialog, and both are recognised when they walk up. Real models. */
import { join } from 'node:path';
import { expect, test, type OpenBrowser } from '../support/browser.ts';
import { scene } from '../support/people.ts';
import { writeFakeCamera } from '../support/fake-camera.ts';
import { runLintel, startKiosk } from '../support/kiosk-server.ts';
import { recognitionOnly } from '../support/recognition-only.ts';

/** What an operator does, from the check-in screen to "is enrolled". */
async function enrollInDialog(
  openBrowser: OpenBrowser,
  url: string,
  who: {
    readonly name: string;
    readonly camera: string;
    readonly files: readonly string[];
    readonly firstUse: boolean;
  },
): Promise<void> {
  const { page, context } = await openBrowser(who.camera);
  await page.goto(url);
  await page.getByRole('button', { name: 'Operator' }).click();
  const pin = async (then: string): Promise<void> => {
    for (const digit of '2580') await page.getByRole('button', { name: digit, exact: true }).click();
    await page.getByRole('button', { name: then, exact: true }).click();
  };
  if (who.firstUse) {
    await pin('Next');
    await pin('Set PIN');
  } else await pin('Unlock');
  await page.getByRole('button', { name: /Enroll a person/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(who.name);
  // No pictures without consent.
  await expect(dialog.getByRole('button', { name: 'Next' })).toBeDisabled();
  await dialog.getByText(/Consent given/).click();
  await dialog.getByRole('button', { name: 'Next' }).click();
  // Looks straight: taken by itself. A picture cannot turn its head: those poses are skipped.
  await expect(dialog.getByText('1 picture taken')).toBeVisible({ timeout: 30_000 });
  await page.screenshot({ path: `artifacts/e2e-enroll-${who.firstUse ? 'first' : 'second'}.png` });
  await dialog.locator('input[type=file]').setInputFiles([...who.files]);
  await expect(dialog.getByText(`${who.files.length + 1} pictures taken`)).toBeVisible({ timeout: 30_000 });
  await dialog.getByRole('button', { name: 'Next' }).click();
  await dialog.getByRole('button', { name: /save/i }).click();
  await expect(dialog.getByText(`${who.name} is enrolled`)).toBeVisible();
  await context.close();
}

test('two people are enrolled in the dialog and both are recognised', async ({ folder, openBrowser }) => {
  const cameraOf = async (person: string): Promise<string> => {
    const file = join(folder, `${person}.mjpeg`);
    await writeFakeCamera(file, [{ picture: scene(person)[0]!, seconds: 2 }]);
    return file;
  };
  const visitor = join(folder, 'visitor.mjpeg');
  await writeFakeCamera(visitor, [
    { picture: scene('person-02').at(-2)!, seconds: 5 },
    { picture: null, seconds: 3 },
    { picture: scene('person-05').at(-2)!, seconds: 5 },
    { picture: null, seconds: 3 },
  ]);
  const data = recognitionOnly(join(folder, 'data'));
  const kiosk = await startKiosk(data);
  try {
    for (const [person, name] of [
      ['person-02', 'Ada Lovelace'],
      ['person-05', 'Grace Hopper'],
    ] as const)
      await enrollInDialog(openBrowser, kiosk.url, {
        name,
        camera: await cameraOf(person),
        files: scene(person).slice(1, 4),
        firstUse: person === 'person-02',
      });
    const { json } = runLintel(['people', '--data', data]);
    expect((json as { people: { name: string; samples: number }[] }).people.map((p) => [p.name, p.samples])).toEqual([
      ['Ada Lovelace', 4],
      ['Grace Hopper', 4],
    ]);
    const { page } = await openBrowser(visitor);
    await page.goto(kiosk.url);
    const status = page.getByRole('status');
    await expect(status).toContainText('Ada Lovelace', { timeout: 40_000 });
    await expect(status).toContainText('Grace Hopper', { timeout: 40_000 });
  } finally {
    await kiosk.stop();
  }
});
