/**
 * Every state of the screens, in both orientations and both themes, over the real browser shell with a scripted kiosk
 * behind it. What can be checked by rule is: axe finds nothing,
 * words are large enough for a metre, nothing is cut off, the live region says what the screen says.
 */
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { type BrowserHost, serveKiosk } from '../../src/main/hosts/web/server.ts';
import { type CheckInView, QUALITY_ISSUES } from '../../src/shared/domain.ts';
import { errorText, LintelError, reportOf } from '../../src/shared/errors.ts';
import type { LivenessAction } from '../../src/shared/liveness.ts';
import { expect, test } from '../support/browser.ts';
import { expectNoViolation, inVariants, picture as shot } from '../support/admin-page.ts';
import { drawnPerson, drawnPicture, drawnScene } from '../support/drawn-people.ts';
import { GOOD_QUALITY } from '../support/quality.ts';
import { writeFakeCamera } from '../support/fake-camera.ts';
import { screenAssets } from '../support/screen-assets.ts';
import { ScriptedHost } from '../support/scripted-host.ts';
import { spoken } from '../support/spoken.ts';

const VARIANTS = [
  { name: 'landscape-light', width: 1280, height: 800, colorScheme: 'light' },
  { name: 'landscape-dark', width: 1280, height: 800, colorScheme: 'dark' },
  { name: 'portrait-light', width: 800, height: 1280, colorScheme: 'light' },
  { name: 'portrait-dark', width: 800, height: 1280, colorScheme: 'dark' },
] as const;

const at = new Date(2026, 10, 22, 9, 41).getTime();
const STORE_FAILED = reportOf(new LintelError('store-failed', { file: 'people.json', reason: 'EIO' }));
const DISK_FULL = reportOf(new LintelError('disk-full', { file: 'people.json' }));

const serve = (host: ScriptedHost): Promise<BrowserHost> => serveKiosk(host, { assets: screenAssets });

/** Nothing stands over its box, nothing needs scrolling, axe has no complaint. */
async function expectSound(page: Page, what: string): Promise<void> {
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll('h1, h2, h3, p, button, .button, .recent-one, .checkin-words')]
      .filter((e) => !e.matches('.visually-hidden, .recent-name, .checkin-kiosk') && e.getClientRects().length > 0)
      .filter((e) => {
        const r = e.getBoundingClientRect();
        const scrolls =
          e.closest('.admin-main, .modal, .samples, .enroll-fields, .review-pictures, .capture-words') !== null;
        const out = !scrolls && (r.left < -1 || r.right > innerWidth + 1 || r.top < -1 || r.bottom > innerHeight + 1);
        return out || e.scrollWidth > e.clientWidth + 2;
      })
      .map((e) => `${e.tagName}.${e.className}: ${e.textContent?.slice(0, 40)}`),
  );
  expect(cut, `${what}: cut off`).toEqual([]);
  await expectNoViolation(page, what);
}

const fontSize = (page: Page, selector: string): Promise<number> =>
  page.locator(selector).evaluate((e) => Number.parseFloat(getComputedStyle(e).fontSize));

async function openKioskPage(
  open: (
    camera: string | null,
    variant: (typeof VARIANTS)[number],
  ) => Promise<{ page: Page; complaints: readonly string[] }>,
  folder: string,
  host: ScriptedHost,
): Promise<{ page: Page; complaints: readonly string[]; shell: BrowserHost }> {
  const camera = join(folder, 'drawn.mjpeg');
  await writeFakeCamera(camera, [{ picture: await drawnScene(205), seconds: 1 }]);
  const shell = await serve(host);
  const { page, complaints } = await open(camera, SHOWN[0]!);
  await page.goto(shell.url);
  await expect
    .poll(() => page.locator('video').evaluate((video: HTMLVideoElement) => video.videoWidth))
    .toBeGreaterThan(0);
  return { page, complaints, shell };
}

// Light and dark are the same layout: each orientation once in a usual run. LINTEL_SCREENS=1 leaves pictures for a person to look
// at in artifacts/screens, LINTEL_SCREENS=all every one.
const SHOWN =
  process.env['LINTEL_SCREENS'] === 'all' ? VARIANTS : VARIANTS.filter(({ name }) => /e-light|t-dark/.test(name));

test('the sign of life', async ({ folder, openBrowser }) => {
  const host = new ScriptedHost();
  const picture = await drawnPicture(28);
  const { page, complaints, shell } = await openKioskPage(openBrowser, folder, host);
  const status = page.getByRole('status');
  const asks = (action: LivenessAction | null): CheckInView => ({
    phase: 'challenge',
    personId: 'p',
    name: action === 'smile' ? 'Bartholomew Featherstonehaugh-Cholmondeley' : 'Ada Lovelace',
    picture,
    action,
    tryNumber: action === null ? 2 : 1,
    answerMs: 4000,
    endsAt: Date.now() + 4000,
  });
  try {
    const views: [string, CheckInView, string | RegExp][] = [
      ['challenge-blink', asks('blink'), 'Ada Lovelace, please blink slowly'],
      ['challenge-turn-left', asks('turn-left'), 'Ada Lovelace, please turn your head to your left'],
      ['challenge-turn-right', asks('turn-right'), 'Ada Lovelace, please turn your head to your right'],
      ['challenge-smile', asks('smile'), 'Bartholomew Featherstonehaugh-Cholmondeley, please smile'],
      ['challenge-open-mouth', asks('open-mouth'), 'Ada Lovelace, please open your mouth'],
      ['challenge-again', asks(null), 'Once more, please. Look straight at the camera.'],
      ['not-live', { phase: 'not-live' }, /^We could not verify you\. Please ask the operator for help/],
    ];
    for (const [name, view, says] of views) {
      host.showView('endsAt' in view ? { ...view, endsAt: Date.now() + 4000 } : view);
      await expect(status, name).toHaveText(says);
      await inVariants(page, SHOWN, async (variant) => {
        await shot(page, variant.name, name);
        await expectSound(page, `${name}, ${variant.name}`);
        const size = await fontSize(page, 'h1');
        expect(size, `${name}, ${variant.name}: size of the large words`).toBeGreaterThanOrEqual(40);
      });
    }
    expect(complaints).toEqual([]);
  } finally {
    await shell.close();
  }
});

test('check-in screens', async ({ folder, openBrowser }) => {
  const host = new ScriptedHost();
  const picture = await drawnPicture(28);
  host.recent = [
    { id: '1', at, name: 'Ada Lovelace', direction: 'in', picture },
    { id: '2', at: at - 240_000, name: 'Nguyễn Thị Phương Thảo', direction: 'in', picture: await drawnPicture(160) },
    { id: '3', at: at - 700_000, name: 'Bartholomew Featherstonehaugh', direction: 'in', picture: null },
  ];
  const { page, complaints, shell } = await openKioskPage(openBrowser, folder, host);
  const status = page.getByRole('status');
  const t = await spoken('en');
  const mirrors: Record<string, unknown> = {};
  const shoot = async (name: string, says: string | RegExp, largeWords: number): Promise<void> => {
    await expect(status, name).toHaveText(says);
    await expect(status).toHaveCount(1);
    await inVariants(page, SHOWN, async (variant) => {
      await shot(page, variant.name, name);
      await expectSound(page, `${name}, ${variant.name}`);
      const size = await fontSize(page, 'h1');
      expect(size, `${name}, ${variant.name}: size of the large words`).toBeGreaterThanOrEqual(largeWords);
      const mirror = await page.locator('.mirror').boundingBox();
      expect(mirror, `${name}, ${variant.name}: nothing moved`).toEqual((mirrors[variant.name] ??= mirror));
    });
  };
  try {
    await shoot('idle', 'Step up to check in', 40);
    const recognised = { personId: 'p', direction: 'in', at, picture } as const;
    const views: [string, CheckInView, string | RegExp][] = [
      ...[...QUALITY_ISSUES, 'outside' as const, 'several' as const].map((issue): [string, CheckInView, RegExp] => [
        `present-${issue}`,
        { phase: 'present', issue },
        new RegExp(`^${t(`checkin.present.${issue}.title`)}`),
      ]),
      ['looking', { phase: 'looking', several: false }, 'Hold still'],
      ['looking-several', { phase: 'looking', several: true }, /^Hold still\. Several people/],
      [
        'match',
        { phase: 'match', checkInId: 'c', name: 'Ada Lovelace', ...recognised },
        'Ada Lovelace, checked in, 09:41',
      ],
      [
        'match-long',
        {
          phase: 'match',
          checkInId: 'd',
          ...recognised,
          name: 'Bartholomew Featherstonehaugh-Cholmondeley',
          picture: null,
        },
        /^Bartholomew Featherstonehaugh-Cholmondeley, checked in, 09:41$/,
      ],
      [
        'match-vietnamese',
        { phase: 'match', checkInId: 'e', ...recognised, name: 'Nguyễn Thị Phương Thảo', direction: 'out' },
        'Nguyễn Thị Phương Thảo, checked out, 09:41',
      ],
      [
        'choose',
        { phase: 'choose', personId: 'p', name: 'Ada Lovelace', picture, suggested: 'out' },
        'Ada Lovelace. Checking in or out?',
      ],
      ['already', { phase: 'already', name: 'Ada Lovelace', ...recognised }, 'Ada Lovelace, already checked in, 09:41'],
      ['unknown', { phase: 'unknown' }, /^Face not recognised/],
      ['ambiguous', { phase: 'ambiguous' }, /^Could not identify you clearly/],
      ['error-store', { phase: 'error', error: STORE_FAILED }, /could not be saved/],
    ];
    for (const [name, view, says] of views) {
      host.showView(view);
      await shoot(name, says, view.phase === 'match' || view.phase === 'already' ? 72 : 40);
    }
    host.showView({ phase: 'idle' });
    for (const trouble of [DISK_FULL, reportOf(new LintelError('model-damaged.changed', { model: 'm' }))]) {
      host.show({ trouble });
      await shoot(`trouble-${trouble.code}`, new RegExp(`^${trouble.message}`), 40);
    }
    host.show({ trouble: null });
    const happened = (code: string): string => errorText({ code, message: '' }, 'en').happened;
    for (const [vision, says] of [
      ['restarting', t('checkin.moment.restarting')],
      ['stopped', happened('vision-stopped')],
      ['no-models', happened('model-missing')],
    ] as const) {
      host.show({ vision });
      await shoot(`vision-${vision}`, new RegExp(says), 40);
    }
    expect(complaints).toEqual([]);
    await shell.close();
    await shoot('connection-lost', /^One moment.*Reconnecting to the kiosk/, 40);
  } finally {
    await shell.close();
  }
});

test('first use and enrollment', async ({ folder, openBrowser }) => {
  const host = new ScriptedHost();
  const ada = await drawnPerson('p1', 'Ada Lovelace', 28, { externalId: 'E-1815', group: 'Engines', lastSeenAt: at });
  const thao = await drawnPerson('p2', 'Nguyễn Thị Phương Thảo', 160, { ready: false });
  host.status = {
    ...host.status,
    pinSet: false,
    models: [
      { id: 'yolov5n-0.5-face', kind: 'detector', file: 'y.onnx', state: 'ready', inUse: true, licence: 'GPL-3.0' },
      {
        id: 'face_landmarker',
        kind: 'landmarker',
        file: 'f.task',
        state: 'missing',
        inUse: false,
        licence: 'Apache-2.0',
      },
    ],
    notices: [
      {
        code: 'store-damaged',
        message: 'people.json was damaged.',
        kept: 'The generation before it was restored.',
        todo: 'Check the newest enrollments.',
      },
    ],
  };
  host.answers.listPeople = () => ({ total: 2, people: [ada, thao] });
  host.answers.getLog = () => ({
    day: '2026-11-22',
    checkIns: [
      {
        id: '1',
        at,
        personId: 'p1',
        name: 'Ada Lovelace',
        direction: 'in',
        similarity: 0.8,
        threshold: 0.4,
        kiosk: 'Front door',
        model: 'm',
      },
    ],
  });
  let taken = 0;
  let poor = true;
  const picture = await drawnPicture(28);
  host.answers.captureSample = ({ pose }: { pose: string }) =>
    poor
      ? { sample: null, problems: ['wrong-pose'], turned: 0, face: null }
      : {
          sample: { id: `s${++taken}`, addedAt: at, source: 'camera', pose, quality: GOOD_QUALITY, picture },
          problems: [],
          turned: 0,
          face: null,
        };
  host.answers.discardSample = () => null;
  host.answers.findLookAlikes = () => [{ person: ada, similarity: 0.71, threshold: 0.42 }];
  host.answers.saveEnrollment = () => ({ ...ada, id: 'p3', name: 'Grace Hopper', sampleList: [] });

  const { page, complaints, shell } = await openKioskPage(openBrowser, folder, host);
  const shoot = (name: string): Promise<void> =>
    inVariants(page, SHOWN, async (variant) => {
      await shot(page, variant.name, `admin-${name}`);
      await expectSound(page, `${name}, ${variant.name}`);
    });
  const pressPin = async (pin: string, then: string): Promise<void> => {
    for (const digit of pin) await page.getByRole('button', { name: digit, exact: true }).click();
    await page.getByRole('button', { name: then, exact: true }).click();
  };
  try {
    // First use: the PIN is chosen, twice, by touch alone.
    const operator = page.getByRole('button', { name: 'Operator' });
    await operator.click();
    await shoot('pin-first');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(operator).toBeFocused();
    await operator.click();
    await pressPin('1234', 'Next');
    await pressPin('1235', 'Set PIN');
    await expect(page.getByText('The PINs do not match')).toBeVisible();
    await pressPin('1234', 'Next');
    await pressPin('1234', 'Set PIN');
    await expect(page.getByRole('navigation')).toBeVisible();
    await shoot('home');
    for (const area of ['People', 'Attendance', 'Photos', 'Settings', 'Health'] as const) {
      await page.getByRole('navigation').getByRole('button', { name: area, exact: true }).click();
      await expect(page.getByRole('heading', { level: 1 })).toContainText(area);
      // What was lost of the data stands above every page, once.
      await expect(page.getByText('people.json was damaged.')).toHaveCount(1);
    }
    await page.getByRole('button', { name: 'I have seen this' }).click();
    await expect
      .poll(() => host.calls.find(({ name }) => name === 'dismissNotices')?.input)
      .toEqual({
        codes: ['store-damaged'],
      });
    await page.getByRole('navigation').getByRole('button', { name: 'Home' }).click();

    // Enrollment: typed, captured, compared, saved.
    await page.getByRole('button', { name: 'Enroll a person' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByLabel('Name', { exact: true })).toBeFocused();
    await page.keyboard.type('Grace Hoppe');
    await dialog.getByRole('button', { name: 'Show keyboard' }).click();
    await dialog.getByRole('button', { name: 'r', exact: true }).click();
    await expect(dialog.getByLabel('Name', { exact: true })).toHaveValue('Grace Hopper');
    await shoot('enroll-details');
    await dialog.getByText(/^Consent given/).click();
    await dialog.getByRole('button', { name: 'Next' }).click();
    await expect(dialog.getByText('Turn your face to the camera')).toBeVisible();
    await shoot('enroll-capture');

    // The session ends over unsaved work: covered, then all still there.
    host.show({ pinSet: true });
    host.endSession();
    await expect(page.getByText('Operator PIN')).toBeVisible();
    await pressPin('9999', 'Unlock');
    await expect(page.getByText('That is not the PIN.')).toBeVisible();
    await shoot('pin-wrong');
    await pressPin('1234', 'Unlock');
    poor = false;
    await expect(dialog.getByText('All pictures taken. Thank you!')).toBeVisible();
    expect(taken).toBe(5);
    await shoot('enroll-captured');
    await dialog.getByRole('button', { name: 'Next' }).click();
    await expect(dialog.getByText('This person may already be enrolled')).toBeVisible();
    await shoot('enroll-alike');
    await dialog.getByRole('button', { name: 'No, save Grace Hopper as a new person' }).click();
    await expect(dialog.getByText('Grace Hopper is enrolled')).toBeVisible();
    await shoot('enroll-done');
    const saved = host.calls.find((c) => c.name === 'saveEnrollment')?.input as { target: Record<string, unknown> };
    expect(saved.target).toMatchObject({
      kind: 'new',
      name: 'Grace Hopper',
      externalId: null,
      evenIfLooksAlike: true,
    });
    await dialog.getByRole('button', { name: 'Done' }).click();
    expect(complaints).toEqual([]);
  } finally {
    await shell.close();
  }
});

const CAMERA_FAILURES = {
  none: ['NotFoundError', 'No camera found'],
  refused: ['NotAllowedError', 'Camera access is blocked'],
  busy: ['NotReadableError', 'Another program is using the camera'],
} as const;

for (const [problem, [name, title]] of Object.entries(CAMERA_FAILURES)) {
  test(`camera ${problem}: says so, and goes on by itself`, async ({ folder, openBrowser }) => {
    const camera = join(folder, 'drawn.mjpeg');
    await writeFakeCamera(camera, [{ picture: await drawnScene(205), seconds: 1 }]);
    const shell = await serve(new ScriptedHost());
    try {
      const { page } = await openBrowser(camera);
      await page.addInitScript((errorName: string) => {
        const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        let broken = true;
        navigator.mediaDevices.getUserMedia = (constraints) =>
          broken ? Promise.reject(new DOMException('scripted', errorName)) : real(constraints);
        Object.assign(window, { mendCamera: () => (broken = false) });
      }, name);
      await page.goto(shell.url);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
      await shot(page, 'camera', problem);
      await expectSound(page, problem);
      await page.evaluate(() => (window as unknown as { mendCamera(): void }).mendCamera());
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Step up to check in');
    } finally {
      await shell.close();
    }
  });
}

test('camera unplugged while in use: says so, and goes on when it is plugged in again', async ({
  folder,
  openBrowser,
}) => {
  const camera = join(folder, 'drawn.mjpeg');
  await writeFakeCamera(camera, [{ picture: await drawnScene(205), seconds: 1 }]);
  const host = new ScriptedHost();
  const shell = await serve(host);
  try {
    const { page } = await openBrowser(camera);
    await page.addInitScript(() => {
      const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      let there = true;
      navigator.mediaDevices.getUserMedia = (constraints) =>
        there ? real(constraints) : Promise.reject(new DOMException('scripted', 'NotFoundError'));
      Object.assign(window, {
        unplug: () => {
          there = false;
          const video = document.querySelector('video');
          const track = (video?.srcObject as MediaStream).getVideoTracks()[0];
          track?.stop();
          track?.dispatchEvent(new Event('ended'));
        },
        plugIn: () => {
          there = true;
          navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
        },
      });
    });
    await page.goto(shell.url);
    const title = page.getByRole('heading', { level: 1 });
    await expect(title).toHaveText('Step up to check in');
    await expect.poll(() => host.calls.filter((c) => c.name === 'submitFrame').length).toBeGreaterThan(2);
    await page.evaluate(() => (window as unknown as { unplug(): void }).unplug());
    await expect(title).toHaveText('The camera was disconnected');
    await expect.poll(() => host.calls.some((c) => c.name === 'resetCheckIn')).toBe(true);
    await page.evaluate(() => (window as unknown as { plugIn(): void }).plugIn());
    await expect(title).toHaveText('Step up to check in');
    const before = host.calls.filter((c) => c.name === 'submitFrame').length;
    await expect.poll(() => host.calls.filter((c) => c.name === 'submitFrame').length).toBeGreaterThan(before + 2);
  } finally {
    await shell.close();
  }
});

test('coming or going: the likelier answer has the focus, one answer is sent, a refused one can be given again', async ({
  folder,
  openBrowser,
}) => {
  const host = new ScriptedHost();
  const { page, complaints, shell } = await openKioskPage(openBrowser, folder, host);
  const asked = (): unknown[] => host.calls.filter((c) => c.name === 'chooseDirection').map((c) => c.input);
  const choose: CheckInView = {
    phase: 'choose',
    personId: 'p1',
    name: 'Ada Lovelace',
    picture: null,
    suggested: 'out',
  };
  try {
    const operator = page.getByRole('button', { name: 'Operator' });
    await operator.focus();
    host.answers.chooseDirection = () => {
      throw new LintelError('disk-full', { file: 'people.json' });
    };
    host.showView(choose);
    const answers = page.locator('.choose-answer');
    await expect(answers).toHaveText(['Check out', 'Check in']);
    await expect(answers.first()).toBeFocused();
    for (const answer of await answers.all())
      expect((await answer.boundingBox())?.height, 'large enough for a hand').toBeGreaterThanOrEqual(200);
    await expect(page.getByRole('status')).toHaveText('Ada Lovelace. Checking in or out?');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toContainText('The disk is full');
    expect(asked()).toEqual([{ direction: 'out' }]);

    host.answers.chooseDirection = () => null;
    await answers.last().click();
    await answers.last().click();
    await expect.poll(() => asked().length).toBe(2);
    expect(asked()[1]).toEqual({ direction: 'in' });
    host.showView({ phase: 'idle' });
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Step up to check in');
    await expect(operator).toBeFocused();
    expect(complaints).toEqual([]);
  } finally {
    await shell.close();
  }
});

test('the screen speaks another language for whoever stands there, and its own for the operator', async ({
  folder,
  openBrowser,
}) => {
  const host = new ScriptedHost();
  const { page, complaints, shell } = await openKioskPage(openBrowser, folder, host);
  const title = page.getByRole('heading', { level: 1 });
  const html = page.locator('html');
  try {
    await expect(html).toHaveAttribute('lang', 'en');
    await page.getByRole('button', { name: 'Tiếng Việt' }).click();
    await expect(html).toHaveAttribute('lang', 'vi');
    await expect(title).toHaveText('Mời đến gần để chấm công');
    host.showView({
      phase: 'match',
      checkInId: 'c',
      personId: 'p',
      name: 'Nguyễn Thị Phương Thảo',
      direction: 'in',
      at,
      picture: null,
    });
    await expect(page.getByRole('status')).toHaveText('Nguyễn Thị Phương Thảo, đã chấm công vào, 09:41');
    await page.getByRole('button', { name: 'English' }).click();
    await expect(page.getByRole('status')).toHaveText('Nguyễn Thị Phương Thảo, checked in, 09:41');
    await page.getByRole('button', { name: 'Tiếng Việt' }).click();
    host.showView({ phase: 'idle' });
    // It is nobody's setting: nothing was changed on the kiosk, and the operator finds the kiosk's own language.
    await page.getByRole('button', { name: 'Quản lý' }).click();
    for (const digit of '1234') await page.getByRole('button', { name: digit, exact: true }).click();
    await page.getByRole('button', { name: 'Mở khóa', exact: true }).click();
    await expect(page.getByRole('navigation')).toBeVisible();
    await expect(html).toHaveAttribute('lang', 'en');
    await expect(page.getByRole('button', { name: 'Attendance' })).toBeVisible();
    expect(host.calls.filter((c) => c.name === 'updateSettings')).toEqual([]);
    expect(complaints).toEqual([]);
  } finally {
    await shell.close();
  }
});
