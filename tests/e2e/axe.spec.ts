/**
 * Every screen there is, in both languages, both orientations and both themes (each pair of them once), with something on
 * it (the screen at the door in English is in screens.spec.ts): axe finds no violation, nothing is cut off, no word is left in the other language.
 */
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { TFunction } from 'i18next';
import { serveKiosk } from '../../src/main/hosts/web/server.ts';
import type { CheckInView } from '../../src/shared/domain.ts';
import { errorText, LintelError, reportOf } from '../../src/shared/errors.ts';
import { expect, test } from '../support/browser.ts';
import { expectSound, inVariants, picture, type ScreenVariant } from '../support/admin-page.ts';
import { drawnPicture, drawnScene } from '../support/drawn-people.ts';
import { writeFakeCamera } from '../support/fake-camera.ts';
import { screenAssets } from '../support/screen-assets.ts';
import { furnish } from '../support/scripted-admin.ts';
import { ScriptedHost } from '../support/scripted-host.ts';
import { answerSecurity, PASSPHRASE } from '../support/scripted-security.ts';
import { spoken } from '../support/spoken.ts';

const VARIANTS = {
  en: [
    { name: 'en-landscape-light', width: 1280, height: 800, colorScheme: 'light' },
    { name: 'en-portrait-dark', width: 800, height: 1280, colorScheme: 'dark' },
  ],
  vi: [
    { name: 'vi-landscape-dark', width: 1280, height: 800, colorScheme: 'dark' },
    { name: 'vi-portrait-light', width: 800, height: 1280, colorScheme: 'light' },
  ],
} satisfies Record<'en' | 'vi', readonly ScreenVariant[]>;

interface Tour {
  readonly page: Page;
  readonly host: ScriptedHost;
  readonly t: TFunction;
  shoot(name: string): Promise<void>;
  press(name: string | RegExp): Promise<void>;
  /** A button that opens a dialog. */
  openDialog(name: string | RegExp): Promise<void>;
  /** To an area of the navigation. */
  goTo(area: string): Promise<void>;
  closeDialog(): Promise<void>;
}

async function door({ page, host, t, shoot }: Tour): Promise<void> {
  const at = Date.now();
  const picture = await drawnPicture(160);
  const who = { personId: 'p1', name: 'Nguyễn Thị Phương Thảo', direction: 'in', at, picture } as const;
  const views: [string, CheckInView, string][] = [
    ['idle', { phase: 'idle' }, t('checkin.idle.title')],
    ['present', { phase: 'present', issue: 'too-small' }, t('checkin.present.too-small.title')],
    ['several', { phase: 'looking', several: true }, t('checkin.looking.title')],
    ['choose', { phase: 'choose', personId: 'p1', name: who.name, picture, suggested: 'out' }, who.name],
    ['match', { phase: 'match', checkInId: 'c', ...who }, who.name],
    ['already', { phase: 'already', ...who, direction: 'out' }, who.name],
    ['unknown', { phase: 'unknown' }, t('checkin.unknown.title')],
    ['ambiguous', { phase: 'ambiguous' }, t('checkin.ambiguous.title')],
  ];
  for (const [name, view, title] of views) {
    host.showView(view);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
    await expect(page.getByRole('status')).toHaveCount(1);
    await expect(page.getByRole('status')).toContainText(title);
    await shoot(`door-${name}`);
  }
  host.showView({ phase: 'idle' });
  const trouble = reportOf(new LintelError('disk-full', { file: 'people.json' }));
  host.show({ trouble });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(errorText(trouble, t('ui.language')).happened);
  await shoot('door-trouble');
  host.show({ trouble: null });
}

async function people({ page, host, t, shoot, press, openDialog, goTo, closeDialog }: Tour): Promise<void> {
  await goTo('people');
  await expect(page.getByText('Grace Hopper')).toBeVisible();
  await shoot('people');
  await press(t('people.duplicates.title'));
  await expect(page.getByText(t('people.duplicates.different'))).toBeVisible();
  await shoot('duplicates');
  await goTo('people');
  await press(t('import.short'));
  await shoot('import');
  await goTo('people');
  await page.getByText('Ada Lovelace').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ada Lovelace');
  await shoot('person');
  for (const [name, button] of [
    ['person-edit', t('people.edit.title')],
    ['person-revoke', t('people.revoke.short')],
    ['person-delete', t('people.delete.short')],
  ] as const) {
    await openDialog(button);
    await shoot(name);
    await closeDialog();
  }
  // Enrollment, step by step.
  await goTo('home');
  await openDialog(new RegExp(t('home.enroll')));
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(t('enroll.name'), { exact: true }).fill('Lê Thị Hồng Gấm');
  await press(t('enroll.showKeyboard'));
  await shoot('enroll-details');
  await dialog.locator('.consent').click();
  await press(t('ui.next'));
  await expect(dialog.getByText(t('enroll.allTaken'))).toBeVisible();
  await shoot('enroll-capture');
  await press(t('ui.next'));
  await expect(dialog.getByText(t('enroll.alike.title'))).toBeVisible();
  await shoot('enroll-review');
  await closeDialog();
  expect(host.calls.some((c) => c.name === 'captureSample')).toBe(true);
}

async function attendance({ page, t, shoot, press, openDialog, goTo, closeDialog }: Tour): Promise<void> {
  await goTo('attendance');
  await expect(page.getByRole('row')).not.toHaveCount(0);
  // Back to a day on which people work, whatever today is.
  for (let i = 0; i < 3; i++) await press(t('attendance.before'));
  await shoot('attendance-day');
  await page.getByText(t('attendance.unit.week'), { exact: true }).click();
  await shoot('attendance-week');
  await page.getByText(t('attendance.unit.month'), { exact: true }).click();
  await expect(page.getByRole('columnheader', { name: t('attendance.daysLate') })).toBeVisible();
  await shoot('attendance-month');
  await page.getByText(t('attendance.log'), { exact: true }).click();
  await shoot('attendance-log');
  await page.getByText(t('attendance.report'), { exact: true }).click();
  await press(/Nguyễn Thị Phương Thảo/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nguyễn Thị Phương Thảo');
  // A day that is over: yesterday's "out" is recorded as well.
  const chosen = page.locator('.day[aria-pressed=true]');
  const today = await chosen.getAttribute('data-day');
  await chosen.press('ArrowLeft');
  await expect(chosen).not.toHaveAttribute('data-day', today ?? '');
  await page.evaluate(() => document.querySelector('.admin-main')?.scrollTo({ top: 0 }));
  await shoot('attendance-person');
  await openDialog(t('attendance.correct.add'));
  await page.getByRole('button', { name: t('attendance.correct.why.forgot') }).click();
  await shoot('attendance-add');
  await closeDialog();
  // A line to correct is there on a day on which they came, whatever yesterday was.
  await page.locator(`.day[data-status=present]:not([data-day="${today}"])`).last().click();
  await openDialog(new RegExp(`^${t('attendance.correct.retimeShort')}`));
  await shoot('attendance-retime');
  await closeDialog();
}

async function photos({ page, t, shoot, press, goTo }: Tour): Promise<void> {
  const file = { name: 'group.png', mimeType: 'image/png', buffer: await drawnScene(205) };
  const choose = async (name: string): Promise<void> => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name, exact: true }).first().click();
    await (await chooser).setFiles(file);
  };
  await goTo('photos');
  await shoot('photos-empty');
  await choose(t('photos.choose'));
  await expect(page.locator('.photo-face')).toHaveCount(2);
  await page.locator('.photo-face').first().click();
  await shoot('photos');
  await page.getByText(t('photos.verify.tab'), { exact: true }).click();
  await choose(t('photos.verify.choose'));
  await choose(t('photos.verify.choose'));
  await expect(page.getByText(t('photos.verify.same'))).toBeVisible();
  await shoot('verify');
  void press;
}

async function evaluation({ page, t, shoot, press, goTo }: Tour): Promise<void> {
  await goTo('evaluation');
  await shoot('evaluation');
  await page.getByText(t('evaluation.kind.pairs.label')).click();
  await shoot('evaluation-pairs');
  await page.getByText(t('evaluation.kind.enrolled.label')).click();
  await press(t('evaluation.start'));
  await expect(page.getByText(t('evaluation.learnt.title'))).toBeVisible();
  await expect(page.locator('.report-view svg').first()).toBeVisible();
  await shoot('evaluation-result');
  await page.getByRole('table').first().scrollIntoViewIfNeeded();
  await shoot('evaluation-galleries');
  await press(t('evaluation.learnt.use'));
  await expect(page.getByText(t('evaluation.learnt.applied.site'))).toBeVisible();
  await shoot('evaluation-learnt');
  await page.locator('.report-view').scrollIntoViewIfNeeded();
  await page.evaluate(() => document.querySelector('.report-view')?.scrollIntoView());
  await shoot('evaluation-report');
  await press(t('evaluation.another'));
}

async function settings({ page, host, t, shoot, openDialog, goTo, closeDialog }: Tour): Promise<void> {
  await goTo('settings');
  for (const tab of ['checkIn', 'camera', 'recognition', 'hours', 'data'] as const) {
    await page
      .getByRole('main')
      .getByText(t(`settings.tab.${tab}`), { exact: true })
      .first()
      .click();
    await shoot(`settings-${tab}`);
  }
  await page.getByLabel(t('settings.keep.pictureDays.label')).selectOption('90');
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await shoot('settings-erase');
  await closeDialog();
  expect(host.calls.filter((c) => c.name === 'updateSettings')).toEqual([]);
  await openDialog(t('settings.changePin'));
  await shoot('settings-pin');
  await closeDialog();
  await page.getByText(t('settings.tab.recognition'), { exact: true }).first().click();
  await openDialog(t('settings.modelCard', { model: 'ghostfacenet-v1-1.3-2' }));
  await shoot('settings-card');
  await closeDialog();
  await page.getByText('mobilefacenet-512', { exact: true }).click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await shoot('settings-model');
  await closeDialog();
  await goTo('health');
  await shoot('health');
}

async function security({ page, host, t, shoot, press, openDialog, goTo, closeDialog }: Tour): Promise<void> {
  const state = answerSecurity(host);
  const { backup } = state.security;
  const openTab = (name: string): Promise<void> =>
    page
      .getByText(t(`security.tab.${name}`), { exact: true })
      .first()
      .click();
  await goTo('security');
  await shoot('security-encrypted');
  await openDialog(t('security.step.otherPassphrase.do'));
  await page.getByRole('dialog').getByLabel(t('security.passphrase'), { exact: true }).fill(PASSPHRASE);
  await press(t('enroll.showKeyboard'));
  await shoot('security-passphrase');
  await closeDialog();
  state.security = {
    encryption: { encrypted: false, method: null, keyStore: true },
    backup: { ...backup, passphraseSet: false, problem: reportOf(new LintelError('not-found.backup-folder')) },
  };
  await goTo('security');
  await shoot('security-plain');
  await openTab('backups');
  await shoot('security-backups');
  await page.getByText(t('security.plan.typed'), { exact: true }).click();
  await page.getByLabel(t('security.plan.path')).scrollIntoViewIfNeeded();
  await shoot('security-plan');
  await openTab('restore');
  await page.getByLabel(t('security.restore.passphrase'), { exact: true }).fill(PASSPHRASE);
  await shoot('security-restore');
  for (const how of ['merge', 'replace'] as const) {
    await page.getByText(t(`security.restore.${how}.label`), { exact: true }).click();
    await press(t('security.restore.look'));
    await page.getByRole('region', { name: t('security.restore.preview') }).scrollIntoViewIfNeeded();
    await shoot(`security-restore-${how}`);
  }
  await openDialog(t('security.restore.ask.replace.do'));
  await shoot('security-restore-ask');
  await closeDialog();
  await openTab('audit');
  await expect(page.getByText(t('security.audit.said.encryption.on'), { exact: true })).toBeVisible();
  await shoot('security-audit');
  state.problems = [{ kind: 'removed', seq: 7, toSeq: 9 }, { kind: 'head-missing' }];
  await press(t('security.audit.check'));
  await expect(page.getByRole('alert')).toContainText(t('security.audit.problem.removed'));
  await shoot('security-check');
  await closeDialog();
  expect(host.calls.filter(({ name }) => ['changeEncryption', 'restoreBackup', 'planBackups'].includes(name))).toEqual(
    [],
  );
}

async function closedData({ page, host, t, shoot, press }: Tour): Promise<void> {
  host.showData({ state: 'locked', problem: reportOf(new LintelError('passphrase-wrong')) });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(t('data.locked.title'));
  await shoot('locked');
  await press(t('enroll.showKeyboard'));
  await shoot('locked-keyboard');
  host.showData({ state: 'working', what: 'encrypting', done: 120, total: 480 });
  await expect(page.getByRole('progressbar')).toBeVisible();
  await shoot('working');
  host.showData({
    state: 'closed',
    problem: reportOf(new LintelError('vault-broken.no-key', { file: 'people.json' })),
  });
  await shoot('closed');
}

for (const language of ['en', 'vi'] as const) {
  test(`every screen, ${language}`, async ({ folder, openBrowser }) => {
    test.setTimeout(600_000);
    const t = await spoken(language);
    const host = new ScriptedHost();
    await furnish(host);
    host.status = { ...host.status, settings: { ...host.status.settings, language } };
    const camera = join(folder, 'drawn.mjpeg');
    await writeFakeCamera(camera, [{ picture: await drawnScene(205), seconds: 1 }]);
    const shell = await serveKiosk(host, { assets: screenAssets });
    try {
      const { page, complaints } = await openBrowser(camera, VARIANTS[language][0]);
      await page.goto(shell.url);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      const press = (name: string | RegExp): Promise<void> =>
        page
          .getByRole('button', typeof name === 'string' ? { name, exact: true } : { name })
          .first()
          .click();
      const dialog = page.getByRole('dialog').or(page.getByRole('alertdialog'));
      const tour: Tour = {
        page,
        host,
        t,
        press,
        openDialog: async (name) => {
          await press(name);
          await expect(dialog).toBeVisible();
        },
        shoot: (name) =>
          inVariants<ScreenVariant>(page, VARIANTS[language], async (variant) => {
            await picture(page, variant.name, name);
            await expectSound(page, `${name}, ${variant.name}`);
          }),
        goTo: async (area) => {
          await page
            .getByRole('navigation')
            .getByRole('button', { name: t(`admin.${area}`), exact: true })
            .click();
        },
        closeDialog: async () => {
          await page.keyboard.press('Escape');
          await expect(dialog).toHaveCount(0);
        },
      };
      // In English, each state of it is in screens.spec.ts.
      if (language === 'vi') await door(tour);
      await tour.openDialog(t('checkin.operator'));
      await tour.shoot('pin');
      for (const digit of '1234') await press(digit);
      await press(t('pin.open'));
      await expect(page.getByRole('navigation')).toBeVisible();
      await tour.shoot('home');
      await people(tour);
      await attendance(tour);
      await photos(tour);
      await evaluation(tour);
      await settings(tour);
      await security(tour);
      await closedData(tour);
      expect(complaints).toEqual([]);
    } finally {
      await shell.close();
    }
  });
}
