/** The built kiosk, served and opened in a real browser with a fake camera: it renders, and breaks no rule of its policy. */
import { join } from 'node:path';
import { expect, test } from '../support/browser.ts';
import { writeFakeCamera } from '../support/fake-camera.ts';
import { startKiosk } from '../support/kiosk-server.ts';

test('the kiosk page renders with a camera, without errors and without policy violations', async ({
  folder,
  openBrowser,
}) => {
  const camera = join(folder, 'empty.mjpeg');
  await writeFakeCamera(camera, [{ picture: null, seconds: 1 }]);
  const kiosk = await startKiosk(join(folder, 'data'));
  try {
    const { page, complaints } = await openBrowser(camera);
    await page.goto(kiosk.url);
    // One live region, there from the start: what a screen reader is told.
    await expect(page.getByRole('status')).toHaveCount(1);
    await expect(page.locator('video')).toHaveCount(1);
    // The camera runs: its picture has a size.
    await expect
      .poll(() => page.locator('video').evaluate((video: HTMLVideoElement) => video.videoWidth))
      .toBeGreaterThan(0);
    // The token is not left in the address bar.
    expect(page.url()).not.toContain('token');
    await expect(page.getByRole('status')).toHaveText('Step up to check in');
    await page.screenshot({ path: 'artifacts/smoke.png' });
    expect(complaints).toEqual([]);
  } finally {
    expect(await kiosk.stop()).toBe(0);
  }
});
