/** The operator pages over a scripted kiosk, in the variants that every screen is checked in. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { type BrowserHost, serveKiosk } from '../../src/main/hosts/web/server.ts';
import type { KioskHost } from '../../src/main/server/connection.ts';
import type { OpenBrowser } from './browser.ts';
import { projectRoot } from './data.ts';
import { screenAssets } from './screen-assets.ts';

export const ADMIN_VARIANTS = [
  { name: 'landscape-light', width: 1280, height: 800, colorScheme: 'light' },
  { name: 'portrait-dark', width: 800, height: 1280, colorScheme: 'dark' },
] as const;

export interface ScreenVariant {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: 'light' | 'dark';
}

/** Until the page is painted and every transition is over; a countdown, or what goes on forever, is not waited for. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
    const short = document.getAnimations().filter((a) => Number(a.effect?.getComputedTiming().endTime) <= 1000);
    await Promise.all(short.map((animation) => animation.finished.catch(() => undefined)));
  });
}

/** The screen that stands there, in each of `variants`, and then in the first one again: nobody has to walk there twice. */
export async function inVariants<L extends ScreenVariant>(
  page: Page,
  variants: readonly L[],
  see: (variant: L) => Promise<void>,
): Promise<void> {
  const [first, ...others] = variants;
  for (const variant of [...others, first as L]) {
    await page.setViewportSize({ width: variant.width, height: variant.height });
    await page.emulateMedia({ colorScheme: variant.colorScheme });
    await settled(page);
    await see(variant);
  }
}

export interface AdminPage {
  readonly page: Page;
  readonly complaints: readonly string[];
  /** Goes to an area by its name in the navigation. */
  goTo(area: string): Promise<void>;
  /** A picture for a person to look at, and what can be checked by rule, in both variants. */
  shoot(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens the operator pages of `host` with PIN 1234. */
export async function openAdmin(host: KioskHost, open: OpenBrowser): Promise<AdminPage> {
  const browser: BrowserHost = await serveKiosk(host, { assets: screenAssets });
  const { page, complaints } = await open(null, ADMIN_VARIANTS[0]);
  await page.goto(browser.url);
  await enterAdmin(page);
  return {
    page,
    complaints,
    goTo: (area) => goToArea(page, area),
    shoot: (name) =>
      inVariants(page, ADMIN_VARIANTS, async (variant) => {
        await page.screenshot({ path: join(screensOf(variant.name), `admin-${name}.png`) });
        await expectSound(page, `${name}, ${variant.name}`);
      }),
    close: () => browser.close(),
  };
}

/** Where the pictures of one variant go. */
export function screensOf(variant: string): string {
  const folder = join(projectRoot, 'artifacts', 'screens', variant);
  mkdirSync(folder, { recursive: true });
  return folder;
}

export async function enterAdmin(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Operator' }).click();
  for (const digit of '1234') await page.getByRole('button', { name: digit, exact: true }).click();
  await page.getByRole('button', { name: 'Unlock', exact: true }).click();
  await expect(page.getByRole('navigation')).toBeVisible();
}

/** First use of a kiosk: the PIN is chosen, and the operator pages open. */
export async function firstPin(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Operator' }).click();
  for (const then of ['Next', 'Set PIN']) {
    for (const digit of '1234') await page.getByRole('button', { name: digit, exact: true }).click();
    await page.getByRole('button', { name: then, exact: true }).click();
  }
  await expect(page.getByRole('navigation')).toBeVisible();
}

export const goToArea = (page: Page, area: string): Promise<void> =>
  page.getByRole('navigation').getByRole('button', { name: area, exact: true }).click();

/** Nothing stands over its box or the screen's edge, what is touched is large enough, axe has no complaint. */
export async function expectSound(page: Page, what: string): Promise<void> {
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll('h1, h2, h3, p, dd, button, .button, .badge, .tab')]
      .filter((e) => !e.matches('.visually-hidden, .photo-face, .sample-picture') && e.getClientRects().length > 0)
      .filter((e) => {
        const { left, right } = e.getBoundingClientRect();
        return left < -1 || right > innerWidth + 1 || e.scrollWidth > e.clientWidth + 2;
      })
      .map((e) => `${e.tagName}.${e.className}: ${e.textContent?.slice(0, 40)}`),
  );
  expect(cut, `${what}: cut off`).toEqual([]);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, [role=tab], summary, label.choice-option, label.candidate')]
      .filter((e) => !e.matches('.person-group, .photo-face, .day, .visually-hidden, .visually-hidden *'))
      // react-aria's own button of a drop zone stands, for screen readers, in a box of one pixel.
      .filter((e) => (e.parentElement?.getBoundingClientRect().width ?? 0) > 1)
      .map((e) => ({ e, box: e.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 1 && (box.height < 56 || box.width < 56))
      .map(({ e, box }) => `${e.className} ${Math.round(box.width)}x${Math.round(box.height)}`),
  );
  expect(small, `${what}: too small for a finger`).toEqual([]);
  await expectNoViolation(page, what);
}

export async function expectNoViolation(page: Page, what: string): Promise<void> {
  // The page has no frames: without this, each check opens a page of its own to put the results of frames together.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect(
    violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`),
    `${what}: axe`,
  ).toEqual([]);
}
