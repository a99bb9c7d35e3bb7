/** `lintel settings` as a script sees it, on the kiosk's own settings file and audit journal. No models are needed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openKiosk } from '../../src/main/server/kiosk.ts';
import { DEFAULT_SETTINGS } from '../../src/shared/domain.ts';
import { runCommand } from '../support/terminal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => runCommand(folder, ['settings', ...args, '--json']);
const onDisk = (): unknown =>
  (JSON.parse(readFileSync(join(folder, 'data/settings.json'), 'utf8')) as { data: unknown }).data;

test('prints what holds, which without a file is the usual: a movement is asked for', async () => {
  const { code, json } = await run();
  expect(code).toBe(0);
  expect(json).toEqual({ settings: DEFAULT_SETTINGS });
  expect(json.settings.liveness).toBe('challenge');
  const text = (await runCommand(folder, ['settings'])).stdout;
  expect(text).toContain('liveness "challenge"\n');
  expect(text).toContain('votes.needed 2\n');
});

test.each([
  ['liveness', 'off', 'off'],
  ['votes.needed', '3', 3],
  ['sounds', 'false', false],
  ['retention.logDays', 'null', null],
  ['kioskName', '42', '42'],
  ['greeting', 'Hello {name}', 'Hello {name}'],
  ['defaultSchedule.workdays', '[1,2]', [1, 2]],
  // The midnight that ends a day is the one that begins the next.
  ['defaultSchedule.start', '24:00', '00:00'],
  ['defaultSchedule.dayStartsAt', '24:00', '00:00'],
])('%s becomes %s; what is beside it stays', async (key, typed, value) => {
  expect(await run('set', 'votes.withinMs', '1400')).toMatchObject({ code: 0, json: { before: 1500, value: 1400 } });
  const { code, json } = await run('set', key, typed);
  expect(code).toBe(0);
  expect(json.value).toEqual(value);
  expect(onDisk()).toEqual(json.settings);
  expect(onDisk()).toMatchObject({ votes: { withinMs: 1400, of: 5 } });
  expect((await run()).json.settings).toEqual(json.settings);
});

test.each([
  [['liveness', 'sometimes'], 'off, passive, challenge'],
  [['votes.needed', '99'], 'a whole number from 1 to 10'],
  [['votes.needed', 'many'], 'a whole number from 1 to 10'],
  [['sounds', 'loud'], 'true, false'],
  [['retention.logDays', '0'], 'null'],
  [['defaultSchedule.start', '24:01'], 'HH:MM'],
  [['defaultSchedule.dayStartsAt', '25:00'], 'HH:MM'],
  [['livelyness', 'off'], 'liveness'],
  [['votes', '{"needed":1}'], 'votes.needed'],
  [['__proto__.liveness', 'off'], 'liveness'],
])('%j is refused, naming what is allowed, and nothing is written', async (args, named) => {
  const { code, json } = await run('set', ...args);
  expect(code).toBe(2);
  expect(json.error.code).toBe('usage');
  expect(json.error.message).toContain(named);
  expect(() => onDisk()).toThrow();
});

test('a time zone that only looks like one is refused by the kiosk itself', async () => {
  expect(await run('set', 'timeZone', 'Nowhere/Land')).toMatchObject({
    code: 1,
    json: { error: { code: 'time-zone-unknown' } },
  });
});

test('each change has its line in the audit journal, without the value', async () => {
  await run('set', 'kioskName', 'Back door');
  const listed = await runCommand(folder, ['audit', 'list', '--json']);
  expect(listed.stdout).toContain('"settings"');
  expect(listed.stdout).toContain('kioskName');
  expect(listed.stdout).not.toContain('Back door');
});

test('a file that says off stays off', async () => {
  await run('set', 'sounds', 'false');
  writeFileSync(join(folder, 'data/settings.json'), JSON.stringify({ schemaVersion: 1, data: { liveness: 'off' } }));
  expect((await run()).json.settings.liveness).toBe('off');
});

test('while a kiosk runs there, settings are printed but not changed', async () => {
  const kiosk = await openKiosk({ dataDir: join(folder, 'data'), modelDirs: [], version: '0' });
  try {
    expect((await run()).code).toBe(0);
    const { code, json } = await run('set', 'liveness', 'off');
    expect(code).toBe(1);
    expect(json.error.code).toBe('store-locked');
    expect(kiosk.settings.liveness).toBe('challenge');
  } finally {
    await kiosk.close();
  }
});
