/** Coming and going, with real models and pictures: the question at the door, the operator's reports, and the commands. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Kiosk, openKiosk } from '../../src/main/server/kiosk.ts';
import type { FrameMessage } from '../../src/shared/domain.ts';
import { modelDirs } from '../support/data.ts';
import { frameOf, nobody, ClientSession } from '../support/client-session.ts';
import { refusal } from '../support/refusal.ts';
import { recognitionOnly } from '../support/recognition-only.ts';
import { runCommand } from '../support/terminal.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

describe('attendance, with real models and pictures', () => {
  let folder: string;
  let kiosk: Kiosk;
  let window: ClientSession;
  let ada: string;
  let now = Date.parse('2024-05-04T06:00:00Z');
  const clock = { wall: () => now, ticks: () => now };
  const open = (): Promise<Kiosk> =>
    openKiosk({
      dataDir: recognitionOnly(join(folder, 'data')),
      modelDirs,
      version: '0',
      embedder: '',
      clock,
    });
  const stand = async (frame: FrameMessage, times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      now += 200;
      await window.call('submitFrame', frame);
    }
  };
  const operator = async (): Promise<ClientSession> => {
    const admin = new ClientSession(kiosk);
    await admin.call('unlock', { pin: '2468' });
    return admin;
  };
  const day = { from: '2024-05-04', to: '2024-05-04' };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lintel-in-out-'));
    kiosk = await open();
    await kiosk.models.ready();
    window = new ClientSession(kiosk);
    await window.call('createPin', { pin: '2468' });
    await window.call('updateSettings', { timeZone: 'UTC', direction: 'ask', cooldownSeconds: 60 });
    const { enrollmentId } = await window.call('startEnrollment');
    for (let i = 0; i < 3; i++) {
      const frame = await frameOf('person-01', i);
      expect((await window.call('captureSample', { enrollmentId, pose: 'straight', frame })).problems).toEqual([]);
    }
    const target = { kind: 'new', name: 'Ada', externalId: null, group: 'Staff', consentAt: now } as const;
    ada = (await window.call('saveEnrollment', { enrollmentId, target })).id;
  });
  afterAll(async () => {
    await kiosk.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('asks whether they come or go, and records what they say', async () => {
    expect(await refusal(window.call('chooseDirection', { direction: 'in' }))).toBe('question-over');
    await stand(await frameOf('person-01', 6), 4);
    expect(window.view).toMatchObject({ phase: 'choose', name: 'Ada', suggested: 'in' });
    expect((await kiosk.checkInService.log(null)).checkIns).toEqual([]);
    // They look down at the buttons.
    await stand(nobody, 10);
    expect(window.view.phase).toBe('choose');
    await window.call('chooseDirection', { direction: 'in' });
    expect(window.view).toMatchObject({ phase: 'match', name: 'Ada', direction: 'in' });
    expect((await kiosk.checkInService.log(null)).checkIns).toMatchObject([{ personId: ada, direction: 'in' }]);

    await stand(nobody, 16);
    await stand(await frameOf('person-01', 7), 4);
    expect(window.view).toMatchObject({ phase: 'already' }); // within the cooldown nobody is asked
    await stand(nobody, 16);
    now += 3_600_000;
    await stand(await frameOf('person-01', 7), 4);
    expect(window.view).toMatchObject({ phase: 'choose', suggested: 'out' });
    await stand(nobody, 25);
    expect(window.view.phase).toBe('idle');
    expect(await refusal(window.call('chooseDirection', { direction: 'out' }))).toBe('question-over');
    expect((await kiosk.checkInService.log(null)).checkIns).toHaveLength(1);
    // Somebody nobody knows is not asked.
    await stand(await frameOf('person-03', 1), 8);
    expect(window.view.phase).toBe('unknown');
  });

  it('the admin: a correction, the report of it, and the file for a spreadsheet', async () => {
    const admin = await operator();
    const at = now;
    await admin.call('addCorrection', { kind: 'add', personId: ada, at, direction: 'out', reason: 'forgot' });
    const report = await admin.call('getAttendance', { ...day, personId: ada });
    expect(report.days).toMatchObject([{ personId: ada, status: 'present', flags: ['corrected'] }]);
    expect(report.days[0]?.insideMs).toBe(at - (report.events[0]?.at ?? 0));
    expect(report.events.map(({ direction, corrections }) => [direction, corrections])).toEqual([
      ['in', []],
      ['out', ['forgot']],
    ]);
    const target = report.events[0]?.id ?? '';
    await admin.call('addCorrection', { kind: 'retime', target, at: at - 7_200_000, reason: 'waited outside' });
    expect((await admin.call('getAttendance', day)).days[0]?.insideMs).toBe(7_200_000);
    const file = await admin.call('exportAttendance', { ...day, format: 'csv', locale: 'en-GB' });
    expect(new TextDecoder().decode(file.bytes)).toContain('Ada,Staff,04/05/2024,present');
    expect(await refusal(admin.call('addCorrection', { kind: 'void', target: 'c_nobody', reason: 'x' }))).toBe(
      'not-found',
    );
    expect(await refusal(new ClientSession(kiosk).call('getAttendance', day))).toBe('pin-required');
    admin.close();
  });

  it('an unknown time zone is refused, a known one is used at once', async () => {
    const admin = await operator();
    expect(await refusal(admin.call('updateSettings', { timeZone: 'Mars/Olympus' }))).toBe('time-zone-unknown');
    const nights = { start: '24:00', graceMinutes: 5, workdays: [1], dayStartsAt: '12:00' };
    expect((await admin.call('updateSettings', { schedules: { nights } })).schedules['nights']?.start).toBe('00:00');
    expect(await refusal(admin.call('updateSettings', { defaultSchedule: { ...nights, start: '24:01' } }))).toBe(
      'bad-input',
    );
    await admin.call('updateSettings', { timeZone: 'Pacific/Auckland' });
    expect((await admin.call('getAttendance', day)).timeZone).toBe('Pacific/Auckland');
    expect((await admin.call('getLog', { day: null })).day).toBe('2024-05-04');
    now = Date.parse('2024-05-04T13:00:00Z'); // past midnight there; the session has ended meanwhile
    await admin.call('unlock', { pin: '2468' });
    expect((await admin.call('getLog', { day: null })).day).toBe('2024-05-05');
    await admin.call('updateSettings', { timeZone: 'UTC' });
    admin.close();
  });

  it('the commands: the same report and file, corrections beside no running kiosk only, wrong usage', async () => {
    const range = ['--from', day.from, '--to', day.to];
    const beside = await runCommand(folder, ['attendance', ...range, '--json']);
    expect(beside).toMatchObject({ code: 0, json: { days: [{ personId: ada, insideMs: 7_200_000 }] } });
    const add = [
      'correct',
      'add',
      '--person',
      ada,
      '--at',
      '2024-05-04 05:00',
      '--direction',
      'in',
      '--reason',
      'early',
    ];
    expect(await runCommand(folder, [...add, '--json'])).toMatchObject({
      code: 1,
      json: { error: { code: 'store-locked' } },
    });
    await kiosk.close();
    try {
      const added = await runCommand(folder, [...add, '--json']);
      expect(added.code).toBe(0);
      const id = added.json.correction as string;
      const own = await runCommand(folder, ['attendance', ...range, '--person', ada, '--json']);
      expect(own.json.events[0]).toMatchObject({ id, at: Date.parse('2024-05-04T05:00:00Z'), corrections: ['early'] });
      const retime = ['correct', 'retime', id, '--at', '2024-05-04T07:30+02:00', '--reason', 'later'];
      expect((await runCommand(folder, retime)).stdout).toContain('was put to another time');
      expect(await runCommand(folder, ['correct', 'void', id, '--reason', 'never', '--json'])).toMatchObject({
        code: 0,
      });
      expect(await runCommand(folder, ['correct', 'void', id, '--reason', ' ', '--json'])).toMatchObject({
        code: 1,
        json: { error: { code: 'correction-reason' } },
      });
      const exported = await runCommand(folder, ['attendance', ...range, '--export', 'may.csv', '--locale', 'vi']);
      expect(exported.stdout).toContain('written to may.csv');
      expect(await readFile(join(folder, 'may.csv'), 'utf8')).toContain('Ada;Staff;04/05/2024;có mặt');
      await runCommand(folder, ['attendance', ...range, '--export', 'may.xlsx']);
      expect((await readFile(join(folder, 'may.xlsx'))).subarray(0, 2).toString()).toBe('PK');
      await writeFile(join(folder, 'plain'), '');
      expect(await runCommand(folder, ['attendance', ...range, '--export', 'plain/x.csv', '--json'])).toMatchObject({
        code: 1,
      });
      for (const wrong of [
        ['attendance', '--from', '2026-13-01'],
        ['attendance', '--export', 'may.txt'],
        ['correct'],
        ['correct', 'add', '--person', ada, '--at', '2024-05-04T05:00', '--reason', 'x'],
        ['correct', 'add', '--person', ada, '--at', '2026-02-30T05:00', '--direction', 'in', '--reason', 'x'],
        ['correct', 'void', 'c_1'],
      ])
        expect(await runCommand(folder, [...wrong, '--json']), wrong.join(' ')).toMatchObject({ code: 2 });
    } finally {
      kiosk = await open();
    }
  });
});
