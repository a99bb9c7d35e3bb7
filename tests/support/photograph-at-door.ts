/**
 * A photograph before the camera of a kiosk as delivered: with the real models and a real browser it is asked for a sign of life and
 * never checked in. A living person cannot be put before a fake camera; who passes is stepped through in
 * tests/integration/liveness-turn.test.ts and tests/unit/checkin-liveness.test.ts, and measured by `npm run bench:pad`.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type OpenBrowser } from './browser.ts';
import { sharedModels } from './data.ts';
import { writeFakeCamera } from './fake-camera.ts';
import { countFrames } from './frames-sent.ts';
import { runLintel, startKiosk } from './kiosk-server.ts';
import { scene } from './people.ts';

/** @param landmarker MediaPipe's is only beside the project; a clone is without */
export async function photographAtDoor(
  landmarker: 'with' | 'without',
  folder: string,
  openBrowser: OpenBrowser,
): Promise<void> {
  const data = join(folder, 'data');
  const person = 'person-04';
  const pictures = scene(person);
  const from = join(folder, 'people', person);
  mkdirSync(from, { recursive: true });
  for (const file of pictures.slice(0, -3)) copyFileSync(file, join(from, file.split('/').at(-1)!));
  const enrolled = runLintel(['enroll', join(folder, 'people'), '--data', data]);
  expect(enrolled.code, enrolled.stderr).toBe(0);
  // No settings: this is what a kiosk does as delivered.
  const camera = join(folder, 'photograph.mjpeg');
  await writeFakeCamera(camera, [{ picture: pictures.at(-3)!, seconds: 2 }]);

  const kiosk = await startKiosk(data, landmarker === 'with' ? { env: { LINTEL_MODELS_DIR: sharedModels } } : {});
  try {
    const { page, complaints } = await openBrowser(camera);
    const framesSent = await countFrames(page);
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
}
