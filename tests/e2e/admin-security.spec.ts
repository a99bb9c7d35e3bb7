/** The data as a whole on the screen: locked, worked on, closed; encryption, backups, restores and the audit journal. */
import type { CallInput, CallName } from '../../src/shared/calls.ts';
import { LintelError, reportOf } from '../../src/shared/errors.ts';
import { expect, test } from '../support/browser.ts';
import { type AdminPage, enterAdmin, openAdmin } from '../support/admin-page.ts';
import { furnish } from '../support/scripted-admin.ts';
import { ScriptedHost } from '../support/scripted-host.ts';
import { answerSecurity, LAST, PASSPHRASE, type ScriptedSecurity } from '../support/scripted-security.ts';

const inputsOf = <N extends CallName>(host: ScriptedHost, name: N): CallInput<N>[] =>
  host.calls.filter((call) => call.name === name).map(({ input }) => input as CallInput<N>);

async function furnished(): Promise<{ host: ScriptedHost; state: ScriptedSecurity }> {
  const host = new ScriptedHost();
  await furnish(host);
  return { host, state: answerSecurity(host) };
}

const tab = (admin: AdminPage, name: string): Promise<void> =>
  admin.page.getByText(name, { exact: true }).first().click();

test('data that are locked, worked on and closed', async ({ openBrowser }) => {
  const { host } = await furnished();
  const admin = await openAdmin(host, openBrowser);
  const { page } = admin;
  const heading = page.getByRole('heading', { level: 1 });
  const region = page.getByRole('status').first();
  try {
    host.showData({ state: 'locked', problem: null });
    await expect(heading).toHaveText('This kiosk is locked');
    await expect(page.getByRole('navigation')).toHaveCount(0);
    await expect(region).toContainText('This kiosk is locked');
    await expect(page.getByText('lost passphrase cannot be recovered')).toBeVisible();
    await expect(page.getByLabel('Passphrase')).toBeFocused();
    await expect(page.getByLabel('Passphrase')).toHaveAttribute('type', 'password');
    await admin.shoot('locked');

    await page.getByLabel('Passphrase').fill('not this one');
    await page.getByRole('button', { name: 'Show what is typed' }).click();
    await expect(page.getByLabel('Passphrase')).toHaveAttribute('type', 'text');
    await page.getByRole('button', { name: 'Unlock', exact: true }).click();
    await expect(page.getByRole('alert')).toContainText('That passphrase does not open the encrypted data');
    await expect(page.getByLabel('Passphrase')).toHaveValue('');
    await admin.shoot('locked-wrong');

    // Typed on the screen, signs included.
    await page.getByRole('button', { name: 'Show keyboard' }).click();
    await page.getByRole('button', { name: 'Symbols' }).click();
    await page.getByRole('button', { name: '#', exact: true }).click();
    await admin.shoot('locked-signs');
    await page.getByRole('button', { name: 'Letters' }).click();
    await page.getByRole('button', { name: 'q', exact: true }).click();
    await expect(page.getByLabel('Passphrase')).toHaveValue('#q');
    await expect(page.getByRole('alert')).toHaveCount(0);
    await admin.shoot('locked-keyboard');

    host.showData({ state: 'working', what: 'rotating', done: 120, total: 480 });
    await expect(heading).toHaveText('One moment');
    await expect(page.getByText('encrypted with a new key')).toBeVisible();
    await expect(page.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '120');
    await expect(page.getByText('nothing is lost')).toBeVisible();
    await expect(region).toContainText('One moment. The data is being encrypted with a new key.');
    await admin.shoot('working');

    host.showData({ state: 'closed', problem: reportOf(new LintelError('store-locked')) });
    await expect(page.getByRole('alert')).toContainText('Another Lintel is using this data folder');
    await expect(page.getByRole('alert')).toContainText('Use the Lintel that is open already');
    await expect(region).toContainText('Another Lintel is using this data folder');
    await admin.shoot('closed');

    // Open again: everything is asked for anew, and the operator who was there is not there any more.
    const asked = inputsOf(host, 'getStatus').length;
    const sessions = inputsOf(host, 'getSession').length;
    host.status = { ...host.status, settings: { ...host.status.settings, kioskName: 'Side door' } };
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.locator('.checkin-kiosk')).toHaveText('Side door');
    await expect(page.getByRole('navigation')).toHaveCount(0);
    expect(inputsOf(host, 'openData').at(-1)).toEqual({ passphrase: null });
    expect(inputsOf(host, 'getStatus').length).toBeGreaterThan(asked);
    expect(inputsOf(host, 'getSession').length).toBeGreaterThan(sessions);
    await enterAdmin(page);
    expect(admin.complaints).toEqual([]);
  } finally {
    await admin.close();
  }
});

test('encryption', async ({ openBrowser }) => {
  const { host, state } = await furnished();
  state.security = { ...state.security, encryption: { encrypted: false, method: null, keyStore: true } };
  const admin = await openAdmin(host, openBrowser);
  const { page } = admin;
  const dialog = page.getByRole('dialog');
  try {
    await admin.goTo('Security');
    await expect(page.getByRole('heading', { name: 'The data is not encrypted' })).toBeVisible();
    await admin.shoot('security-plain');

    await page.getByRole('button', { name: 'Encrypt', exact: true }).click();
    const encrypt = dialog.getByRole('button', { name: 'Encrypt', exact: true });
    await expect(dialog.getByText('A lost passphrase cannot be recovered.')).toBeVisible();
    await dialog.getByLabel('Passphrase', { exact: true }).fill('short');
    await expect(dialog.getByText('Too short')).toBeVisible();
    await dialog.getByLabel('Passphrase', { exact: true }).fill('1234567890123');
    await expect(dialog.getByText('Easily guessed')).toBeVisible();
    await dialog.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await expect(dialog.getByText('Strong.')).toBeVisible();
    await dialog.getByLabel('Confirm passphrase').fill('three blue horses');
    await expect(dialog.getByText('The passphrases do not match.')).toBeVisible();
    await dialog.locator('.consent').click();
    await expect(encrypt).toBeDisabled();
    await admin.shoot('security-passphrase');
    await dialog.getByRole('button', { name: 'Show keyboard' }).click();
    await admin.shoot('security-passphrase-keyboard');
    await dialog.getByRole('button', { name: 'Hide keyboard' }).click();
    await dialog.getByLabel('Confirm passphrase').fill(PASSPHRASE);
    await dialog.locator('.consent').click();
    await expect(encrypt, 'not before it is written down').toBeDisabled();
    await dialog.locator('.consent').click();
    await encrypt.click();
    await expect
      .poll(() => inputsOf(host, 'changeEncryption'))
      .toEqual([{ what: 'on', secret: { method: 'passphrase', passphrase: PASSPHRASE } }]);

    // Refused: said in place, and the operator is still there.
    host.answers.changeEncryption = () => {
      throw new LintelError('disk-full', { file: 'people.json' });
    };
    await page.getByRole('button', { name: 'Use key store' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Use key store' }).click();
    await expect(page.getByRole('alert')).toContainText('The disk is full');
    expect(inputsOf(host, 'changeEncryption').at(-1)).toEqual({ what: 'on', secret: { method: 'safe-storage' } });

    host.answers.changeEncryption = () => null;
    state.security = { ...state.security, encryption: { encrypted: true, method: 'passphrase', keyStore: false } };
    await admin.goTo('Security');
    await expect(page.getByText('passphrase at every start')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Use key store' })).toHaveCount(0);
    await admin.shoot('security-encrypted');
    await page.getByRole('button', { name: 'Turn off' }).click();
    await expect(page.getByRole('alertdialog')).toContainText('interrupted without loss');
    await admin.shoot('security-off');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Turn off' }).click();
    await expect.poll(() => inputsOf(host, 'changeEncryption').at(-1)).toEqual({ what: 'off' });
    await page.getByRole('button', { name: 'Renew' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Renew' }).click();
    await expect.poll(() => inputsOf(host, 'changeEncryption').at(-1)).toEqual({ what: 'rotated' });
    expect(admin.complaints).toEqual([]);
  } finally {
    await admin.close();
  }
});

test('backups', async ({ openBrowser }) => {
  const { host, state } = await furnished();
  const { backup } = state.security;
  const none = { ...backup.plan, folder: null };
  state.security = {
    ...state.security,
    backup: { ...backup, plan: none, passphraseSet: false, last: null, nextAt: null, files: [] },
  };
  const admin = await openAdmin(host, openBrowser);
  const { page } = admin;
  const save = page.getByRole('button', { name: 'Save schedule' });
  const backUp = page.getByRole('button', { name: 'Back up now' });
  try {
    await admin.goTo('Security');
    await tab(admin, 'Backups');
    await expect(page.getByText('If this computer fails, all data is lost.')).toBeVisible();
    await expect(backUp).toBeDisabled();
    await expect(save).toBeDisabled();

    // A folder that is not there.
    await page.getByText('Another folder').click();
    await page.getByLabel('Folder path').fill('/home/nobody/backups');
    await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await page.getByLabel('Confirm passphrase').fill(PASSPHRASE);
    await save.click();
    await expect(page.getByRole('alert')).toContainText('The folder of the backups is not there.');
    await page.getByText('STICK', { exact: true }).click();
    await page.getByLabel('Frequency').selectOption('168');
    await page.getByLabel('Backups to keep').selectOption('14');
    await admin.shoot('security-plan');
    await save.click();
    await expect(page.getByText('Saved. Whether a backup is due')).toBeVisible();
    expect(inputsOf(host, 'planBackups').at(-1)).toEqual({
      folder: '/media/kiosk/STICK',
      everyHours: 168,
      keep: 14,
      forgetDeleted: true,
      passphrase: PASSPHRASE,
    });

    await backUp.click();
    await expect(page.getByText('A backup is being made')).toBeVisible();
    await expect(backUp).toBeDisabled();
    await admin.shoot('security-backup-running');
    state.finishBackup();
    await expect(page.getByText('8 people · 1,851 check-ins')).toBeVisible();
    await expect(page.getByText('A backup is being made')).toHaveCount(0);

    state.security = {
      ...state.security,
      backup: {
        ...backup,
        problem: reportOf(new LintelError('not-found.backup-folder')),
      },
    };
    await admin.goTo('Security');
    await tab(admin, 'Backups');
    await expect(page.getByRole('alert')).toContainText('Plug the stick in');
    await expect(page.getByRole('listitem')).not.toHaveCount(0);
    await admin.shoot('security-backups');
    await page
      .getByRole('button', { name: /^Restore the backup of/ })
      .nth(1)
      .click();
    await expect(page.getByLabel('Backup', { exact: true })).toHaveValue(backup.files[1]?.name ?? 'no second file');
    expect(admin.complaints).toEqual([]);
  } finally {
    await admin.close();
  }
});

test('restore', async ({ openBrowser }) => {
  const { host, state } = await furnished();
  const newest = state.security.backup.files[0]?.name;
  const admin = await openAdmin(host, openBrowser);
  const { page } = admin;
  const seeWhat = page.getByRole('button', { name: 'Preview' });
  try {
    await admin.goTo('Security');
    await tab(admin, 'Restore');
    await admin.shoot('security-restore');
    await page.getByText('Another passphrase').click();
    await expect(seeWhat).toBeDisabled();
    await page.getByLabel('Backup passphrase').fill('not this one');
    await seeWhat.click();
    await expect(page.getByRole('alert')).toContainText('That passphrase does not open this backup');
    await page.getByText("This kiosk's own passphrase").click();
    await seeWhat.click();
    const preview = page.getByRole('region', { name: 'Preview of changes' });
    await expect(preview.getByText('people are added from the backup', { exact: true })).toBeVisible();
    await expect(preview.getByText('people are newer here and are kept')).toBeVisible();
    await expect(preview.getByText('The current settings are kept.')).toBeVisible();
    await admin.shoot('security-restore-merge');

    // Another restore than the one that was looked at: look again.
    await page.getByText('Replace the current data').click();
    await expect(preview).toHaveCount(0);
    await page.getByText('Restore PIN').click();
    await seeWhat.click();
    await expect(preview.getByText('person is only here and is erased')).toBeVisible();
    await expect(preview.getByText('The settings are restored from the backup.')).toBeVisible();
    await preview.scrollIntoViewIfNeeded();
    await preview.getByRole('button').scrollIntoViewIfNeeded();
    await admin.shoot('security-restore-replace');
    await preview.getByRole('button', { name: 'Erase and restore' }).click();
    const question = page.getByRole('alertdialog');
    await expect(question).toContainText('Everything newer than the backup is erased');
    await admin.shoot('security-restore-ask');
    expect(inputsOf(host, 'restoreBackup')).toEqual([]);
    await question.getByRole('button', { name: 'Erase and restore' }).click();
    await expect
      .poll(() => inputsOf(host, 'restoreBackup'))
      .toEqual([{ file: newest, passphrase: null, how: 'replace', settings: 'restore', pin: 'restore' }]);

    // What became of it stands under Health when somebody is in again.
    host.showData({ state: 'working', what: 'restoring', done: null, total: null });
    await expect(page.getByText('A backup is being restored.')).toBeVisible();
    const restored = new LintelError('data-changed.restored', { what: 'restored', people: 3, checkIns: 312 });
    host.status = { ...host.status, notices: [reportOf(restored)] };
    host.showData({ state: 'open' });
    await enterAdmin(page);
    await admin.goTo('Health');
    await expect(page.getByText('People taken from it: 3. Check-ins taken from it: 312.')).toBeVisible();
    expect(admin.complaints).toEqual([]);
  } finally {
    await admin.close();
  }
});

test('who did what', async ({ openBrowser }) => {
  const { host, state } = await furnished();
  const admin = await openAdmin(host, openBrowser);
  const { page } = admin;
  const dialog = page.getByRole('dialog');
  try {
    await admin.goTo('Security');
    await tab(admin, 'Audit log');
    const list = page.getByRole('list', { name: 'Audit log, newest first' });
    await expect(list.getByText('Encryption was turned on')).toBeVisible();
    await expect(list.getByText('A wrong PIN was entered', { exact: true })).toBeAttached();
    await admin.shoot('security-audit');
    expect(await list.getByRole('listitem').count(), 'only what is in view').toBeLessThan(60);
    // Down to the first line ever: pages come as they are needed.
    await expect(async () => {
      await page.locator('.admin-main').evaluate((e) => e.scrollTo({ top: e.scrollHeight }));
      await expect(list.getByLabel('Entry 1', { exact: true })).toBeVisible({ timeout: 500 });
    }).toPass();
    expect(inputsOf(host, 'listAudit').map((asked) => asked.before)).toEqual([null, 241, 141, 41]);
    await page.locator('.admin-main').evaluate((e) => e.scrollTo({ top: 0 }));

    await page.getByRole('button', { name: 'Verify log' }).click();
    await expect(dialog.getByText('all 340 entries are valid')).toBeVisible();
    await expect(dialog.getByText('c0ffee12 c0ffee12', { exact: false })).toBeVisible();
    await dialog.getByRole('button', { name: 'Compare with written values' }).click();
    const compare = dialog.getByRole('button', { name: 'Compare', exact: true });
    await dialog.getByLabel('Number written down').fill('340');
    await dialog.getByLabel('Hash written down').fill('c0ffee');
    await expect(compare).toBeDisabled();
    await expect(dialog.getByText('64 characters')).toBeVisible();
    await dialog.getByLabel('Hash written down').fill('C0FFEE12 '.repeat(8));
    await admin.shoot('security-check');
    await compare.click();
    await expect(dialog.getByText('matches the values written down')).toBeVisible();
    expect(inputsOf(host, 'verifyAudit').at(-1)).toEqual({ noted: LAST });
    await dialog.getByLabel('Hash written down').fill('deadbeef'.repeat(8));
    await compare.click();
    await expect(dialog.getByRole('alert')).toContainText('Entry 340: does not match the values written down');
    await page.keyboard.press('Escape');

    state.problems = [
      { kind: 'removed', seq: 7, toSeq: 9 },
      { kind: 'changed', seq: 12 },
      { kind: 'damaged', file: 'audit-2026-11.ndjson', line: 4 },
      { kind: 'head-missing' },
    ];
    await page.getByRole('button', { name: 'Verify log' }).click();
    const problems = dialog.getByRole('alert');
    await expect(problems).toContainText('Entries 7 to 9: missing');
    await expect(problems).toContainText('audit-2026-11.ndjson, line 4: cannot be read');
    await admin.shoot('security-check-problems');
    expect(admin.complaints).toEqual([]);
  } finally {
    await admin.close();
  }
});

test('a page that opens on locked data needs nothing else, and speaks the language of the browser', async ({
  openBrowser,
}) => {
  const { host } = await furnished();
  const admin = await openAdmin(host, openBrowser);
  const { page } = admin;
  try {
    host.showData({ state: 'locked', problem: null });
    await page.reload();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('This kiosk is locked');
    await page.getByRole('button', { name: 'Tiếng Việt' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Máy này đang bị khóa');
    await page.getByLabel('Mật khẩu').fill(PASSPHRASE);
    await page.getByLabel('Mật khẩu').press('Enter');
    await expect(page.locator('.checkin-kiosk')).toHaveText('Front door');
    await expect(page.getByRole('heading', { level: 1 })).not.toHaveText(/khóa|locked/);
    expect(admin.complaints).toEqual([]);
  } finally {
    await admin.close();
  }
});

test('notices say what can be done, and people unseen for long are erased only when somebody says so', async ({
  openBrowser,
}) => {
  const { host } = await furnished();
  host.status = {
    ...host.status,
    notices: [
      { code: 'clock-doubtful', message: 'The clock is more than 30 days ahead of the last time.' },
      { code: 'not-encrypted', message: 'The data are not encrypted.' },
      reportOf(new LintelError('data-changed.plain', { what: 'encrypted', plain: 2 })),
    ],
  };
  const admin = await openAdmin(host, openBrowser);
  const { page } = admin;
  try {
    await admin.goTo('Health');
    await expect(
      page.getByText("Files in the data folder that are not the kiosk's, and are not encrypted: 2."),
    ).toBeVisible();
    await admin.shoot('health-security');
    await page.getByRole('button', { name: 'The clock is correct' }).click();
    await expect(page.getByText('30 days ahead')).toHaveCount(0);
    expect(inputsOf(host, 'confirmClock')).toHaveLength(1);
    await page.getByRole('button', { name: 'Open Security' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Security');

    await admin.goTo('Settings');
    await tab(admin, 'Data');
    await page.getByLabel('Inactive people').selectOption('365');
    await expect(page.getByRole('alertdialog')).toContainText('with their face data and pictures');
    await admin.shoot('settings-unseen');
    expect(inputsOf(host, 'updateSettings')).toEqual([]);
    await page.getByRole('alertdialog').getByRole('button', { name: 'Erase and apply' }).click();
    await expect
      .poll(() => inputsOf(host, 'updateSettings').at(-1)?.retention)
      .toEqual({ pictureDays: null, logDays: null, unseenDays: 365 });
    expect(admin.complaints).toEqual([]);

    await admin.close();
    await expect(page.getByText('The screen lost its connection to the kiosk.')).toBeVisible();
  } finally {
    await admin.close();
  }
});
