import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Kiosk, type KioskOptions, openKiosk } from '../../src/main/server/kiosk.ts';
import { type FileOps, realOps } from '../../src/main/storage/file-ops.ts';
import { openVision } from '../../src/main/vision/in-process.ts';
import { type CallName, calls } from '../../src/shared/calls.ts';
import type { FrameMessage } from '../../src/shared/domain.ts';
import { LintelError } from '../../src/shared/errors.ts';
import { ClientSession, frameOf, nobody } from '../support/client-session.ts';
import { refusal } from '../support/refusal.ts';
import { projectRoot } from '../support/data.ts';
import { recognitionOnly } from '../support/recognition-only.ts';
import { OTHER_EMBEDDER, withOtherEmbedder } from '../support/vision-models.ts';

// Real models on a shared machine: slow is not wrong.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

describe('a kiosk and its windows, with real models and pictures', () => {
  let base: string;
  let folder: string;
  let models: string[];
  let kiosk: Kiosk;
  let now = Date.UTC(2026, 4, 4, 9);
  let full = false;
  const clock = { wall: () => now, ticks: () => now };
  const ops: FileOps = {
    ...realOps,
    open: async (path, how) => {
      const file = await realOps.open(path, how);
      if (!full || how === 'read') return file;
      return { ...file, write: () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })) };
    },
  };
  const open = async (more: Partial<KioskOptions> = {}): Promise<Kiosk> =>
    openKiosk({ dataDir: folder, modelDirs: models, version: '0', clock, fileOps: ops, embedder: '', ...more });

  async function enroll(
    window: ClientSession,
    name: string,
    person: string,
    evenIfLooksAlike = false,
  ): Promise<string> {
    const { enrollmentId } = await window.call('startEnrollment');
    for (let i = 0; i < 3; i++) {
      const reply = await window.call('captureSample', {
        enrollmentId,
        pose: 'straight',
        frame: await frameOf(person, i),
      });
      expect(reply.problems).toEqual([]);
    }
    const { id } = await window.call('saveEnrollment', {
      enrollmentId,
      target: { kind: 'new', name, externalId: null, group: 'Staff', consentAt: now, evenIfLooksAlike },
    });
    return id;
  }

  /** The same frame again and again, 200 ms apart. */
  async function stand(window: ClientSession, frame: FrameMessage, times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      now += 200;
      await window.call('submitFrame', frame);
    }
  }

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'lintel-session-'));
    models = withOtherEmbedder(join(base, 'models'));
    folder = recognitionOnly(join(base, 'first'));
    kiosk = await open();
    await kiosk.models.ready();
    const window = new ClientSession(kiosk);
    await window.call('createPin', { pin: '2468' });
    await enroll(window, 'Ada', 'person-01');
    await enroll(window, 'Bo', 'person-02');
    window.close();
    await kiosk.close();
  });
  afterAll(() => rm(base, { recursive: true, force: true }));

  let runs = 0;
  beforeEach(async () => {
    await kiosk.close();
    full = false;
    folder = join(base, `run-${runs++}`);
    await cp(join(base, 'first'), folder, { recursive: true });
    kiosk = await open();
    await kiosk.models.ready();
  });
  afterAll(() => kiosk.close());

  it('people walk up: known ones are checked in once, others are friendly unknowns', async () => {
    const window = new ClientSession(kiosk);
    const other = new ClientSession(kiosk);
    await stand(window, await frameOf('person-01', 6), 4);
    expect(window.view).toMatchObject({ phase: 'match', name: 'Ada' });
    await stand(window, nobody, 16);
    expect(window.view.phase).toBe('idle');
    await stand(window, await frameOf('person-02', 7), 4);
    expect(window.view).toMatchObject({ phase: 'match', name: 'Bo' });
    await stand(window, nobody, 16);
    await stand(window, await frameOf('person-03', 1), 8);
    expect(window.view.phase).toBe('unknown');
    await stand(window, nobody, 16);
    await stand(window, await frameOf('person-01', 8), 4);
    expect(window.view).toMatchObject({ phase: 'already', name: 'Ada' });

    expect((await window.call('getRecentCheckIns')).map(({ name }) => name)).toEqual(['Bo', 'Ada']);
    // Every window hears of check-ins; only the one with the camera hears of views.
    expect(other.of('checkedIn')).toHaveLength(2);
    expect(other.of('view')).toHaveLength(0);
    const { checkIns } = await kiosk.checkInService.log(null);
    expect(checkIns.map(({ name, direction }) => `${name} ${direction}`)).toEqual(['Ada in', 'Bo in']);
  });

  it('everything is the same after a restart, the cooldown too', async () => {
    const window = new ClientSession(kiosk);
    await stand(window, await frameOf('person-01', 6), 4);
    const before = {
      people: await kiosk.peopleService.list(),
      status: kiosk.status(),
      recent: await kiosk.checkInService.recent(),
    };
    await kiosk.close();
    kiosk = await open();
    await kiosk.models.ready();
    const after = {
      people: await kiosk.peopleService.list(),
      status: kiosk.status(),
      recent: await kiosk.checkInService.recent(),
    };
    expect(after).toEqual(before);
    const again = new ClientSession(kiosk);
    await stand(again, await frameOf('person-01', 7), 4);
    expect(again.view).toMatchObject({ phase: 'already', name: 'Ada' });
  });

  it('a full disk: nothing is announced, the screen says so, and it goes on when there is room', async () => {
    const window = new ClientSession(kiosk);
    full = true;
    await stand(window, await frameOf('person-01', 6), 4);
    expect(window.view).toMatchObject({ phase: 'error', error: { code: 'disk-full' } });
    expect(window.of('checkedIn')).toEqual([]);
    expect((await window.call('getStatus')).trouble?.code).toBe('disk-full');
    full = false;
    await stand(window, await frameOf('person-01', 6), 18);
    expect(window.view).toMatchObject({ phase: 'match', name: 'Ada' });
    expect((await window.call('getStatus')).trouble).toBeNull();
    expect((await kiosk.checkInService.log(null)).checkIns).toHaveLength(1);
  });

  it('a full disk while enrolling: all or nothing, and what was captured is still there', async () => {
    const window = new ClientSession(kiosk);
    await window.call('unlock', { pin: '2468' });
    const { enrollmentId } = await window.call('startEnrollment');
    await window.call('captureSample', { enrollmentId, pose: 'straight', frame: await frameOf('person-04', 0) });
    const target = {
      kind: 'new',
      name: 'Cy',
      externalId: '',
      group: null,
      consentAt: now,
      evenIfLooksAlike: false,
    } as const;
    full = true;
    expect(await refusal(window.call('saveEnrollment', { enrollmentId, target }))).toBe('disk-full');
    expect(kiosk.people.size).toBe(2);
    full = false;
    const saved = await window.call('saveEnrollment', { enrollmentId, target });
    expect(saved).toMatchObject({ name: 'Cy', samples: 1, ready: true, externalId: null });
    await kiosk.close();
    kiosk = await open();
    expect((await kiosk.peopleService.list()).map(({ name }) => name)).toEqual(['Ada', 'Bo', 'Cy']);
  });

  it('warns of look-alikes, adds to the person instead, and refuses without consent', async () => {
    const window = new ClientSession(kiosk);
    await window.call('unlock', { pin: '2468' });
    const { enrollmentId } = await window.call('startEnrollment');
    await window.call('captureSample', { enrollmentId, pose: 'straight', frame: await frameOf('person-01', 9) });
    const [alike] = await window.call('findLookAlikes', { enrollmentId });
    expect(alike?.person.name).toBe('Ada');
    expect(alike?.person.picture).toMatch(/^data:image\/jpeg;base64,/);
    const target = { kind: 'new', name: 'Ada again', externalId: null, group: null, evenIfLooksAlike: false } as const;
    const save = (consentAt: number): Promise<unknown> =>
      window.call('saveEnrollment', { enrollmentId, target: { ...target, consentAt } });
    expect(await refusal(save(0))).toBe('consent-required');
    expect(await refusal(save(now))).toBe('looks-like-someone');
    const person = await window.call('saveEnrollment', {
      enrollmentId,
      target: { kind: 'existing', personId: alike?.person.id ?? '' },
    });
    expect(person).toMatchObject({ name: 'Ada', samples: 4 });
    expect(kiosk.people.size).toBe(2);
  });

  it('says what is wrong with a frame, and does not mix two people in one draft', async () => {
    const window = new ClientSession(kiosk);
    await window.call('unlock', { pin: '2468' });
    const { enrollmentId } = await window.call('startEnrollment');
    const capture = async (pose: 'straight' | 'left', frame: FrameMessage): Promise<string[]> =>
      (await window.call('captureSample', { enrollmentId, pose, frame })).problems;
    expect(await capture('straight', nobody)).toEqual(['no-face']);
    expect(await capture('straight', await frameOf('person-04', 0))).toEqual([]);
    expect(await capture('left', await frameOf('person-04', 1))).toEqual(['wrong-pose']);
    expect(await capture('straight', await frameOf('person-03', 2))).toEqual(['different-person']);
    const notAPicture = window.call('addSamplePicture', { enrollmentId, fileName: 'x.jpg', bytes: new Uint8Array(50) });
    expect(await refusal(notAPicture)).toBe('not-a-picture');
    await window.call('cancelEnrollment', { enrollmentId });
    expect(await refusal(window.call('findLookAlikes', { enrollmentId }))).toBe('not-found');
  });

  it('takes no sample of a frame that is turned, and says how it would be upright', async () => {
    const window = new ClientSession(kiosk);
    await window.call('unlock', { pin: '2468' });
    const { enrollmentId } = await window.call('startEnrollment');
    const upright = await frameOf('person-04', 0);
    const { width, height } = upright;
    const capture = (frame: FrameMessage) =>
      window.call('captureSample', { enrollmentId, pose: 'straight', frame: { ...frame, capturedAt: now } });
    for (const by of [90, 180, 270] as const) {
      const data = await sharp(upright.data, { raw: { width, height, channels: 4 } })
        .rotate(by)
        .raw()
        .toBuffer();
      const [w, h] = by === 180 ? [width, height] : [height, width];
      expect(await capture({ ...upright, width: w, height: h, data }), `turned by ${by}`).toMatchObject({
        sample: null,
        turned: 360 - by,
      });
    }
    expect(await capture(upright)).toMatchObject({ sample: {}, problems: [], turned: 0 });
    await window.call('cancelEnrollment', { enrollmentId });
  });

  it('a removed person is gone from the gallery, the files and the backup', async () => {
    const [ada] = await kiosk.peopleService.list('ada');
    const window = new ClientSession(kiosk);
    await window.call('unlock', { pin: '2468' });
    await window.call('removePerson', { id: ada?.id ?? '' });
    for (const name of ['people.json', 'people.json.bak'])
      expect(await readFile(join(folder, name), 'utf8')).not.toContain('Ada');
    expect(await kiosk.people.pictures.count()).toBe(3);
    await stand(window, await frameOf('person-01', 6), 8);
    expect(window.view.phase).toBe('unknown');
  });

  it('another embedder: templates are made again from the kept crops, and vectors are never mixed', async () => {
    const before = kiosk.status();
    await kiosk.close();
    kiosk = await open({ embedder: OTHER_EMBEDDER });
    expect(kiosk.status().enrollAgain).toBe(2);
    await kiosk.models.ready();
    expect(kiosk.status()).toMatchObject({ enrollAgain: 0, people: 2 });
    expect(kiosk.status().threshold).not.toBe(before.threshold);
    const window = new ClientSession(kiosk);
    await stand(window, await frameOf('person-02', 8), 4);
    expect(window.view).toMatchObject({ phase: 'match', name: 'Bo' });
  });

  it('the embedder can be changed while it runs', async () => {
    const window = new ClientSession(kiosk);
    await window.call('unlock', { pin: '2468' });
    await window.call('updateSettings', { embedder: OTHER_EMBEDDER });
    await kiosk.models.ready();
    expect(kiosk.status().models.find((model) => model.kind === 'embedder' && model.inUse)?.id).toBe(OTHER_EMBEDDER);
    await stand(window, await frameOf('person-02', 8), 4);
    expect(window.view).toMatchObject({ phase: 'match', name: 'Bo' });
    expect(await refusal(window.call('updateSettings', { embedder: 'no-such-model' }))).toBe('model-missing');
    expect(kiosk.settings.embedder).toBe(OTHER_EMBEDDER);
  });

  it('reads beside a running kiosk, and changes nothing', async () => {
    const beside = await open({ readOnly: true });
    expect((await beside.peopleService.list()).map(({ name }) => name)).toEqual(['Ada', 'Bo']);
    const [ada] = await beside.peopleService.list('ada');
    expect(await refusal(beside.peopleService.remove(ada?.id ?? ''))).toBe('store-read-only');
    expect(await refusal(open())).toBe('store-locked');
    await beside.close();
  });

  it('opens without models, and says so', async () => {
    await kiosk.close();
    const manifest = resolve(projectRoot, 'models/manifest.json');
    kiosk = await open({ modelDirs: [join(base, 'nowhere')], manifest, startVision: true });
    const window = new ClientSession(kiosk);
    const status = await window.call('getStatus');
    expect(status).toMatchObject({ vision: 'no-models', people: 2, trouble: { code: 'model-missing' } });
    expect(await window.call('submitFrame', nobody)).toEqual({ faces: [] });
    expect(window.view).toMatchObject({ phase: 'error', error: { code: 'model-missing' } });
  });

  it('a vision that fails is an error on the screen, and the next frame is looked at again', async () => {
    await kiosk.close();
    let broken = true;
    kiosk = await open({
      vision: async (models, onState) => {
        const vision = await openVision(models);
        onState('ready', null);
        const away = (): Promise<never> => Promise.reject(new LintelError('vision-restarting'));
        return {
          models,
          analyze: (frame, options) => (broken ? away() : vision.analyze(frame, options)),
          analyzePicture: (bytes, options) => vision.analyzePicture(bytes, options),
          embedAligned: (pictures, options) => vision.embedAligned(pictures, options),
          close: () => vision.close(),
        };
      },
    });
    await kiosk.models.ready();
    const window = new ClientSession(kiosk);
    await stand(window, await frameOf('person-01', 6), 1);
    expect(window.view).toMatchObject({ phase: 'error', error: { code: 'vision-restarting' } });
    broken = false;
    await stand(window, await frameOf('person-01', 6), 3);
    expect(window.view).toMatchObject({ phase: 'match', name: 'Ada' });
  });

  it('refuses what it should, by name', async () => {
    const window = new ClientSession(kiosk);
    for (const name of Object.keys(calls))
      if (calls[name as CallName].access === 'operator')
        expect(await refusal(window.raw(name, {}))).toBe('pin-required');
    for (const name of ['toString', '__proto__', 'constructor', 'noSuchCall', ''])
      expect(await refusal(window.raw(name, null))).toBe('bad-input');
    expect(await refusal(window.raw('submitFrame', { width: 640, height: 480, capturedAt: 0, data: [1, 2] }))).toBe(
      'bad-input',
    );
    expect(await refusal(window.raw('createPin', { pin: '1234' }))).toBe('pin-already-set');
    expect(await refusal(window.raw('unlock', { pin: 'x' }))).toBe('pin-wrong');
    const both = [window.call('submitFrame', nobody), window.call('submitFrame', nobody)].map(refusal);
    expect(await Promise.all(both)).toEqual(['accepted', 'bad-input']);
    await window.call('unlock', { pin: '2468' });
    expect(await window.call('lock')).toEqual({ unlocked: false, endsAt: null });
    expect(await refusal(window.call('listPeople', {}))).toBe('pin-required');
    window.close();
    expect(await refusal(window.raw('getStatus', null))).toBe('internal');
  });
});
