/** A laptop that is not plugged in looks less often while nothing moves before it: a real browser, a drawn camera, a battery of ours. */
import { expect, test } from '../support/browser.ts';
import { screenAssets } from '../support/screen-assets.ts';
import { ScriptedHost } from '../support/scripted-host.ts';
import { serveKiosk } from '../../src/main/hosts/web/server.ts';
import { PACE } from '../../src/renderer/camera/frame-sender.ts';

/** In the page, before its own scripts: a battery, and a room in which something moves when the test says so. */
function inThePage(): void {
  const battery = Object.assign(new EventTarget(), { charging: false });
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [640, 480];
  const context = canvas.getContext('2d')!;
  const room = { moving: false, step: 0 };
  setInterval(() => {
    context.fillStyle = '#667';
    context.fillRect(0, 0, 640, 480);
    context.fillStyle = '#334';
    context.fillRect(400, 100, 120, 300);
    if (room.moving) room.step++;
    context.fillStyle = '#ca9';
    context.fillRect((room.step * 15) % 500, 200, 80, 160);
    // A pixel of noise, so that the camera has a new frame.
    context.fillStyle = Math.random() < 0.5 ? '#111' : '#eee';
    context.fillRect(0, 0, 1, 1);
  }, 33);
  navigator.mediaDevices.getUserMedia = () => Promise.resolve(canvas.captureStream(30));
  Object.assign(navigator, { getBattery: () => Promise.resolve(battery) });
  Object.assign(window, {
    move: (moving: boolean) => void (room.moving = moving),
    plug: (charging: boolean) => {
      battery.charging = charging;
      battery.dispatchEvent(new Event('chargingchange'));
    },
  });
}

test('on battery: five frames a second at most until something moves, then as many as can be', async ({
  openBrowser,
}) => {
  const host = new ScriptedHost();
  /** When each frame was taken, by the page's clock, ms. */
  let taken: number[] = [];
  host.answers.submitFrame = ({ capturedAt }: { capturedAt: number }) => {
    taken.push(capturedAt);
    return { faces: [] };
  };
  const shell = await serveKiosk(host, { assets: screenAssets });
  try {
    const { page } = await openBrowser(null);
    await page.addInitScript(inThePage);
    await page.goto(shell.url);
    const gaps = (): number[] => taken.slice(1).map((at, i) => at - taken[i]!);
    // The clock that paces is finer than the one that is read here.
    const idle = PACE.nobody - 5;
    /** Frames come, and of ten in a row none sooner than at five a second. */
    const idles = (): boolean => gaps().length >= 10 && Math.min(...gaps().slice(-10)) >= idle;
    const hurries = (): boolean => gaps().some((gap) => gap < idle);

    await expect.poll(idles, { timeout: 30_000 }).toBe(true);
    taken = [];
    await page.evaluate('move(true)');
    await expect.poll(hurries, { timeout: 30_000 }).toBe(true);
    await page.evaluate('move(false)');
    await expect.poll(idles, { timeout: 30_000 }).toBe(true);

    // Plugged in, MediaPipe looks at every frame of the camera, and what merely moves is nobody.
    await page.evaluate('plug(true)');
    taken = [];
    await page.evaluate('move(true)');
    await expect.poll(() => gaps().length, { timeout: 30_000 }).toBeGreaterThan(10);
    // A timer that came late is followed by a shorter gap: most of them tell.
    expect(gaps().filter((gap) => gap < idle).length).toBeLessThan(gaps().length / 2);
    await page.evaluate('plug(false)');
    await expect.poll(hurries, { timeout: 30_000 }).toBe(true);
  } finally {
    await shell.close();
  }
});
