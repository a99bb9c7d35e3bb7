/** "Recognition quality" in the built program, with the real models: the same figures as the command line gives. */
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../support/browser.ts';
import { peopleDir, scene } from '../support/people.ts';
import { runLintel, startKiosk } from '../support/kiosk-server.ts';
import { enrollPeople, enterFirstTime, goToArea } from '../support/real-admin.ts';

interface Figures {
  readonly genuine: number;
  readonly impostor: number;
  readonly accuracy: number;
  readonly auc: number;
}
const share = (part: number): string =>
  new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 2 }).format(part);

test('the enrolled people are tested, and are too few to learn from; a list of pairs', async ({
  folder,
  openBrowser,
}) => {
  test.setTimeout(240_000);
  const data = join(folder, 'data');
  const people = {
    'Ada Lovelace': 'person-02',
    'Grace Hopper': 'person-05',
    'Emmy Noether': 'person-03',
    'Lise Meitner': 'person-04',
  };
  enrollPeople(
    folder,
    data,
    Object.fromEntries(Object.entries(people).map(([name, scene]) => [name, { scene, pictures: 3 }])),
  );
  const enrolled = runLintel(['evaluate', '--enrolled', '--data', data]).json as Figures;
  const list = join(peopleDir, 'pairs', 'pairs.csv');
  const images = join(peopleDir, 'pairs', 'images');
  const pairs = runLintel(['evaluate', '--pairs', list, '--images', images, '--data', data]).json as Figures;
  const kiosk = await startKiosk(data);
  try {
    const { page, complaints } = await openBrowser(null);
    await enterFirstTime(page, kiosk.url);
    await goToArea(page, 'Recognition quality');
    await page.getByRole('button', { name: 'Start test' }).click();
    await expect(
      page.getByText(
        `Tested on ${enrolled.genuine} comparisons of the same person and ${enrolled.impostor} of different people.`,
      ),
    ).toBeVisible({ timeout: 60_000 });
    const figure = (name: string) => page.locator('.figures-row').filter({ hasText: name }).locator('.figures-value');
    await expect(figure('Accuracy')).toHaveText(share(enrolled.accuracy));
    await expect(figure('AUC')).toHaveText(enrolled.auc.toFixed(3));
    await expect(page.getByText('Of 1,000 strangers who step up')).toBeVisible();
    await expect(page.getByText('Promised is 1.')).toBeVisible();
    // What none of four people leaves open: three in four.
    const rows = page.getByRole('table', { name: /The more people are enrolled/ }).getByRole('row');
    await expect(rows).toHaveText([/^People enrolled/, /^30 \(0 to 750\)/]);
    await expect(
      page.getByText('There are too few people here to see how alike different people are: 4 of 25.'),
    ).toBeVisible();
    await expect(page.getByRole('button', { name: 'Use site calibration' })).toHaveCount(0);
    await page.getByRole('button', { name: "Use the model's own calibration" }).click();
    await expect(page.getByText("The model's own calibration is in use again.")).toBeVisible();

    // The curves are on the page with their own looks, and in a file that needs nothing else.
    const chart = page.locator('.report-view svg .genuine').first();
    await expect(chart).toBeVisible();
    expect(await chart.evaluate((e) => getComputedStyle(e).fillOpacity)).toBe('0.4');
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save report' }).click();
    const report = readFileSync(await (await waiting).path(), 'utf8');
    expect(report).toContain('<svg');
    expect(report).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);

    await page.getByRole('button', { name: 'Another test' }).click();
    await page.getByText('A list of pairs').click();
    await expect(page.getByRole('button', { name: 'Start test' })).toBeDisabled();
    const [chosenList] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose the list' }).click(),
    ]);
    // A row of pictures that are not there, saved by a program that does not say in which character set.
    const saved = Buffer.concat([readFileSync(list), Buffer.from('Müller/à Paris.jpg,Zoë.jpg,Yes\n', 'latin1')]);
    await chosenList.setFiles({ name: 'liste.csv', mimeType: 'text/csv', buffer: saved });
    const [chosenFolder] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose the folder' }).click(),
    ]);
    await chosenFolder.setFiles(images);
    await expect(page.getByText('24 pictures')).toBeVisible();
    await page.getByRole('button', { name: 'Start test' }).click();
    await expect(page.getByRole('progressbar')).toBeVisible();
    await expect(
      page.getByText(
        `Tested on ${pairs.genuine} comparisons of the same person and ${pairs.impostor} of different people.`,
      ),
    ).toBeVisible({ timeout: 120_000 });
    await expect(figure('Accuracy')).toHaveText(share(pairs.accuracy));
    await expect(page.getByText('liste.csv does not say how its letters are written')).toBeVisible();
    await expect(figure('AUC')).toHaveText(pairs.auc.toFixed(3));
    await expect(page.getByText('Calibration for this site')).toHaveCount(0);
    await expect(page.getByRole('table', { name: /The more people are enrolled/ })).toHaveCount(0);
    await expect(page.getByText('Of 1,000 strangers, each compared with one person')).toBeVisible();

    // Stopped half-way, nothing is left of it.
    await page.getByRole('button', { name: 'Another test' }).click();
    await page.getByText('A folder of pictures').click();
    const [labelled] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose the folder' }).click(),
    ]);
    await labelled.setFiles(join(peopleDir, 'scenes'));
    await page.getByRole('button', { name: 'Start test' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByRole('button', { name: 'Start test' })).toBeVisible();
    expect(complaints).toEqual([]);
  } finally {
    await kiosk.stop();
  }
});

test('a folder is read on the screen by the same rules as at the terminal', async ({ folder, openBrowser }) => {
  test.setTimeout(240_000);
  const [data, labelled] = [join(folder, 'data'), join(folder, 'labelled')];
  for (const [path, person, picture] of [
    ['  Ada  /1.jpg', 'person-02', 0],
    ['Ada/1.jpg', 'person-02', 1],
    ['Bob/1.jpg', 'person-05', 0],
    ['Bob/2.jpg', 'person-05', 1],
    ['Bob/deep/3.jpg', 'person-03', 0],
    ['@eaDir/1.jpg', 'person-03', 1],
  ] as const) {
    mkdirSync(join(labelled, path, '..'), { recursive: true });
    copyFileSync(scene(person)[picture]!, join(labelled, path));
  }
  const there = runLintel(['evaluate', labelled, '--data', data]).json as Figures;
  expect([there.genuine, there.impostor]).toEqual([2, 4]);
  const kiosk = await startKiosk(data);
  try {
    const { page } = await openBrowser(null);
    await enterFirstTime(page, kiosk.url);
    await goToArea(page, 'Recognition quality');
    await page.getByText('A folder of pictures').click();
    const [chosen] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose the folder' }).click(),
    ]);
    await chosen.setFiles(labelled);
    await page.getByRole('button', { name: 'Start test' }).click();
    await expect(page.getByText('Tested on 2 comparisons of the same person and 4 of different people.')).toBeVisible({
      timeout: 120_000,
    });
    await page.getByText('1 picture could not be used').click();
    await expect(page.getByText('Bob/deep/3.jpg')).toBeVisible();
  } finally {
    await kiosk.stop();
  }
});
