/**
 * The whole way on real pictures: people enrolled by the CLI, walking up to a fake camera in a real browser, with the
 * real models behind it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../support/browser.ts';
import { scene } from '../support/people.ts';
import { writeFakeCamera, type Shot } from '../support/fake-camera.ts';
import { runLintel, startKiosk } from '../support/kiosk-server.ts';
import { recognitionOnly } from '../support/recognition-only.ts';

/** Somebody standing there: their held-back pictures in turn, as one who does not keep quite still. */
const standing = (person: string, seconds: number): Shot[] =>
  scene(person)
    .slice(-3, -1)
    .map((picture) => ({ picture, seconds: seconds / 2 }));

test('a person walks up, reads their name, and it is in the log', async ({ folder, data, openBrowser }) => {
  recognitionOnly(data);
  const camera = join(folder, 'visitor.mjpeg');
  await writeFakeCamera(camera, [
    { picture: null, seconds: 2 },
    ...standing('person-04', 5),
    { picture: null, seconds: 2 },
    ...standing('person-02', 5),
  ]);
  const kiosk = await startKiosk(data);
  try {
    const { page, complaints } = await openBrowser(camera);
    await page.goto(kiosk.url);
    const status = page.getByRole('status');
    await expect(status).toContainText('person-04', { timeout: 30_000 });
    await page.screenshot({ path: 'artifacts/e2e-match.png' });
    await expect(status).toContainText('person-02', { timeout: 30_000 });
    const { json } = runLintel(['log', '--data', data]);
    const names = (json as { checkIns: { name: string }[] }).checkIns.map((line) => line.name);
    expect(names).toEqual(expect.arrayContaining(['person-04', 'person-02']));
    expect(new Set(names).size).toBe(2);
    expect(complaints).toEqual([]);
  } finally {
    await kiosk.stop();
  }
});

test('a stranger is told kindly that we do not know them, and nothing is recorded', async ({
  folder,
  data,
  openBrowser,
}) => {
  recognitionOnly(data);
  const camera = join(folder, 'stranger.mjpeg');
  await writeFakeCamera(camera, standing('person-01', 6));
  const kiosk = await startKiosk(data);
  try {
    const { page } = await openBrowser(camera);
    await page.goto(kiosk.url);
    await expect(page.getByRole('status')).toContainText(/Face not recognised/, { timeout: 30_000 });
    await page.screenshot({ path: 'artifacts/e2e-unknown.png' });
    expect((runLintel(['log', '--data', data]).json as { checkIns: unknown[] }).checkIns).toEqual([]);
  } finally {
    await kiosk.stop();
  }
});

/** The processes that `pid` started. Linux only, where the browser tests run. */
function children(pid: number): number[] {
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
}

test('the vision process is killed mid-way: one moment, and the next person is checked in', async ({
  folder,
  data,
  openBrowser,
}) => {
  test.skip(process.platform !== 'linux', 'SKIPPED: finds the vision process through /proc');
  recognitionOnly(data);
  const camera = join(folder, 'two.mjpeg');
  await writeFakeCamera(camera, [
    ...standing('person-04', 5),
    { picture: null, seconds: 5 },
    ...standing('person-02', 5),
  ]);
  const kiosk = await startKiosk(data);
  try {
    const { page } = await openBrowser(camera);
    await page.goto(kiosk.url);
    const status = page.getByRole('status');
    await expect(status).toContainText(/person-0[24]/, { timeout: 30_000 });
    const first = (await status.textContent())?.match(/person-0[24]/)?.[0];
    const other = first === 'person-04' ? 'person-02' : 'person-04';
    const before = children(kiosk.pid);
    expect(before).toHaveLength(1);
    process.kill(before[0] as number, 'SIGKILL');
    await expect(status).toContainText(other, { timeout: 40_000 });
    const after = children(kiosk.pid);
    expect(after).toHaveLength(1);
    expect(after[0]).not.toBe(before[0]);
  } finally {
    await kiosk.stop();
  }
});

test('the camera is unplugged and plugged in again: the kiosk says so and comes back by itself', async ({
  folder,
  data,
  openBrowser,
}) => {
  recognitionOnly(data);
  const camera = join(folder, 'one.mjpeg');
  await writeFakeCamera(camera, standing('person-04', 6));
  const kiosk = await startKiosk(data);
  try {
    const { page } = await openBrowser(camera);
    // Chromium's fake camera has no plug: what a browser does when one is pulled is done here in its place.
    await page.addInitScript(() => {
      const media = navigator.mediaDevices;
      const real = media.getUserMedia.bind(media);
      const list = media.enumerateDevices.bind(media);
      const tracks = new Set<MediaStreamTrack>();
      let plugged = true;
      media.getUserMedia = async (constraints) => {
        if (!plugged) throw new DOMException('Requested device not found', 'NotFoundError');
        const stream = await real(constraints);
        for (const track of stream.getTracks()) tracks.add(track);
        return stream;
      };
      media.enumerateDevices = async () => (plugged ? list() : []);
      Object.assign(window, {
        plug: (state: boolean) => {
          plugged = state;
          if (!state)
            for (const track of tracks) {
              track.stop();
              track.dispatchEvent(new Event('ended'));
            }
          media.dispatchEvent(new Event('devicechange'));
        },
      });
    });
    await page.goto(kiosk.url);
    const status = page.getByRole('status');
    await expect(status).toContainText('person-04', { timeout: 30_000 });
    await page.evaluate('plug(false)');
    await expect(status).toContainText(/camera/i);
    await page.screenshot({ path: 'artifacts/e2e-unplugged.png' });
    await page.evaluate('plug(true)');
    await expect(status).toContainText('person-04', { timeout: 30_000 });
  } finally {
    await kiosk.stop();
  }
});
