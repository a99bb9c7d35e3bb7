/** The people pages: ten thousand of them, one of them, two alike, many coming in and going out; scripted and real. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import sharp from 'sharp';
import type { CallInput } from '../../src/shared/calls.ts';
import type { Person, PersonSummary, Sample } from '../../src/shared/domain.ts';
import { expect, test } from '../support/browser.ts';
import { firstPin, goToArea, openAdmin } from '../support/admin-page.ts';
import { drawnPerson, drawnPicture, drawnScene } from '../support/drawn-people.ts';
import { GOOD_QUALITY } from '../support/quality.ts';
import { startKiosk } from '../support/kiosk-server.ts';
import { peopleDir } from '../support/people.ts';
import { ScriptedHost } from '../support/scripted-host.ts';

const at = new Date(2026, 10, 20, 9, 41).getTime();
const EVERYONE = 10_000;
const FIRST = ['Ada', 'Grace', 'Nguyễn Thị', 'Katherine', 'Emmy', 'Sophie', 'Trần Văn', 'Mary', 'Hedy', 'Lise'];
const LAST = [
  'Lovelace',
  'Hopper',
  'Phương Thảo',
  'Johnson',
  'Noether',
  'Germain',
  'Đức',
  'Somerville',
  'Lamarr',
  'Meitner',
];
const GROUPS = ['Engines', 'Compilers', 'Orbits', null];

const quality = (score: number): Sample['quality'] => ({ ...GOOD_QUALITY, score });

function withPeople(host: ScriptedHost, picture: string): void {
  host.status = { ...host.status, people: EVERYONE };
  const one = (i: number): PersonSummary => ({
    id: `p${i}`,
    name: `${FIRST[i % 10]} ${LAST[Math.floor(i / 10) % 10]} ${i}`,
    externalId: `E-${i}`,
    group: GROUPS[i % 4] ?? null,
    samples: i % 17 === 5 ? 0 : 1 + (i % 5),
    consentAt: i % 17 === 5 ? null : at,
    createdAt: at,
    lastSeenAt: i % 3 === 0 ? null : at,
    ready: i % 17 !== 5 && i % 13 !== 7,
    picture: i % 17 === 5 ? null : picture,
  });
  const all = Array.from({ length: EVERYONE }, (_, i) => one(i));
  host.answers.listPeople = ({ query = '', offset = 0, limit = 50 }: CallInput<'listPeople'>) => {
    const found = all.filter((p) => `${p.name} ${p.group}`.toLowerCase().includes(query.toLowerCase()));
    return { total: found.length, people: found.slice(offset, offset + limit) };
  };
}

async function adasPage(): Promise<Person> {
  const summary = await drawnPerson('p0', 'Ada Lovelace', 28, {
    externalId: 'E-1815',
    group: 'Engines',
    lastSeenAt: at,
    consentAt: at,
    createdAt: at,
    samples: 4,
  });
  const sample = async (id: string, hue: number, more: Partial<Sample>): Promise<Sample> => ({
    id,
    addedAt: at,
    source: 'camera',
    pose: 'straight',
    quality: quality(0.92),
    picture: await drawnPicture(hue),
    similarity: 0.88,
    outlier: false,
    ...more,
  });
  return {
    ...summary,
    sampleList: [
      await sample('s1', 28, {}),
      await sample('s2', 30, { pose: 'left', quality: quality(0.6), similarity: 0.71 }),
      await sample('s3', 210, { source: 'file', pose: null, quality: quality(0.35), similarity: 0.12, outlier: true }),
      await sample('s4', 26, { pose: 'up', quality: quality(0.2), similarity: 0.5, picture: null }),
    ],
  };
}

const visits = {
  timeZone: 'Europe/Berlin',
  people: [],
  days: [],
  weeks: [],
  months: [],
  arrivals: Array.from({ length: 96 }, () => 0),
  events: [
    { id: 'c1', at, personId: 'p0', name: 'Ada Lovelace', direction: 'in', corrections: [] },
    {
      id: 'c2',
      at: at + 8 * 3_600_000,
      personId: 'p0',
      name: 'Ada Lovelace',
      direction: 'out',
      corrections: ['forgot'],
    },
  ],
  problems: [],
};

test('ten thousand people: searched, scrolled, walked by keys', async ({ openBrowser }) => {
  const host = new ScriptedHost();
  withPeople(host, await drawnPicture(28));
  const { page, goTo, shoot, close, complaints } = await openAdmin(host, openBrowser);
  try {
    await goTo('People');
    const rows = page.getByRole('list', { name: 'People' }).getByRole('listitem');
    await expect(page.getByText('10,000 people', { exact: true })).toBeVisible();
    await expect(page.getByRole('button', { name: /Ada Lovelace 0/ })).toBeVisible();
    await shoot('people');
    // Only what is in view exists, and is asked for.
    expect(await page.locator('.people-place').count()).toBeLessThan(40);
    const asked = (): number => host.calls.filter((c) => c.name === 'listPeople').length;
    expect(asked()).toBeLessThan(8);

    // To the very end, as with the scroll bar: what flew past is not fetched.
    await page.locator('.people-list').evaluate((e) => e.scrollTo({ top: e.scrollHeight }));
    await expect(page.getByRole('button', { name: /^L.*9999|9999/ })).toBeVisible();
    expect(asked()).toBeLessThan(14);

    // By keys alone: to the end and back, focus never lost.
    await page.locator('.people-list').evaluate((e) => e.scrollTo({ top: 0 }));
    await page.getByRole('button', { name: /Ada Lovelace 0/ }).focus();
    await page.keyboard.press('ArrowDown');
    await expect(page.locator('[data-row="1"]')).toBeFocused();
    await page.keyboard.press('End');
    await expect(page.locator('[data-row="9999"]')).toBeFocused();
    await page.keyboard.press('Home');
    await expect(page.locator('[data-row="0"]')).toBeFocused();

    await page.getByRole('searchbox').fill('orbits');
    await expect(page.getByText('2,500 people', { exact: true })).toBeVisible();
    await expect(rows.first()).toContainText('Orbits');
    await page.getByRole('searchbox').fill('nobody of that name');
    await expect(page.getByText('No person matches this name, ID or group.')).toBeVisible();
    await shoot('people-none');
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});

test("a person's page", async ({ openBrowser }) => {
  const host = new ScriptedHost();
  const ada = await adasPage();
  host.answers.listPeople = () => ({ total: 1, people: [ada] });
  host.answers.getPerson = () => ada;
  host.answers.getAttendance = () => visits;
  host.answers.editPerson = ({ name, group }: CallInput<'editPerson'>) => ({ ...ada, name, group });
  host.answers.removeSample = ({ sampleId }: CallInput<'removeSample'>) => ({
    ...ada,
    sampleList: ada.sampleList.filter((s) => s.id !== sampleId),
  });
  host.answers.revokeConsent = () => null;
  host.answers.removePerson = () => null;
  const called = (name: string): unknown => host.calls.findLast((c) => c.name === name)?.input;
  const { page, goTo, shoot, close, complaints } = await openAdmin(host, openBrowser);
  try {
    await goTo('People');
    await page.getByRole('button', { name: /Ada Lovelace/ }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ada Lovelace');
    await expect(page.getByText('One picture does not look like the others')).toBeVisible();
    await expect(page.getByRole('img', { name: 'Picture 3' })).toBeVisible();
    await expect(page.getByText('corrected: forgot')).toBeVisible();
    await shoot('person');
    await page.getByRole('heading', { name: 'Recent check-ins' }).scrollIntoViewIfNeeded();
    await shoot('person-below');

    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByLabel('Name', { exact: true }).fill('Ada King');
    await shoot('person-edit');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ada King');
    expect(called('editPerson')).toEqual({ id: 'p0', name: 'Ada King', externalId: 'E-1815', group: 'Engines' });

    await page.getByRole('button', { name: 'Remove picture 3' }).click();
    await shoot('sample-remove');
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(page.getByText('One picture does not look like the others')).toHaveCount(0);
    expect(called('removeSample')).toEqual({ personId: 'p0', sampleId: 's3' });

    await page.getByRole('button', { name: /^Withdraw consent/ }).click();
    await page.getByText('Keep without the name').click();
    await shoot('person-revoke');
    await page.getByRole('button', { name: 'Erase face data' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('People');
    expect(called('revokeConsent')).toEqual({ id: 'p0', attendance: 'anonymise' });

    // Deleting must be held: a tap does nothing.
    await page.getByRole('button', { name: /Ada Lovelace/ }).click();
    await page.getByRole('button', { name: /^Delete permanently/ }).click();
    await shoot('person-delete');
    const hold = page.getByRole('button', { name: 'Hold to delete' });
    await page.clock.install();
    await hold.click();
    await page.clock.runFor(1700);
    expect(called('removePerson')).toBeUndefined();
    await hold.hover();
    await page.mouse.down();
    await expect.poll(() => called('removePerson')).toEqual({ id: 'p0' });
    await page.mouse.up();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('People');
    expect(host.calls.filter(({ name }) => name === 'removePerson')).toHaveLength(1);
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});

test('look-alikes are merged or told apart', async ({ openBrowser }) => {
  const host = new ScriptedHost();
  const pairs = [
    {
      a: await drawnPerson('p1', 'Ada Lovelace', 28, { externalId: 'E-1815', samples: 2 }),
      b: await drawnPerson('p2', 'Ada King, Countess of Lovelace', 34, { group: 'Engines', samples: 5 }),
      similarity: 0.81,
      threshold: 0.42,
      ambiguous: { times: 3, lastAt: Date.UTC(2026, 10, 20, 8, 5) },
    },
    {
      a: await drawnPerson('p3', 'Nguyễn Thị Phương Thảo', 160),
      b: await drawnPerson('p4', 'Nguyễn Thị Phương Anh', 170, { picture: null }),
      similarity: 0.47,
      threshold: 0.42,
      ambiguous: null,
    },
  ];
  host.answers.findDuplicates = () => pairs;
  host.answers.markDifferent = () => pairs.splice(1, 1) && null;
  host.answers.mergePeople = () => {
    const [first] = pairs.splice(0, 1);
    return { ...first?.b, sampleList: [] };
  };
  const { page, goTo, shoot, close, complaints } = await openAdmin(host, openBrowser);
  try {
    await goTo('People');
    await page.getByRole('button', { name: 'Duplicates' }).click();
    await expect(page.getByText('very similar')).toBeVisible();
    await shoot('duplicates');
    await page
      .getByRole('region', { name: /Phương Thảo/ })
      .getByRole('button', { name: 'Different people' })
      .click();
    await expect(page.getByText('Nguyễn Thị Phương Thảo')).toHaveCount(0);
    await page.getByRole('button', { name: 'Same person: merge' }).click();
    // The entry with more pictures is proposed.
    await expect(page.getByRole('radio', { name: /Countess/ })).toBeChecked();
    await shoot('merge');
    await page.getByRole('button', { name: 'Merge', exact: true }).click();
    await expect(page.getByText('No possible duplicates found.')).toBeVisible();
    expect(host.calls.find((c) => c.name === 'mergePeople')?.input).toEqual({ keep: 'p2', other: 'p1' });
    expect(host.calls.find((c) => c.name === 'markDifferent')?.input).toEqual({ a: 'p3', b: 'p4' });
    await shoot('duplicates-none');
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});

test('a folder comes in, is stopped and goes on; everybody goes out', async ({ folder, openBrowser }) => {
  // A real folder, with what systems put into folders.
  const staff = join(folder, 'Staff');
  const names = Array.from({ length: 30 }, (_, i) => `Person ${String(i).padStart(2, '0')}`);
  const picture = await drawnScene(28);
  for (const name of names) {
    mkdirSync(join(staff, name), { recursive: true });
    writeFileSync(join(staff, name, '1.png'), picture);
    writeFileSync(join(staff, name, '2.png'), picture);
  }
  writeFileSync(join(staff, '.DS_Store'), 'x');
  const host = new ScriptedHost();
  let planned: CallInput<'planImport'> | null = null;
  host.answers.planImport = (input: CallInput<'planImport'>) => {
    planned = input;
    const people = names.map((name) => ({
      name,
      externalId: null,
      group: null,
      files: input.files.filter((file) => file.startsWith(`${name}/`)),
    }));
    return { people, problems: [{ file: 'notes.txt', reason: 'This is not a picture.' }] };
  };
  // The second call waits until the test lets it go; the one after the stop fails.
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((done) => (letGo = done));
  let calls = 0;
  host.answers.importPeople = async ({ people }: CallInput<'importPeople'>) => {
    calls += 1;
    if (calls === 2) await gate;
    if (calls === 3) throw new Error('the disk said no');
    return people.map(({ name, pictures }) => ({
      id: name,
      name,
      samples: 1,
      added: 1,
      turned: [{ file: pictures[0]?.name ?? '', turned: 180 }],
      rejected: [{ file: pictures[1]?.name ?? '', code: 'no-face', reason: 'No face was found.' }],
      lookAlikes: [],
    }));
  };
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  host.status = { ...host.status, people: 30 };
  host.answers.exportPeople = ({ offset }: { offset: number }) => ({
    total: 30,
    next: offset === 0 ? 25 : null,
    damaged: offset === 0 ? [] : ['Ann'],
    files: [
      {
        name: 'data.csv',
        type: 'text/csv',
        bytes: bytes(`id,name,group,image\r\n,Person ${offset},,${offset}.jpg\r\n`),
      },
      { name: `${offset}.jpg`, type: 'image/jpeg', bytes: picture },
    ],
  });
  const { page, goTo, shoot, close, complaints } = await openAdmin(host, openBrowser);
  try {
    await goTo('People');
    await page.getByRole('button', { name: 'Import and export' }).click();
    await shoot('import');
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose a folder' }).click(),
    ]);
    await chooser.setFiles(staff);
    await expect(page.getByText('30 people')).toBeVisible();
    expect([...(planned as unknown as CallInput<'planImport'>).files].sort()[0]).toBe('Person 00/1.png');
    expect((planned as unknown as CallInput<'planImport'>).files).toHaveLength(60);
    const start = page.getByRole('button', { name: 'Start import' });
    await expect(start).toBeDisabled();
    await page.getByText(/^All of them gave consent/).click();
    await shoot('import-plan');
    await start.click();
    await expect(page.getByText(/^4 of 30 people/)).toBeVisible();
    await shoot('import-running');
    // Another page meanwhile, and back: it goes on.
    await goTo('Home');
    await goTo('People');
    await page.getByRole('button', { name: 'Import and export' }).click();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    letGo();
    await expect(page.getByText('Stopped. The people processed so far are saved.')).toBeVisible();
    await page.getByRole('button', { name: 'Continue' }).click();
    // What goes wrong stops it, and loses nothing.
    await expect(page.getByText('Something went wrong inside Lintel.')).toBeVisible();
    await shoot('import-paused');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByText('30 people are enrolled')).toBeVisible();
    await expect(page.getByText('31 files were not accepted')).toBeVisible();
    await shoot('import-done');
    const sent = host.calls.filter((c) => c.name === 'importPeople').map((c) => c.input as CallInput<'importPeople'>);
    expect(Math.max(...sent.map((c) => c.people.length))).toBeLessThanOrEqual(25);
    const arrived = new Set(sent.flatMap((c) => c.people.flatMap((p) => p.pictures.map((f) => f.name))));
    expect(arrived.size).toBe(60);

    await page.getByText('30 pictures were the wrong way up and were turned').click();
    await expect(page.getByText('Person 00/1.png turned by 180°')).toBeVisible();
    const [list] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save list' }).click(),
    ]);
    expect(readFileSync(await list.path(), 'utf8')).toContain('"Person 00/2.png","No face was found in the picture."');

    const [zip] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export everyone' }).click(),
    ]);
    expect(zip.suggestedFilename()).toMatch(/^lintel-people-\d{4}-\d\d-\d\d\.zip$/);
    const root = zip.suggestedFilename().replace('.zip', '');
    const inside = unzipSync(readFileSync(await zip.path()));
    expect(Object.keys(inside).sort()).toEqual([`${root}/0.jpg`, `${root}/25.jpg`, `${root}/data.csv`]);
    expect(strFromU8(inside[`${root}/data.csv`] as Uint8Array)).toBe(
      'id,name,group,image\r\n,Person 0,,0.jpg\r\n,Person 25,,25.jpg\r\n',
    );
    expect(Buffer.from(inside[`${root}/25.jpg`] as Uint8Array).equals(picture)).toBe(true);
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});

test('the real kiosk: a folder in, one person twice, merged, out, erased, and in again', async ({
  folder,
  openBrowser,
}) => {
  test.setTimeout(240_000);
  const people = join(peopleDir, 'portraits');
  const names = readdirSync(people).sort();
  const staff = join(folder, 'Staff');
  const put = (person: string, from: string, pictures: readonly string[]): void => {
    mkdirSync(join(staff, person), { recursive: true });
    for (const file of pictures) copyFileSync(join(people, from, file), join(staff, person, file));
  };
  for (const name of names) {
    const pictures = readdirSync(join(people, name)).sort();
    // One of them is in the folder twice, under two names and with other pictures.
    put(name, name, name === 'gina' ? pictures.slice(0, 3) : pictures);
    if (name === 'gina') put('Dr Cooper', name, pictures.slice(3));
  }
  writeFileSync(
    join(staff, 'amara', 'wall.png'),
    await sharp({ create: { width: 400, height: 300, channels: 3, background: '#888' } })
      .png()
      .toBuffer(),
  );
  writeFileSync(join(staff, 'amara', 'words.jpg'), 'not a picture at all');

  const kiosk = await startKiosk(join(folder, 'data'));
  try {
    const { page, complaints } = await openBrowser(null);
    await page.goto(kiosk.url);
    await firstPin(page);
    const toImport = async (): Promise<void> => {
      await goToArea(page, 'People');
      await page.getByRole('button', { name: 'Import and export' }).click();
    };
    const importFolder = async (from: string): Promise<void> => {
      await toImport();
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        page.getByRole('button', { name: 'Choose a folder' }).click(),
      ]);
      await chooser.setFiles(from);
      await page.getByText(/^All of them gave consent/).click();
      await page.getByRole('button', { name: 'Start import' }).click();
      await expect(page.getByText(/(are|is) enrolled$|are enrolled,/).first()).toBeVisible({ timeout: 120_000 });
    };
    const open = async (name: string): Promise<void> => {
      await goToArea(page, 'People');
      await page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
    };
    const pictures = page.getByRole('img', { name: /^Picture \d/ });

    await importFolder(staff);
    await expect(page.getByText('9 people are enrolled')).toBeVisible();
    const refused = page.getByRole('list', { name: 'Files that were not accepted' });
    await expect(refused).toContainText('amara/wall.png');
    await expect(refused).toContainText('No face was found in the picture.');
    await expect(refused).toContainText('amara/words.jpg');
    await page.screenshot({ path: 'artifacts/e2e-admin-import.png' });

    // The same folder again: nobody twice, no picture twice.
    await page.getByRole('button', { name: 'Another folder' }).click();
    await importFolder(staff);
    await expect(page.getByText('0 new pictures')).toBeVisible();
    await page.getByRole('button', { name: 'Go to People' }).click();
    await expect(page.getByText('9 people', { exact: true })).toBeVisible();

    await page.getByRole('button', { name: 'Duplicates' }).click();
    const pair = page.getByRole('region', { name: /Dr Cooper/ });
    await expect(pair).toContainText('gina', { timeout: 30_000 });
    await pair.getByRole('button', { name: 'Same person: merge' }).click();
    await page.getByRole('radio', { name: /gina/ }).check({ force: true });
    await page.getByRole('button', { name: 'Merge', exact: true }).click();
    await expect(pair).toHaveCount(0);

    await open('gina');
    await expect(pictures).toHaveCount(5);
    await page.screenshot({ path: 'artifacts/e2e-admin-person.png' });
    await page.getByRole('button', { name: 'Remove picture 5' }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(pictures).toHaveCount(4);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByLabel(/^Group/).fill('Physics');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByRole('button', { name: 'Physics' })).toBeVisible();

    // Out, one erased, and in again from what came out.
    await toImport();
    const [zip] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export everyone' }).click(),
    ]);
    const out = join(folder, 'out');
    for (const [name, bytes] of Object.entries(unzipSync(readFileSync(await zip.path())))) {
      mkdirSync(join(out, dirname(name)), { recursive: true });
      writeFileSync(join(out, name), bytes);
    }
    await open('gina');
    await page.getByRole('button', { name: /^Delete permanently/ }).click();
    await page.getByRole('button', { name: 'Hold to delete' }).hover();
    await page.mouse.down();
    await expect(page.getByText('7 people', { exact: true })).toBeVisible();
    await page.mouse.up();
    await importFolder(join(out, zip.suggestedFilename().replace('.zip', '')));
    await expect(page.getByText('8 people are enrolled')).toBeVisible();
    await expect(page.getByText('4 new pictures')).toBeVisible();
    await open('gina');
    await expect(pictures).toHaveCount(4);
    await expect(page.getByRole('button', { name: 'Physics' })).toBeVisible();

    await page.getByRole('button', { name: /^Withdraw consent/ }).click();
    await page.getByRole('button', { name: 'Erase face data' }).click();
    await expect(page.getByText('This person is not recognised: no pictures')).toBeVisible();
    await expect(pictures).toHaveCount(0);
    expect(complaints).toEqual([]);
  } finally {
    expect(await kiosk.stop()).toBe(0);
  }
});
