/**
 * A photograph before the camera of a kiosk as delivered: with the real models and a real browser it is asked for a sign of life and
 * never checked in. A living person cannot be put before a fake camera; who passes is stepped through in
 * tests/integration/liveness-turn.test.ts and tests/unit/checkin-liveness.test.ts, and measured by `npm run bench:pad`.
 */
import { join } from 'node:path';
import { expect, type OpenBrowser } from './browser.ts';
import { sharedModels } from './data.ts';
import { writeFakeCamera } from './fake-camera.ts';
import { countFrames } from './frames-sent.ts';
import { runLintel, startKiosk } from './kiosk-server.ts';
import { scene } from './people.ts';

/** @param landmarker MediaPipe's is only beside the project; a clone is without */
export async function photographAtKiosk(
  landmarker: 'with' | 'without',
  folder: string,
  data: string,
  openBrowser: OpenBrowser,
): Promise<void> {
  // No settings: this is what a kiosk does as delivered.
  const camera = join(folder, 'photograph.mjpeg');
  await writeFakeCamera(camera, [{ picture: scene('person-04').at(-3)!, seconds: 2 }]);

  const kiosk = await startKiosk(data, landmarker === 'with' ? { env: { LINTEL_MODELS_DIR: sharedModels } } : {});
  try {
    const { page, complaints } = await openBrowser(camera);
    const framesSent = await countFrames(page);
    /** So many more frames were looked at. */
    const framesMore = async (count: number): Promise<void> => {
      const { frames } = await framesSent();
      await expect.poll(async () => (await framesSent()).frames).toBeGreaterThanOrEqual(frames + count);
    };
    await page.goto(kiosk.url);
    const status = page.getByRole('status');
    await expect(status).toContainText('person-04, please', { timeout: 30_000 });
    // Named at once; the question follows when the landmarker is there, or is known not to come.
    await expect(page.locator('.challenge-seconds')).toBeVisible({ timeout: 30_000 });
    if (landmarker === 'without') await expect(status).toContainText('turn your head');
    await page.screenshot({ path: `artifacts/e2e-liveness-${landmarker}.png` });
    await framesMore(5);
    expect((await framesSent()).meshes > 0).toBe(landmarker === 'with');
    await expect(status).toContainText('We could not verify you', { timeout: 20_000 });
    await framesMore(10);
    await expect(status, 'it stays while the photograph does').toContainText('We could not verify you');
    expect((runLintel(['log', '--data', data]).json as { checkIns: unknown[] }).checkIns).toEqual([]);
    if (landmarker === 'with') expect(complaints).toEqual([]);
  } finally {
    await kiosk.stop();
  }
}
