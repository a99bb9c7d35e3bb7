import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IDLE_MS, OperatorSession } from '../../src/main/server/connection.ts';
import { Operator, waitAfter } from '../../src/main/server/operator.ts';
import { readSettings, SettingsFile } from '../../src/main/server/settings.ts';
import { type FileOps, realOps } from '../../src/main/storage/file-ops.ts';
import { DEFAULT_SETTINGS } from '../../src/shared/domain.ts';
import { LintelError } from '../../src/shared/errors.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lintel-operator-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const codeOf = async (work: Promise<unknown>): Promise<{ code: string; seconds?: unknown }> => {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof LintelError)) throw new Error('a LintelError was expected');
  return { code: error.code, ...(error.params === undefined ? {} : { seconds: error.params['seconds'] }) };
};

describe('the PIN', () => {
  it('is set once, and never stands in the file', async () => {
    const operator = await Operator.open({ folder });
    expect(operator.pinSet).toBe(false);
    expect(await codeOf(operator.check('1234'))).toEqual({ code: 'pin-not-set' });
    await operator.create('482915');
    expect(await codeOf(operator.create('1111'))).toEqual({ code: 'pin-already-set' });
    await operator.check('482915');
    expect(await readFile(join(folder, 'operator.json'), 'utf8')).not.toContain('482915');
    const again = await Operator.open({ folder });
    await again.check('482915');
  });

  it('can be changed by who knows it', async () => {
    const operator = await Operator.open({ folder });
    await operator.create('1234');
    expect((await codeOf(operator.change('9999', '5678'))).code).toBe('pin-wrong');
    await operator.change('1234', '5678');
    await operator.check('5678');
    expect((await codeOf(operator.check('1234'))).code).toBe('pin-wrong');
  });

  it('costs longer and longer waits, also across a restart and a clock set back', async () => {
    let now = 1_000_000;
    const wall = (): number => now;
    let operator = await Operator.open({ folder, wall });
    await operator.create('1234');
    expect((await codeOf(operator.check('0000'))).code).toBe('pin-wrong');
    expect((await codeOf(operator.check('0000'))).code).toBe('pin-wrong');
    expect(await codeOf(operator.check('0000'))).toEqual({ code: 'pin-wait', seconds: 5 });
    // The right one does not help while waiting, and asking does not make it longer.
    now += 2000;
    expect(await codeOf(operator.check('1234'))).toEqual({ code: 'pin-wait', seconds: 3 });
    operator = await Operator.open({ folder, wall });
    expect(await codeOf(operator.check('1234'))).toEqual({ code: 'pin-wait', seconds: 3 });
    now -= 3_600_000;
    expect(await codeOf(operator.check('1234'))).toEqual({ code: 'pin-wait', seconds: 5 });
    now += 3_600_000 + 3000;
    expect(await codeOf(operator.check('0000'))).toEqual({ code: 'pin-wait', seconds: 15 });
    now += 15_000;
    await operator.check('1234');
    expect((await codeOf(operator.check('0000'))).code).toBe('pin-wrong');
  });

  it('the waits are 5 s, 15 s, a minute, then five minutes each', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 50].map(waitAfter)).toEqual([0, 0, 5000, 15_000, 60_000, 300_000, 300_000, 300_000]);
  });

  it('many tries at once are counted one by one', async () => {
    const operator = await Operator.open({ folder });
    await operator.create('1234');
    const all = await Promise.all(Array.from({ length: 6 }, () => codeOf(operator.check('0000'))));
    expect(all.map(({ code }) => code)).toEqual(['pin-wrong', 'pin-wrong', ...Array(4).fill('pin-wait')]);
  });

  it('counts in memory on a full disk, where the operator is needed most', async () => {
    let full = false;
    const ops: FileOps = {
      ...realOps,
      open: (path, how) =>
        full && how === 'replace'
          ? Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }))
          : realOps.open(path, how),
    };
    const operator = await Operator.open({ folder, ops });
    await operator.create('1234');
    full = true;
    await operator.check('1234');
    for (let i = 0; i < 2; i++) expect((await codeOf(operator.check('0000'))).code).toBe('pin-wrong');
    expect((await codeOf(operator.check('0000'))).code).toBe('pin-wait');
    expect((await codeOf(operator.check('1234'))).code).toBe('pin-wait');
  });

  it('that can not be read any more is not the same as none', async () => {
    await (await Operator.open({ folder })).create('1234');
    for (const file of ['operator.json', 'operator.json.bak']) await writeFile(join(folder, file), 'garbage');
    expect((await codeOf(Operator.open({ folder }))).code).toBe('store-damaged');
  });
});

describe('the session', () => {
  it('ends after two minutes without a call, each call begins them anew', () => {
    vi.useFakeTimers();
    try {
      let ended = 0;
      const clock = { wall: () => Date.now(), ticks: () => Date.now() };
      const session = new OperatorSession(clock, () => ended++);
      expect(() => session.touch()).toThrow(expect.objectContaining({ code: 'pin-required' }));
      session.open();
      expect(session.view).toEqual({ unlocked: true, endsAt: Date.now() + IDLE_MS });
      vi.advanceTimersByTime(IDLE_MS - 1000);
      session.touch();
      vi.advanceTimersByTime(IDLE_MS - 1000);
      expect(session.view.unlocked).toBe(true);
      expect(ended).toBe(0);
      vi.advanceTimersByTime(1100);
      expect(session.view).toEqual({ unlocked: false, endsAt: null });
      expect(ended).toBe(1);
      expect(() => session.touch()).toThrow(expect.objectContaining({ code: 'pin-required' }));
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('settings', () => {
  it('are the usual ones at first, and what was chosen after a restart', async () => {
    const file = await SettingsFile.open({ folder });
    expect(file.current).toEqual(DEFAULT_SETTINGS);
    await file.update({ kioskName: 'Back door', risk: 1e-4 });
    expect((await SettingsFile.open({ folder })).current).toEqual({
      ...DEFAULT_SETTINGS,
      kioskName: 'Back door',
      risk: 1e-4,
    });
  });

  it('fall back field by field, and say which', () => {
    const { settings, fellBack } = readSettings({
      ...DEFAULT_SETTINGS,
      risk: 7,
      kioskName: 'Back door',
      votes: { needed: 2, of: 'many', withinMs: 900 },
      language: 'xx',
      somethingNew: true,
    });
    expect(settings).toEqual({
      ...DEFAULT_SETTINGS,
      kioskName: 'Back door',
      votes: { needed: 2, of: DEFAULT_SETTINGS.votes.of, withinMs: 900 },
    });
    expect(fellBack).toEqual(['risk', 'votes.of', 'language']);
  });

  it('a field that the file does not have is no trouble', () => {
    expect(readSettings({ risk: 1e-2 })).toEqual({ settings: { ...DEFAULT_SETTINGS, risk: 1e-2 }, fellBack: [] });
  });

  it('edited by hand are taken, with a notice for what can not be used', async () => {
    await (await SettingsFile.open({ folder })).update({ risk: 1e-4 });
    const path = join(folder, 'settings.json');
    await writeFile(
      path,
      (await readFile(path, 'utf8')).replace('0.0001', '"high"').replace('Front door', 'Side door'),
    );
    const file = await SettingsFile.open({ folder });
    expect(file.current).toEqual({ ...DEFAULT_SETTINGS, kioskName: 'Side door' });
    expect(file.notices.map((notice) => notice.params?.['fields'])).toEqual(['risk']);
  });

  it('that are garbage do not keep the door shut: the usual ones, said aloud, the file kept', async () => {
    for (const name of ['settings.json', 'settings.json.bak']) await writeFile(join(folder, name), '\0\0garbage');
    const file = await SettingsFile.open({ folder });
    expect(file.current).toEqual(DEFAULT_SETTINGS);
    expect(file.notices).toHaveLength(1);
    await file.update({ sounds: false });
    expect((await SettingsFile.open({ folder })).current.sounds).toBe(false);
  });

  it('more votes are never needed than counted', async () => {
    const file = await SettingsFile.open({ folder });
    const { votes } = await file.update({ votes: { needed: 6, of: 2, withinMs: 1500 } });
    expect(votes).toEqual({ needed: 6, of: 6, withinMs: 1500 });
  });
});
