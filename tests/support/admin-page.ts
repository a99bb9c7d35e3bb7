/** The operator pages over a scripted kiosk, in the variants that every screen is checked in. */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults, RunOptions } from 'axe-core';
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

/** Until the page is painted, with every transition at its end; a countdown, or what goes on forever, goes on. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // What goes on by itself (a countdown's steps) begins another transition after each.
    for (let rounds = 1; ; rounds++) {
      await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
      const short = document
        .getAnimations()
        .filter((a) => a.playState === 'running' && Number(a.effect?.getComputedTiming().endTime) <= 1000);
      // React Aria keeps a dialog unseen until an on-screen keyboard, which there may have been, is gone.
      const unseen = document.querySelector('.modal-veil[style*="opacity: 0"]');
      if (unseen === null && (short.length === 0 || rounds > 3)) return;
      for (const animation of short) animation.finish();
    }
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
        await picture(page, variant.name, `admin-${name}`);
        await expectSound(page, `${name}, ${variant.name}`);
      }),
    close: () => browser.close(),
  };
}

/** With LINTEL_SCREENS, a picture for a person to look at, in artifacts/screens. */
export async function picture(page: Page, variant: string, name: string): Promise<void> {
  if (process.env['LINTEL_SCREENS'] === undefined) return;
  const folder = join(projectRoot, 'artifacts', 'screens', variant);
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
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

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
type WithAxe = typeof globalThis & { axe: { run(what: Document, options: RunOptions): Promise<AxeResults> } };

export async function expectNoViolation(page: Page, what: string): Promise<void> {
  // Put into a page once: it is half a megabyte.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const { violations: found } = await (globalThis as WithAxe).axe.run(document, { resultTypes: ['violations'] });
    return found.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`);
  });
  expect(violations, `${what}: axe`).toEqual([]);
}
