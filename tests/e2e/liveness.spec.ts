/**
 * A sign of life at the door, with the real models, the real landmarker and a real browser. A living person cannot be put before
 * a fake camera; who passes is measured by `npm run bench:pad` and stepped through in tests/unit/checkin-liveness.test.ts.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../support/browser.ts';
import { sharedModels } from '../support/data.ts';
import { peopleDir } from '../support/people.ts';
import { writeFakeCamera } from '../support/fake-camera.ts';
import { countFrames } from '../support/frames-sent.ts';
import { runLintel, startKiosk } from '../support/kiosk-server.ts';

for (const landmarker of ['with', 'without'] as const)
  test(`a photograph is asked for a sign of life and never checked in, ${landmarker} the landmarker`, async ({
    folder,
    openBrowser,
  }) => {
    test.skip(
      landmarker === 'with' && !existsSync(join(sharedModels, 'face_landmarker.task')),
      'SKIPPED: face_landmarker.task is absent',
    );
    const data = join(folder, 'data');
    const person = 'person-04';
    const pictures = readdirSync(join(peopleDir, 'scenes', person))
      .sort()
      .map((file) => join(peopleDir, 'scenes', person, file));
    const from = join(folder, 'people', person);
    mkdirSync(from, { recursive: true });
    for (const file of pictures.slice(0, -3)) copyFileSync(file, join(from, file.split('/').at(-1)!));
    const enrolled = runLintel(['enroll', join(folder, 'people'), '--data', data]);
    expect(enrolled.code, enrolled.stderr).toBe(0);
    // No settings: this is what a kiosk does as delivered.
    const camera = join(folder, 'photograph.mjpeg');
    await writeFakeCamera(camera, [{ picture: pictures.at(-3)!, seconds: 2 }]);

    const kiosk = await startKiosk(data);
    try {
      const { page, complaints } = await openBrowser(camera);
      const framesSent = await countFrames(page);
      if (landmarker === 'without')
        await page.route('**/face_landmarker.task', (route) => route.fulfill({ status: 404, body: '' }));
      await page.goto(kiosk.url);
      const status = page.getByRole('status');
      await expect(status).toContainText('person-04, please', { timeout: 30_000 });
      // Named at once; the question follows when the landmarker is there, or is known not to come.
      await expect(page.locator('.challenge-seconds')).toBeVisible({ timeout: 30_000 });
      if (landmarker === 'without') await expect(status).toContainText('turn your head');
      await page.screenshot({ path: `artifacts/e2e-liveness-${landmarker}.png` });
      const before = await framesSent();
      await page.waitForTimeout(2000);
      const after = await framesSent();
      console.log(`frames a second while asking, ${landmarker} the landmarker: ${(after.frames - before.frames) / 2}`);
      expect(after.meshes > 0).toBe(landmarker === 'with');
      await expect(status).toContainText('We could not check you in here', { timeout: 20_000 });
      await page.waitForTimeout(3000);
      await expect(status, 'it stays while the photograph does').toContainText('We could not check you in here');
      expect((runLintel(['log', '--data', data]).json as { checkIns: unknown[] }).checkIns).toEqual([]);
      if (landmarker === 'with') expect(complaints).toEqual([]);
    } finally {
      await kiosk.stop();
    }
  });
