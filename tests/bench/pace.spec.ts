/**
 * How long until somebody reads their name, and how many frames a second are looked at while a question stands: printed,
 * never asserted, since it depends on the machine. `LINTEL_PACE=off|passive|challenge npm run bench:browser`
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/browser.ts';
import { scene } from '../support/people.ts';
import { writeFakeCamera, type Shot } from '../support/fake-camera.ts';
import { countFrames } from '../support/frames-sent.ts';
import { startKiosk } from '../support/kiosk-server.ts';

const liveness = process.env['LINTEL_PACE'] ?? 'challenge';
const PERSON = 'person-04';
/**
 * Notes, on the page's own clock (ms): when the camera's picture first was no plain grey, and when the status first had the name.
 * Runs in the page, before its own scripts.
 */
function watch(name: string): void {
  const seen: Record<string, number> = {};
  Object.assign(window, { pace: seen });
  const note = (what: string): void => void (seen[what] ??= performance.now());
  const canvas = new OffscreenCanvas(16, 12);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const look = (): void => {
    const video = document.querySelector('video');
    if (video !== null && video.videoWidth > 0 && context !== null) {
      note('camera');
      context.drawImage(video, 0, 0, 16, 12);
      const { data } = context.getImageData(0, 0, 16, 12);
      if (Math.max(...data.filter((_, i) => i % 4 === 1)) - Math.min(...data.filter((_, i) => i % 4 === 1)) > 40)
        note('person');
    }
    if (seen['person'] === undefined) setTimeout(look, 15);
  };
  new MutationObserver(() => {
    if ((document.querySelector('[role=status]')?.textContent ?? '').includes(name)) note('name');
    if (document.querySelector('.challenge-seconds') !== null) note('question');
  }).observe(document, { subtree: true, childList: true, characterData: true });
  look();
}

async function measure(
  page: Page,
  url: string,
): Promise<{ seen: Record<string, number>; frames: number; meshes: number }> {
  const framesSent = await countFrames(page);
  await page.addInitScript(watch, PERSON);
  await page.goto(url);
  await expect(page.getByRole('status')).toContainText(PERSON, { timeout: 40_000 });
  const asking = liveness === 'challenge';
  if (asking) await page.locator('.challenge-seconds').waitFor({ timeout: 30_000 });
  const before = await framesSent();
  await page.waitForTimeout(3000); // what is measured is what goes on in these
  const after = await framesSent();
  const seen = await page.evaluate<Record<string, number>>('window.pace');
  return { seen, frames: after.frames - before.frames, meshes: after.meshes - before.meshes };
}

for (const way of [
  'a picture that stands there from the beginning',
  'somebody who walks up after six seconds',
] as const)
  test(`from ${way} to the name (liveness: ${liveness})`, async ({ folder, data, openBrowser }) => {
    writeFileSync(join(data, 'settings.json'), JSON.stringify({ schemaVersion: 1, data: { liveness } }));
    const camera = join(folder, 'pace.mjpeg');
    const there: Shot = { picture: scene(PERSON).at(-3)!, seconds: 12 };
    await writeFakeCamera(camera, way.startsWith('a picture') ? [there] : [{ picture: null, seconds: 6 }, there]);
    const kiosk = await startKiosk(data);
    try {
      const { page } = await openBrowser(camera);
      const { seen, frames, meshes } = await measure(page, kiosk.url);
      const ms = (what: string): string => (seen[what] === undefined ? '-' : String(Math.round(seen[what])));
      console.log(
        `page load to camera ${ms('camera')} ms, to person in the picture ${ms('person')} ms, ` +
          `to name ${ms('name')} ms, to question ${ms('question')} ms; person to name ` +
          `${Math.round((seen['name'] ?? 0) - (seen['person'] ?? 0))} ms; ` +
          `${(frames / 3).toFixed(1)} frames a second in the 3 s after; ${meshes} of them with a mesh`,
      );
    } finally {
      await kiosk.stop();
    }
  });
