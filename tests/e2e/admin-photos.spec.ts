/** Photos on the operator pages: who is on them, and do two show the same person; with a scripted kiosk and a real one. */
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from '@playwright/test';
import sharp from 'sharp';
import type { CallInput, CallOutput } from '../../src/shared/calls.ts';
import { expect, test } from '../support/browser.ts';
import { firstPin, goToArea, openAdmin } from '../support/admin-page.ts';
import { drawnPerson, drawnPicture } from '../support/drawn-people.ts';
import { runLintel, startKiosk } from '../support/kiosk-server.ts';
import { groupPhoto, peopleDir } from '../support/people.ts';
import { ScriptedHost } from '../support/scripted-host.ts';

const at = new Date(2026, 10, 20, 9, 41).getTime();
type Face = CallOutput<'identifyPicture'>['faces'][number];
const quality: Face['quality'] = {
  score: 0.9,
  eyeDistance: 60,
  sharpness: 200,
  brightness: 120,
  pose: { yaw: 0, pitch: 0, roll: 0 },
  truncated: 0,
  issues: [],
};

/** Three drawn people beside each other, 1200 x 800. */
async function groupPicture(): Promise<Buffer> {
  const people = await Promise.all(
    [28, 160, 280].map(async (hue) => Buffer.from((await drawnPicture(hue)).split(',')[1] ?? '', 'base64')),
  );
  const wall = sharp({ create: { width: 1200, height: 800, channels: 3, background: '#b9b3a8' } });
  return wall
    .composite(
      await Promise.all(
        people.map(async (input, i) => ({
          input: await sharp(input).resize(400, 400).toBuffer(),
          left: i * 400,
          top: 200,
        })),
      ),
    )
    .jpeg()
    .toBuffer();
}

async function candidates(): Promise<Face['candidates']> {
  return [
    { id: 'p1', name: 'Ada Lovelace', similarity: 0.78, picture: await drawnPicture(28) },
    { id: 'p2', name: 'Nguyễn Thị Phương Thảo', similarity: 0.44, picture: await drawnPicture(160) },
    { id: 'p3', name: 'Grace Hopper', similarity: 0.21, picture: await drawnPicture(280) },
    { id: 'p4', name: 'Katherine Johnson', similarity: 0.14, picture: null },
  ];
}

test('who is on a picture', async ({ folder, openBrowser }) => {
  const file = join(folder, 'group.jpg');
  writeFileSync(file, await groupPicture());
  const known = await candidates();
  const face = (i: number, kind: Face['kind'], list: Face['candidates']): Face => ({
    box: { x: i * 400 + 130, y: 280, width: 140, height: 180 },
    landmarks: [],
    score: 0.9,
    quality,
    kind,
    candidates: list,
  });
  const host = new ScriptedHost();
  const grace = await drawnPerson('p3', 'Grace Hopper', 280, { consentAt: at });
  host.answers.identifyPicture = () => ({
    turned: 0,
    shown: null,
    width: 1200,
    height: 800,
    faces: [
      face(0, 'match', known),
      face(
        1,
        'unknown',
        known.slice(1).map((c) => ({ ...c, similarity: c.similarity / 2 })),
      ),
      face(2, 'unknown', []),
    ],
  });
  host.answers.listPeople = () => ({ total: 1, people: [grace] });
  host.answers.annotatePicture = ({ bytes }: CallInput<'annotatePicture'>) => ({
    name: 'group-names.jpg',
    type: 'image/jpeg',
    bytes,
  });
  host.answers.checkInFromPicture = () => ({
    kind: 'recorded',
    checkIn: {
      id: 'c1',
      at,
      personId: 'p1',
      name: 'Ada Lovelace',
      direction: 'in',
      similarity: 0.78,
      threshold: 0.42,
      kiosk: 'Front door',
      model: 'm',
    },
    face: face(0, 'match', known),
  });
  host.answers.addSamplePicture = () => ({
    sample: {
      id: 's1',
      addedAt: at,
      source: 'file',
      pose: null,
      quality,
      picture: grace.picture,
      similarity: null,
      outlier: false,
    },
    problems: [],
    turned: 0,
    face: null,
  });
  host.answers.findLookAlikes = () => [];
  host.answers.saveEnrollment = () => ({ ...grace, id: 'p9', name: 'Emmy Noether', sampleList: [] });
  const called = (name: string): unknown => host.calls.findLast((c) => c.name === name)?.input;
  const { page, goTo, shoot, close, complaints } = await openAdmin(host, openBrowser);
  const choose = async (button: string): Promise<void> => {
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: button }).click(),
    ]);
    await chooser.setFiles(file);
  };
  try {
    await goTo('Photos');
    await shoot('photos');
    await choose('Choose a picture');
    await expect(page.getByText('3 people, 1 of them recognised.')).toBeVisible();
    await shoot('photos-seen');

    // A known face is checked in; the kiosk is sent that face alone.
    await page.getByRole('button', { name: 'Face 1: Ada Lovelace' }).click();
    await shoot('photos-known');
    await page.getByRole('button', { name: 'Check in', exact: true }).click();
    await expect(page.getByText('Ada Lovelace, checked in, 09:41')).toBeVisible();
    const cut = await sharp((called('checkInFromPicture') as CallInput<'checkInFromPicture'>).bytes).metadata();
    expect(cut.width).toBeLessThan(500);
    expect(cut.width).toBeGreaterThan(250);

    // An unknown face is said to be Ada: then the first one is not her any more.
    await page.getByRole('button', { name: 'Face 2: unknown' }).click();
    await shoot('photos-unknown');
    await page.getByRole('button', { name: 'Someone else' }).click();
    await expect(page.getByRole('searchbox')).toBeFocused();
    await shoot('photos-pick');
    await page.getByRole('button', { name: /^Grace Hopper/ }).click();
    await expect(page.getByRole('button', { name: 'Face 2: Grace Hopper' })).toBeVisible();
    await page.getByRole('button', { name: 'Face 3: unknown' }).click();
    await page.getByRole('button', { name: 'Someone else' }).click();
    await page.getByRole('button', { name: /^Grace Hopper/ }).click();
    await expect(page.getByRole('button', { name: 'Face 3: Grace Hopper' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Face 2: unknown' })).toBeVisible();

    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save with names' }).click(),
    ]);
    expect(saved.suggestedFilename()).toBe('group-names.jpg');
    expect(readFileSync(await saved.path()).equals(readFileSync(file))).toBe(true);
    expect((called('annotatePicture') as CallInput<'annotatePicture'>).names).toEqual([
      { face: 0, name: 'Ada Lovelace' },
      { face: 1, name: null },
      { face: 2, name: 'Grace Hopper' },
    ]);

    // The unknown one is enrolled from the picture; the camera takes no part in it.
    await page.getByRole('button', { name: 'Face 2: unknown' }).click();
    await page.getByRole('button', { name: 'Enroll this person' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByLabel('Name', { exact: true })).toBeFocused();
    await page.keyboard.type('Emmy Noether');
    await dialog.getByText(/^Consent given/).click();
    await dialog.getByRole('button', { name: 'Next' }).click();
    await expect(dialog.getByText('1 picture taken')).toBeVisible();
    await shoot('photos-enroll');
    await dialog.getByRole('button', { name: 'Next' }).click();
    await dialog.getByRole('button', { name: 'Save Emmy Noether' }).click();
    await expect(dialog.getByText('Emmy Noether is enrolled')).toBeVisible();
    expect(host.calls.filter((c) => c.name === 'captureSample')).toEqual([]);
    await dialog.getByRole('button', { name: 'Done' }).click();
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});

test('is it the same person', async ({ folder, openBrowser }) => {
  const file = join(folder, 'ada.jpg');
  const picture = await drawnPicture(28);
  writeFileSync(file, Buffer.from(picture.split(',')[1] ?? '', 'base64'));
  const host = new ScriptedHost();
  const grace = await drawnPerson('p3', 'Grace Hopper', 280);
  host.answers.listPeople = () => ({ total: 1, people: [grace] });
  let same = true;
  host.answers.verifyFaces = async () => ({
    similarity: same ? 0.71 : 0.18,
    threshold: 0.42,
    same,
    fmr: same ? 8.1e-5 : 0.21,
    fnmr: same ? 0.34 : 0.002,
    turned: [0, 0],
    crops: [picture, await drawnPicture(280)],
    nearest: [...(await candidates()), { id: 'p5', name: 'Lise Meitner', similarity: 0.1, picture: null }],
  });
  const { page, goTo, shoot, close, complaints } = await openAdmin(host, openBrowser);
  try {
    await goTo('Photos');
    await page.getByRole('tab', { name: 'Compare' }).click();
    await shoot('verify');
    const first = page.getByRole('region', { name: 'Person 1' });
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      first.getByRole('button', { name: 'Choose a picture' }).click(),
    ]);
    await chooser.setFiles(file);
    const second = page.getByRole('region', { name: 'Person 2' });
    await second.getByRole('button', { name: 'Enrolled person' }).click();
    await page.getByRole('button', { name: /^Grace Hopper/ }).click();
    await expect(page.getByText('Most likely the same person')).toBeVisible();
    await expect(page.getByText('About 1 in 12,000 pairs of strangers are this similar.')).toBeVisible();
    await expect(page.getByRole('img', { name: /^Above the threshold/ })).toBeVisible();
    const input = host.calls.findLast((c) => c.name === 'verifyFaces')?.input as CallInput<'verifyFaces'>;
    expect(input.b).toEqual({ kind: 'person', personId: 'p3' });
    expect(input.a.kind).toBe('picture');
    await shoot('verify-same');
    await page.getByRole('heading', { name: 'Other possible matches' }).scrollIntoViewIfNeeded();
    await shoot('verify-nearest');
    same = false;
    await second.getByRole('button', { name: 'Change' }).click();
    await expect(page.getByText('Most likely the same person')).toHaveCount(0);
    await second.getByRole('button', { name: 'Enrolled person' }).click();
    await page.getByRole('button', { name: /^Grace Hopper/ }).click();
    await expect(page.getByText('Most likely different people')).toBeVisible();
    await expect(page.getByText('About 1 in 5 pairs of strangers are this similar.')).toBeVisible();
    await shoot('verify-different');
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});

test('the real kiosk: a group photo tagged, checked in from, and two compared', async ({ folder, openBrowser }) => {
  test.setTimeout(240_000);
  const people = join(peopleDir, 'portraits');
  const names = readdirSync(people).sort();
  const data = join(folder, 'data');
  const { code, stderr } = runLintel(['enroll', people, '--data', data]);
  expect(code, stderr).toBe(0);
  const kiosk = await startKiosk(data);
  try {
    const { page, complaints } = await openBrowser(null);
    await page.goto(kiosk.url);
    await firstPin(page);
    await goToArea(page, 'Photos');
    const choose = async (inside: Locator, file: string): Promise<void> => {
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        inside.getByRole('button', { name: 'Choose a picture' }).click(),
      ]);
      await chooser.setFiles(file);
    };
    await choose(page.locator('main'), groupPhoto(5));
    await expect(page.getByText(/^\d people/)).toBeVisible({ timeout: 30_000 });
    const named = async (): Promise<string[]> => {
      const labels = await page.locator('.photo-face .photo-name').allTextContents();
      return labels.filter((name) => name !== 'unknown');
    };
    const recognised = await named();
    for (const name of recognised) expect(names).toContain(name);
    expect(await page.locator('.photo-face').count()).toBeGreaterThan(3);
    // The operator goes by the likeliest where the kiosk would not: still nobody is on the picture twice.
    for (let number = 1; number <= (await page.locator('.photo-face').count()); number++) {
      await page.getByRole('button', { name: `Face ${number}:` }).click();
      await page.locator('.candidate').first().click();
      await expect(page.locator('.photo-face[aria-pressed=true]')).not.toContainText('unknown');
    }
    const said = await named();
    expect(said.length).toBeGreaterThan(2);
    for (const name of said) expect(names).toContain(name);
    expect(new Set(said).size).toBe(said.length);
    await page.screenshot({ path: 'artifacts/e2e-admin-photos.png' });
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save with names' }).click(),
    ]);
    expect((await sharp(readFileSync(await saved.path())).metadata()).format).toBe('jpeg');
    copyFileSync(await saved.path(), 'artifacts/e2e-admin-annotated.jpg');

    // A portrait, when the camera is broken.
    await page.getByRole('button', { name: 'Another picture' }).click();
    await choose(page.locator('main'), join(people, 'gina', readdirSync(join(people, 'gina')).sort()[1] ?? ''));
    await expect(page.getByText('One person, recognised.')).toBeVisible({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Face 1: gina' }).click();
    await page.getByRole('button', { name: 'Check in', exact: true }).click();
    await expect(page.locator('.note')).toHaveText(/^gina, checked in, \d\d:\d\d$/);
    await page.getByRole('button', { name: 'Check in', exact: true }).click();
    await expect(page.locator('.note')).toHaveText(/^gina, already checked in, \d\d:\d\d$/);

    await page.getByRole('tab', { name: 'Compare' }).click();
    const slot = (number: number): Locator => page.getByRole('region', { name: `Person ${number}` });
    const [, a, b] = readdirSync(join(people, 'gina')).sort();
    await choose(slot(1), join(people, 'gina', a ?? ''));
    await choose(slot(2), join(people, 'gina', b ?? ''));
    await expect(page.getByText('Most likely the same person')).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText(/strangers are this similar/)).toBeVisible();
    await expect(page.locator('.nearest-one').first()).toContainText('gina');
    await page.screenshot({ path: 'artifacts/e2e-admin-verify.png' });
    await slot(2).getByRole('button', { name: 'Change' }).click();
    await slot(2).getByRole('button', { name: 'Enrolled person' }).click();
    await page.getByRole('button', { name: /^hanna/ }).click();
    await expect(page.getByText('Most likely different people')).toBeVisible({ timeout: 30_000 });
    expect(complaints).toEqual([]);
  } finally {
    expect(await kiosk.stop()).toBe(0);
  }
});
