/** The operator pages over the built program with the real models, and folders of real people to enroll. */
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { peopleDir } from './people.ts';
import { runLintel } from './kiosk-server.ts';

/** Enrolls people of the shared scenes under the names given, some pictures each, into `data`. */
export function enrollPeople(
  folder: string,
  data: string,
  people: Readonly<Record<string, { readonly scene: string; readonly pictures: number }>>,
): void {
  const root = join(folder, 'people');
  for (const [name, { scene, pictures }] of Object.entries(people)) {
    mkdirSync(join(root, name), { recursive: true });
    const from = join(peopleDir, 'scenes', scene);
    for (const file of readdirSync(from).sort().slice(0, pictures)) cpSync(join(from, file), join(root, name, file));
  }
  const { code, stderr } = runLintel(['enroll', root, '--data', data]);
  expect(code, stderr).toBe(0);
}

/** From the check-in screen into the operator pages, with the PIN 2580 being set. */
export async function enterFirstTime(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('button', { name: 'Operator' }).click();
  for (const then of ['Next', 'Set PIN']) {
    for (const digit of '2580') await page.getByRole('button', { name: digit, exact: true }).click();
    await page.getByRole('button', { name: then, exact: true }).click();
  }
  await expect(page.getByRole('navigation')).toBeVisible();
}

export const goToArea = (page: Page, area: string): Promise<void> =>
  page.getByRole('navigation').getByRole('button', { name: area, exact: true }).click();
