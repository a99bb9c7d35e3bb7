/** Cameras that lie: in a real browser, with a camera that stops, freezes, is covered or turned, and comes back. */
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { picture } from '../support/admin-page.ts';
import { type OpenBrowser, test } from '../support/browser.ts';
import { type Shot, writeFakeCamera } from '../support/fake-camera.ts';
import { startKiosk } from '../support/kiosk-server.ts';
import { scene } from '../support/people.ts';
import { recognitionOnly } from '../support/recognition-only.ts';

type Fault = 'none' | 'silent' | 'same' | '#000000' | '#3d7a55' | 'turn90' | 'turn180';

/** Put between the page and the browser's camera: what the page gets is drawn, as `window.fault` says. */
function lyingCamera(first: Fault): void {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const page = window as unknown as { fault: Fault; tracks: MediaStreamTrack[] };
  page.fault = first;
  page.tracks = [];
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const source = await real(wanted);
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = source;
    await video.play();
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d')!;
    let kept: ImageData | null = null;
    const draw = (): void => {
      const { fault } = page;
      if (fault === 'silent') return;
      const [width, height] = [video.videoWidth, video.videoHeight];
      const turn = fault === 'turn90' ? 90 : fault === 'turn180' ? 180 : 0;
      const [w, h] = turn === 90 ? [height, width] : [width, height];
      if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
      if (fault === 'same' && kept !== null) return context.putImageData(kept, 0, 0);
      context.setTransform(1, 0, 0, 1, 0, 0);
      if (fault.startsWith('#')) {
        context.fillStyle = fault;
        return context.fillRect(0, 0, w, h);
      }
      context.translate(w / 2, h / 2);
      context.rotate((turn * Math.PI) / 180);
      context.drawImage(video, -width / 2, -height / 2, width, height);
      kept = fault === 'same' ? context.getImageData(0, 0, w, h) : null;
    };
    draw();
    setInterval(draw, 33);
    const stream = canvas.captureStream(30);
    page.tracks.push(...stream.getTracks());
    return stream;
  };
}

const make = (page: Page, fault: Fault): Promise<void> =>
  page.evaluate((now) => void Object.assign(window, { fault: now }), fault);

interface Opened {
  readonly page: Page;
  readonly say: (words: string | RegExp) => Promise<void>;
  readonly shoot: (name: string) => Promise<void>;
}

async function atTheDoor(
  shots: readonly Shot[],
  world: { readonly folder: string; readonly data: string; readonly openBrowser: OpenBrowser },
  work: (opened: Opened) => Promise<void>,
  first: Fault = 'none',
): Promise<void> {
  const camera = join(world.folder, 'camera.mjpeg');
  await writeFakeCamera(camera, shots);
  const kiosk = await startKiosk(recognitionOnly(world.data));
  try {
    const { page, complaints } = await world.openBrowser(camera);
    await page.addInitScript(lyingCamera, first);
    await page.goto(kiosk.url);
    await work({
      page,
      say: (words) => expect(page.getByRole('status')).toHaveText(words),
      shoot: async (name) => {
        if (process.env['LINTEL_SCREENS'] === undefined) return;
        for (const [width, height] of [
          [1280, 800],
          [800, 1280],
        ] as const) {
          await page.setViewportSize({ width, height });
          await picture(page, `camera-${width}x${height}`, name);
        }
      },
    });
    expect(complaints).toEqual([]);
  } finally {
    await kiosk.stop();
  }
}

const IDLE = 'Step up to check in';
const NOBODY: readonly Shot[] = [{ picture: null, seconds: 1 }];
/** The camera's picture has changed for long enough to know that it does. */
const seenAlive = (page: Page): Promise<void> =>
  page.evaluate(
    () =>
      new Promise((done) => {
        let left = 75;
        const video = document.querySelector('video')!;
        const next = (): void => void (left-- > 0 ? video.requestVideoFrameCallback(next) : done());
        next();
      }),
  );

async function choosePin(page: Page): Promise<void> {
  for (const press of ['Next', 'Set PIN']) {
    for (const digit of '2580') await page.getByRole('button', { name: digit, exact: true }).click();
    await page.getByRole('button', { name: press, exact: true }).click();
  }
}

/** To where pictures are taken of somebody who is enrolled. */
async function openEnrollment(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Operator' }).click();
  await choosePin(page);
  await page.getByRole('button', { name: /Enroll a person/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Ada Lovelace');
  await dialog.getByText(/Consent given/).click();
  await dialog.getByRole('button', { name: 'Next' }).click();
}

const SAID: readonly (readonly [name: string, fault: Fault, words: RegExp])[] = [
  ['silent', 'silent', /The camera has stopped giving pictures/],
  ['still', 'same', /The camera picture is frozen/],
  ['black', '#000000', /The camera sees nothing\. Is it covered\?/],
  ['one-colour', '#3d7a55', /The camera sees nothing\. Is it covered\?/],
];
for (const [name, fault, words] of SAID)
  test(`a camera that is ${name}: said, at the door and where people are enrolled, and gone by itself`, async ({
    folder,
    data,
    openBrowser,
  }) => {
    await atTheDoor(NOBODY, { folder, data, openBrowser }, async ({ page, say, shoot }) => {
      await say(IDLE);
      await seenAlive(page);
      await make(page, fault);
      await expect(page.getByRole('status')).toHaveText(words);
      await shoot(name);
      await make(page, 'none');
      await say(IDLE);
      // The operator's pages show the same camera.
      await openEnrollment(page);
      const hint = page.getByRole('dialog').locator('.capture-hint');
      await expect(hint).toHaveAttribute('data-problem', /true|false/);
      await seenAlive(page);
      await make(page, fault);
      await expect(hint).toHaveText(words);
      await shoot(`${name}-enroll`);
      await make(page, 'none');
      await expect(hint).not.toHaveText(words);
    });
  });

test('a track that was stopped without a word: said, opened again, and people are checked in', async ({
  folder,
  data,
  openBrowser,
}) => {
  await atTheDoor(NOBODY, { folder, data, openBrowser }, async ({ page, say }) => {
    await say(IDLE);
    await page.evaluate(() => (window as unknown as { tracks: MediaStreamTrack[] }).tracks.at(-1)?.stop());
    await expect(page.getByRole('status')).toHaveText(/The camera has stopped giving pictures/);
    await say(IDLE);
    expect(await page.evaluate(() => (window as unknown as { tracks: unknown[] }).tracks.length)).toBe(2);
  });
});

test('a picture that freezes with somebody in it: said until it moves, and nobody is checked in by it again', async ({
  folder,
  data,
  openBrowser,
}) => {
  const somebody = scene('person-04')
    .slice(-3, -1)
    .map((picture) => ({ picture, seconds: 2 }));
  await atTheDoor(somebody, { folder, data, openBrowser }, async ({ page, say, shoot }) => {
    const status = page.getByRole('status');
    await expect(status).toContainText('person-04', { timeout: 30_000 });
    await seenAlive(page);
    const said: string[] = [];
    await page.exposeFunction('hear', (words: string) => said.push(words));
    await page.evaluate(() => {
      const region = document.querySelector('[role=status]')!;
      const { hear } = window as unknown as { hear: (words: string) => void };
      new MutationObserver(() => hear(region.textContent)).observe(region, {
        subtree: true,
        childList: true,
        characterData: true,
      });
    });
    await make(page, 'same');
    await say(/The camera picture is frozen/);
    // It is opened again in vain, twice.
    await expect
      .poll(() => page.evaluate(() => (window as unknown as { tracks: unknown[] }).tracks.length), { timeout: 30_000 })
      .toBe(3);
    await shoot('still-with-somebody');
    const frozen = said.slice(said.findIndex((words) => words.includes('frozen')));
    expect(frozen.filter((words) => !words.includes('frozen'))).toEqual([]);
    await make(page, 'none');
    await expect(status).toContainText('person-04', { timeout: 30_000 });
  });
});

test('whoever is enrolled before a camera that is mounted turned: said, and mended by one button', async ({
  folder,
  data,
  openBrowser,
}) => {
  const somebody = [{ picture: scene('person-01')[8]!, seconds: 2 }];
  const work = async ({ page }: Opened): Promise<void> => {
    await openEnrollment(page);
    const dialog = page.getByRole('dialog');
    await expect(dialog.locator('.capture-hint')).toHaveText('The picture seems to be turned', { timeout: 30_000 });
    await expect(dialog.locator('.capture-count')).toHaveText('0 pictures taken');
    await dialog.getByRole('button', { name: 'Turn the picture' }).click();
    await expect(dialog.locator('.capture-count')).toHaveText('1 picture taken', { timeout: 30_000 });
  };
  await atTheDoor(somebody, { folder, data, openBrowser }, work, 'turn180');
});

test('one picture all the time, as of a virtual camera: a line says so, and the check-in goes on', async ({
  folder,
  data,
  openBrowser,
}) => {
  const words = 'The camera picture does not change. Is the camera frozen?';
  await atTheDoor(
    NOBODY,
    { folder, data, openBrowser },
    async ({ page, say, shoot }) => {
      await expect(page.locator('.mirror-note')).toHaveText(words);
      await say(IDLE);
      await shoot('unchanged');
      await make(page, 'none');
      await expect(page.locator('.mirror-note')).toBeHidden();
      await say(IDLE);
    },
    'same',
  );
});

for (const [fault, degrees] of [
  ['turn90', 270],
  ['turn180', 180],
] as const)
  test(`a camera that is mounted turned (${fault}): offered, and one button mends it`, async ({
    folder,
    data,
    openBrowser,
  }) => {
    const somebody = scene('person-04')
      .slice(-3, -1)
      .map((picture) => ({ picture, seconds: 2 }));
    await atTheDoor(somebody, { folder, data, openBrowser }, async ({ page, shoot }) => {
      const status = page.getByRole('status');
      await expect(status).toContainText('person-04', { timeout: 30_000 });
      await make(page, fault);
      await expect(status).toContainText('The picture seems to be turned', { timeout: 40_000 });
      await shoot(fault);
      // Put right by hand: gone by itself.
      await make(page, 'none');
      await expect(status).toContainText('person-04', { timeout: 30_000 });
      await make(page, fault);
      await page.getByRole('button', { name: 'Turn the picture' }).click();
      await choosePin(page);
      await expect(status).toContainText('person-04', { timeout: 30_000 });
      await expect(page.locator('.camera-view')).toHaveAttribute('data-turn', String(degrees));
      await shoot(`${fault}-mended`);
      // The errand is done and the operator's session closed.
      await page.getByRole('button', { name: 'Operator' }).click();
      await expect(page.getByRole('button', { name: 'Unlock' })).toBeVisible();
      for (const digit of '2580') await page.getByRole('button', { name: digit, exact: true }).click();
      await page.getByRole('button', { name: 'Unlock', exact: true }).click();
      await page.getByRole('button', { name: 'Settings' }).click();
      await page.locator('.segments').getByText('Camera', { exact: true }).click();
      await expect(page.getByRole('radio', { name: degrees === 180 ? '180°' : '90° to the left' })).toBeChecked();
      await shoot(`${fault}-settings`);
    });
  });
