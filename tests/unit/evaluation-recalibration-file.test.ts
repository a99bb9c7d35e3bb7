/** What a site learnt about its threshold: on disk, by model, in use at once; and settings that fall back field by field. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SiteCalibrations } from '../../src/main/evaluation/recalibration.ts';
import { readSettings, SettingsFile } from '../../src/main/server/settings.ts';
import { DEFAULT_SETTINGS } from '../../src/shared/domain.ts';
import { errno, faultyOps } from '../support/storage-ops.ts';
import { refusal } from '../support/refusal.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lintel-site-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const model = { id: 'one', sha256: '1'.repeat(64) };
const other = { id: 'two', sha256: '2'.repeat(64) };
const learnt = (strictest: number) => ({
  model,
  madeAt: 12,
  people: 9,
  samples: 30,
  calibration: {
    table: [
      { fmr: 1e-3, similarity: strictest, fnmr: 0.2 },
      { fmr: 1e-1, similarity: 0.2, fnmr: 0.01 },
    ],
  },
});
describe('a calibration learnt here', () => {
  it('is there after a restart, for its model only, until it is given back', async () => {
    const site = await SiteCalibrations.open({ folder });
    expect(site.of(model)).toBeNull();
    await site.apply(learnt(0.5));
    await site.apply(learnt(0.6));
    await site.apply({ ...learnt(0.7), model: other });
    const again = await SiteCalibrations.open({ folder });
    expect(again.notices).toEqual([]);
    expect(again.of(model)).toEqual(learnt(0.6));
    expect(again.of(other)?.calibration.table[0]?.similarity).toBe(0.7);
    expect(again.of({ id: 'one', sha256: '3'.repeat(64) })).toBeNull();
    await again.forget(model);
    await again.forget(model);
    expect((await SiteCalibrations.open({ folder })).of(model)).toBeNull();
    expect((await SiteCalibrations.open({ folder })).of(other)).not.toBeNull();
  });
  it('of an earlier version, which had more to say, is still used', async () => {
    const earlier = { ...learnt(0.5), risk: 1e-3, supported: false };
    await (await SiteCalibrations.open({ folder })).apply(earlier);
    expect(await readFile(join(folder, 'calibration.json'), 'utf8')).toContain('supported');
    const site = await SiteCalibrations.open({ folder });
    expect(site.notices).toEqual([]);
    expect(site.of(model)?.calibration).toEqual(learnt(0.5).calibration);
  });
  it('is not in use when the disk did not take it', async () => {
    const ops = faultyOps();
    const site = await SiteCalibrations.open({ folder, ops });
    ops.faults.before = (step) => {
      if (step.startsWith('write')) throw errno('ENOSPC');
    };
    expect(await refusal(site.apply(learnt(0.5)))).toBe('disk-full');
    expect(site.of(model)).toBeNull();
  });
  it('that can not be read is kept aside and said, and the card of the model serves', async () => {
    await writeFile(join(folder, 'calibration.json'), 'rubbish');
    const site = await SiteCalibrations.open({ folder, wall: () => 0 });
    expect(site.notices).toMatchObject([{ code: 'store-damaged' }]);
    expect(site.of(model)).toBeNull();
    expect((await readdir(folder)).sort()).toEqual([
      'calibration.json.damaged-19700101T000000000',
      'calibration.json.restored',
    ]);
    await site.apply(learnt(0.5));
    expect((await SiteCalibrations.open({ folder })).of(model)).not.toBeNull();
  });
});

describe('settings', () => {
  const schedule = { start: '09:00', graceMinutes: 5, workdays: [1, 2], dayStartsAt: '00:00' };
  it('fall back field by field, also inside of groups', () => {
    const { settings, fellBack } = readSettings({
      timeZone: 'Europe/Nowhere',
      schedules: { office: schedule, nights: { ...schedule, start: '25:00' } },
      defaultSchedule: { ...schedule, graceMinutes: -1 },
      retention: { pictureDays: 0, logDays: 30 },
      direction: 'ask',
    });
    expect(settings).toEqual({
      ...DEFAULT_SETTINGS,
      timeZone: null,
      schedules: { office: schedule },
      defaultSchedule: { ...schedule, graceMinutes: 0 },
      retention: { pictureDays: null, logDays: 30, unseenDays: null },
      direction: 'ask',
    });
    expect(fellBack.sort()).toEqual(['defaultSchedule.graceMinutes', 'retention.pictureDays', 'schedules', 'timeZone']);
    expect(readSettings({ schedules: [], timeZone: 'Asia/Ho_Chi_Minh' })).toMatchObject({
      settings: { schedules: {}, timeZone: 'Asia/Ho_Chi_Minh' },
      fellBack: ['schedules'],
    });
  });
  it('refuse a time zone that nobody knows, and stay as they were', async () => {
    const file = await SettingsFile.open({ folder });
    expect(await refusal(file.update({ timeZone: 'Mars/Olympus', kioskName: 'New' }))).toBe('time-zone-unknown');
    expect(file.current).toEqual(DEFAULT_SETTINGS);
    await file.update({ timeZone: 'Europe/Berlin', schedules: { office: schedule } });
    const again = await SettingsFile.open({ folder });
    expect(again.current).toMatchObject({ timeZone: 'Europe/Berlin', schedules: { office: schedule } });
    expect(again.notices).toEqual([]);
  });
});
