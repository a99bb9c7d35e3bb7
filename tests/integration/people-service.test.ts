/** The operator pages, through the browser host, with real models and pictures: people, photos, verification. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Kiosk, type KioskOptions, openKiosk } from '../../src/main/server/kiosk.ts';
import { openVision } from '../../src/main/vision/in-process.ts';
import { type CallInput, type CallName, type CallOutput, calls } from '../../src/shared/calls.ts';
import { LintelError } from '../../src/shared/errors.ts';
import { modelDirs } from '../support/data.ts';
import { groupPhoto, peopleDir } from '../support/people.ts';
import { refusal } from '../support/refusal.ts';

// Real models on a shared machine: slow is not wrong.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const scene = async (person: number, which: number): Promise<Uint8Array<ArrayBuffer>> => {
  const folder = join(peopleDir, 'scenes', `person-0${person}`);
  return new Uint8Array(await readFile(join(folder, (await readdir(folder)).sort()[which] ?? '')));
};
/** Whether any file of a folder holds any of these texts, whatever it is called. */
async function holds(folder: string, ...texts: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    for (const text of texts) if (bytes.includes(text)) found.push(entry.name);
  }
  return found;
}

describe('the operator pages, with real models and pictures', () => {
  let folder: string;
  let kiosk: Kiosk;
  let now: number;
  const clock = { wall: () => now, ticks: () => now };
  const open = (more: Partial<KioskOptions> = {}): Promise<Kiosk> =>
    openKiosk({ dataDir: folder, modelDirs, version: '0', clock, embedder: '', ...more });

  /** A call as a window makes it; nothing leaves that the contract does not name. */
  async function call<N extends CallName>(
    name: N,
    ...[input]: CallInput<N> extends undefined | null ? [] : [CallInput<N>]
  ) {
    const output = await connection.call(name, input);
    expect(calls[name].output.parse(output)).toEqual(output);
    return output as CallOutput<N>;
  }
  let connection: ReturnType<Kiosk['connect']>;
  async function reopen(more: Partial<KioskOptions> = {}): Promise<void> {
    await kiosk?.close();
    kiosk = await open(more);
    connection = kiosk.connect(() => undefined);
    await call(kiosk.operator.pinSet ? 'unlock' : 'createPin', { pin: '2468' });
  }
  /** Time goes by, and the operator comes back. */
  async function later(ms: number): Promise<void> {
    now += ms;
    await call('unlock', { pin: '2468' });
  }
  /** @returns the id */
  async function enroll(name: string, ...pictures: [person: number, which: number][]): Promise<string> {
    const bytes = await Promise.all(pictures.map(([person, which]) => scene(person, which)));
    const [done] = await call('importPeople', {
      people: [
        {
          name,
          externalId: null,
          group: null,
          pictures: bytes.map((picture, i) => ({ name: `${name}/${i}.jpg`, bytes: picture })),
        },
      ],
      consentAt: now,
      evenIfDifferent: true,
    });
    expect(done?.rejected).toEqual([]);
    return done?.id ?? '';
  }
  const checkIn = async (person: number, which: number) =>
    call('checkInFromPicture', { bytes: await scene(person, which) });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lintel-admin-'));
    now = Date.UTC(2026, 4, 4, 9);
    await reopen();
  });
  afterEach(async () => {
    await kiosk.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("shows which sample is somebody else's; removed, it is gone everywhere and the template follows", async () => {
    const id = await enroll('Ann', [1, 0], [1, 2], [2, 0], [1, 4]);
    const before = await call('getPerson', { id });
    expect(before.sampleList.map((sample) => sample.outlier)).toEqual([false, false, true, false]);
    const fits = before.sampleList.map((sample) => sample.similarity ?? 0);
    expect(Math.min(...fits)).toBe(fits[2]);
    const odd = before.sampleList[2]!.id;
    const vector = kiosk.people.get(id).samples[2]!.embedding;
    const template = kiosk.people.get(id).template!.vector;
    expect(await holds(folder, vector)).not.toEqual([]);

    const after = await call('removeSample', { personId: id, sampleId: odd });
    expect(after.sampleList.map((sample) => sample.outlier)).toEqual([false, false, false]);
    expect(Math.min(...after.sampleList.map((sample) => sample.similarity ?? 0))).toBeGreaterThan(0.7);
    // Not in the file, not in its backup, not as a picture, not as part of a mean.
    expect(await holds(folder, vector, template)).toEqual([]);
    expect(await readdir(folder, { recursive: true })).not.toContainEqual(expect.stringContaining(odd));
    expect([...kiosk.gallery.get(id)!]).toEqual([...(await galleryOnDisk()).get(id)!]);

    expect(await refusal(call('removeSample', { personId: id, sampleId: odd }))).toBe('not-found');
    for (const sample of after.sampleList.slice(1)) await call('removeSample', { personId: id, sampleId: sample.id });
    expect(await refusal(call('removeSample', { personId: id, sampleId: after.sampleList[0]!.id }))).toBe(
      'last-picture',
    );
    expect(kiosk.gallery.size).toBe(1);
  });

  async function galleryOnDisk() {
    const other = await open({ readOnly: true });
    await other.close();
    return other.gallery;
  }

  it('a re-take takes the place of the old sample only when it is saved', async () => {
    const id = await enroll('Ann', [1, 0], [1, 2]);
    const [old] = (await call('getPerson', { id })).sampleList;
    const { enrollmentId } = await call('startEnrollment');
    await call('addSamplePicture', { enrollmentId, fileName: 'new.jpg', bytes: await scene(1, 5) });
    expect((await call('getPerson', { id })).sampleList).toHaveLength(2);
    const target = { kind: 'existing' as const, personId: id, replace: [old!.id] };
    const saved = await call('saveEnrollment', { enrollmentId, target });
    expect(saved.sampleList).toHaveLength(2);
    expect(saved.sampleList.map((sample) => sample.id)).not.toContain(old!.id);
    expect(await holds(folder, old!.id)).toEqual([]);
  });

  it('edits a person; lists find the new words, by name', async () => {
    const ids = [await enroll('Zoë', [1, 0]), await enroll('Bo', [2, 0])];
    const edited = await call('editPerson', { id: ids[0]!, name: ' Đỗ An ', externalId: 'E-7', group: '' });
    expect(edited).toMatchObject({ name: 'Đỗ An', externalId: 'E-7', group: null, samples: 1 });
    expect((await call('listPeople', { query: 'do an e-7' })).people.map(({ id }) => id)).toEqual([ids[0]]);
    expect((await call('listPeople', {})).people.map(({ name }) => name)).toEqual(['Bo', 'Đỗ An']);
    expect((await call('listPeople', { query: 'zoe' })).total).toBe(0);
    await reopen();
    expect((await call('getPerson', { id: ids[0]! })).name).toBe('Đỗ An');
    expect(await refusal(call('editPerson', { id: 'p_nobody', name: 'X', externalId: null, group: null }))).toBe(
      'not-found',
    );
  });

  it('finds people who were enrolled twice; called different they are not shown again; merged they are one', async () => {
    const ann = await enroll('Ann', [1, 0], [1, 2]);
    now += 1000;
    const twin = await enroll('Anne', [1, 4], [1, 5]);
    await enroll('Bo', [2, 0], [2, 2]);
    const pairs = await call('findDuplicates');
    expect(pairs.map(({ a, b }) => [a.name, b.name])).toEqual([['Ann', 'Anne']]);
    expect(pairs[0]!.similarity).toBeGreaterThan(pairs[0]!.threshold);

    await call('markDifferent', { a: twin, b: ann });
    expect(await call('findDuplicates')).toEqual([]);
    await reopen();
    expect(await call('findDuplicates')).toEqual([]);
    expect(await refusal(call('markDifferent', { a: ann, b: ann }))).toBe('same-person');

    // Two entries of one person: at the door nobody can say which.
    expect((await checkIn(1, 7)).kind).toBe('ambiguous');
    const seen = { personId: twin, name: 'Anne', similarity: 0.8, threshold: 0.5, model: 'm' };
    const rules = { cooldownMs: 0, direction: 'in', kiosk: 'door', dayOf: String } as const;
    await kiosk.checkIns.record(seen, rules);
    const merged = await call('mergePeople', { keep: ann, other: twin });
    expect(merged).toMatchObject({ id: ann, name: 'Ann', samples: 4, lastSeenAt: now });
    expect(await refusal(call('getPerson', { id: twin }))).toBe('not-found');
    await later(3_600_000);
    expect(await checkIn(1, 7)).toMatchObject({ kind: 'recorded', checkIn: { personId: ann } });
    const whose = async () => (await call('getLog', { day: null })).checkIns.map(({ personId }) => personId);
    expect(await whose()).toEqual([ann, ann]);
    await reopen();
    expect(await whose()).toEqual([ann, ann]);
    expect((await call('getPerson', { id: ann })).lastSeenAt).toBe(now);
    // Brought in again, the other's pictures find the one they are now.
    expect(await enroll('Anne', [1, 4], [1, 6])).toBe(ann);
    expect((await call('getPerson', { id: ann })).samples).toBe(5);
  });

  it('consent taken back, attendance kept: the name stays, no vector and no picture does', async () => {
    const ann = await enroll('Ann', [1, 0], [1, 2]);
    await enroll('Bo', [2, 0]);
    expect((await checkIn(1, 4)).kind).toBe('recorded');
    const vectors = kiosk.people.get(ann).samples.map((sample) => sample.embedding);
    const samples = kiosk.people.get(ann).samples.map((sample) => sample.id);
    await call('revokeConsent', { id: ann, attendance: 'keep' });
    expect(await holds(folder, ...vectors, ...samples)).toEqual([]);
    expect(await readdir(folder, { recursive: true })).not.toContainEqual(expect.stringContaining(samples[0]!));
    expect(await call('getPerson', { id: ann })).toMatchObject({
      name: 'Ann',
      samples: 0,
      consentAt: null,
      ready: false,
      picture: null,
    });
    expect(kiosk.status().enrollAgain).toBe(0);
    expect((await call('getLog', { day: null })).checkIns.map(({ name }) => name)).toEqual(['Ann']);
    expect((await checkIn(1, 4)).kind).toBe('unknown');

    // Nobody comes back by an import that is run again; only by agreeing again.
    const picture = await scene(1, 0);
    const people = [{ name: 'Ann', externalId: null, group: null, pictures: [{ name: 'a.jpg', bytes: picture }] }];
    now += 1000;
    expect(await call('importPeople', { people, consentAt: now })).toMatchObject([
      { id: null, added: 0, rejected: [{ file: 'a.jpg', code: 'consent-required' }] },
    ]);
    const { enrollmentId } = await call('startEnrollment');
    await call('addSamplePicture', { enrollmentId, fileName: 'a.jpg', bytes: picture });
    const target = { kind: 'existing', personId: ann } as const;
    expect(await refusal(call('saveEnrollment', { enrollmentId, target }))).toBe('consent-required');
    const again = await call('saveEnrollment', { enrollmentId, target: { ...target, consentAt: now } });
    expect(again).toMatchObject({ samples: 1, consentAt: now, ready: true });
    expect((await checkIn(1, 4)).kind).toBe('already');
  });

  it('consent taken back, attendance anonymous: nothing in the folder says who it was, and no line is lost', async () => {
    const ann = await enroll('Annabella', [1, 0], [1, 2]);
    const bo = await enroll('Bo', [2, 0], [2, 2]);
    await checkIn(1, 4);
    await later(3_600_000);
    await checkIn(2, 4);
    await checkIn(1, 5);
    const [first] = (await call('getLog', { day: null })).checkIns;
    await call('addCorrection', { kind: 'retime', target: first!.id, at: now - 60_000, reason: 'Annabella forgot' });
    await call('addCorrection', { kind: 'add', personId: ann, at: now - 1000, direction: 'out', reason: 'she went' });
    expect(await holds(folder, 'Annabella')).not.toEqual([]);

    await call('revokeConsent', { id: ann, attendance: 'anonymise' });
    expect(await holds(folder, 'Annabella', 'she went')).toEqual([]);
    const { checkIns } = await call('getLog', { day: null });
    expect(checkIns).toHaveLength(3);
    const [token, ...others] = new Set(
      checkIns.filter(({ personId }) => personId !== bo).map(({ personId }) => personId),
    );
    expect(token).toMatch(/^x_/);
    expect(others).toEqual([]);
    expect(checkIns[0]).toMatchObject({ at: first!.at, id: first!.id, name: token });
    const day = new Date(now).toISOString().slice(0, 10);
    const report = await call('getAttendance', { from: day, to: day });
    expect(report.events.filter(({ personId }) => personId === token)).toHaveLength(3);
    expect((await call('getRecentCheckIns')).map(({ name }) => name).sort()).toEqual(['Bo', token, token]);
    expect((await call('listPeople', {})).people.map(({ name }) => name)).toEqual(['Bo']);
  });

  it('what was asked for and cut short is finished when the kiosk opens again', async () => {
    const ann = await enroll('Annabella', [1, 0]);
    await checkIn(1, 4);
    // As far as a kiosk comes that is killed before it has gone through the log.
    await kiosk.people.remove(ann, { anonymous: true });
    expect(await holds(folder, 'Annabella')).not.toEqual([]);
    await reopen();
    expect(await holds(folder, 'Annabella')).toEqual([]);
    expect(kiosk.people.toAnonymise).toEqual([]);
    expect((await call('getLog', { day: null })).checkIns).toHaveLength(1);
  });

  it('checks in from a picture as at the door: threshold, cooldown, unknown, and what is no picture of a face', async () => {
    const ann = await enroll('Ann', [1, 0], [1, 2], [1, 4]);
    await enroll('Bo', [2, 0], [2, 2]);
    const done = await checkIn(1, 6);
    expect(done).toMatchObject({ kind: 'recorded', checkIn: { personId: ann, name: 'Ann', direction: 'in', at: now } });
    expect(done.face.candidates[0]).toMatchObject({ id: ann, name: 'Ann' });
    expect(done.face.candidates[0]!.picture).toMatch(/^data:image\/jpeg/);
    now += 20_000;
    expect(await checkIn(1, 7)).toMatchObject({ kind: 'already', checkIn: { id: done.checkIn!.id } });
    expect(await checkIn(3, 0)).toMatchObject({ kind: 'unknown', checkIn: null });
    expect((await call('getLog', { day: null })).checkIns).toHaveLength(1);
    const empty = await sharp({ create: { width: 300, height: 300, channels: 3, background: '#88a' } })
      .jpeg()
      .toBuffer();
    expect(await refusal(call('checkInFromPicture', { bytes: new Uint8Array(empty) }))).toBe('no-face');
    expect(await refusal(call('checkInFromPicture', { bytes: new Uint8Array([1, 2, 3]) }))).toBe('not-a-picture');
  });

  it('what browsers would show otherwise than it was looked at is sent as it was seen: boxes lie on faces', async () => {
    const upright = sharp(await readFile(join(peopleDir, 'scenes', 'person-01', '00.jpg')));
    const { width, height } = await upright.metadata();
    const onItsSide = (await upright.rotate(270).png().toBuffer()) as Uint8Array;
    // Chromium turns a JPEG or PNG as its EXIF says, and no WebP.
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const bytes = await sharp(onItsSide).withMetadata({ orientation: 6 }).toFormat(format).toBuffer();
      const seen = await call('identifyPicture', { bytes: new Uint8Array(bytes) });
      expect(seen).toMatchObject({ turned: 0, width, height });
      if (format !== 'webp') expect(seen.shown).toBe(null);
      else {
        const shown = await sharp(seen.shown!).metadata();
        expect([shown.format, shown.width, shown.height, shown.orientation]).toEqual([
          'jpeg',
          width,
          height,
          undefined,
        ]);
      }
    }
  });

  it('draws names onto a group photo, an operator correcting them', async () => {
    for (const name of ['chloe', 'gina']) {
      const own = join(peopleDir, 'portraits', name);
      const pictures = await Promise.all(
        (await readdir(own)).map(async (file) => ({
          name: file,
          bytes: new Uint8Array(await readFile(join(own, file))),
        })),
      );
      await call('importPeople', { people: [{ name, externalId: null, group: null, pictures }], consentAt: now });
    }
    const bytes = new Uint8Array(await readFile(groupPhoto(5)));
    const { width, height, faces } = await call('identifyPicture', { bytes });
    const drawn = await call('annotatePicture', { bytes, names: [] });
    expect(drawn.type).toBe('image/jpeg');
    expect(await sharp(drawn.bytes).metadata()).toMatchObject({ width, height, format: 'jpeg' });
    const corrected = await call('annotatePicture', {
      bytes,
      names: [
        { face: 0, name: 'Somebody' },
        { face: 1, name: null },
      ],
    });
    expect(Buffer.from(corrected.bytes).equals(Buffer.from(drawn.bytes))).toBe(false);
    // Every face has its box: the picture differs from the plain one along each left edge.
    const plain = await sharp(bytes).removeAlpha().raw().toBuffer();
    const after = await sharp(drawn.bytes).removeAlpha().raw().toBuffer();
    for (const { box } of faces) {
      const [x, y] = [Math.round(box.x), Math.round(box.y + box.height / 2)];
      let most = 0;
      for (let dx = -2; dx <= 2; dx++)
        for (let c = 0; c < 3; c++) {
          const at = (y * width + x + dx) * 3 + c;
          most = Math.max(most, Math.abs((plain[at] ?? 0) - (after[at] ?? 0)));
        }
      expect(most).toBeGreaterThan(30);
    }
  });

  it('says whether two faces are the same person, and what that means as a risk', async () => {
    const ann = await enroll('Ann', [1, 0], [1, 2], [1, 4]);
    await enroll('Bo', [2, 0]);
    const a = { kind: 'picture', bytes: await scene(1, 6) } as const;
    const same = await call('verifyFaces', { a, b: { kind: 'person', personId: ann } });
    const other = await call('verifyFaces', { a, b: { kind: 'picture', bytes: await scene(2, 3) } });
    expect([same.same, other.same]).toEqual([true, false]);
    expect(same.threshold).toBe(other.threshold);
    expect(same.similarity).toBeGreaterThan(same.threshold);
    expect(other.similarity).toBeLessThan(other.threshold);
    // At the threshold one stranger in a thousand (the risk in the settings) would pass.
    expect(kiosk.recognition.pairRates(same.threshold).fmr).toBeCloseTo(1e-3, 5);
    expect(same.fmr).toBeLessThan(1e-3);
    expect(other.fmr).toBeGreaterThan(1e-3);
    expect(other.fnmr).toBeLessThan(same.fnmr);
    for (const crop of [...same.crops, ...other.crops]) {
      const bytes = Buffer.from(crop.slice(crop.indexOf(',') + 1), 'base64');
      expect(await sharp(bytes).metadata()).toMatchObject({ width: 112, height: 112 });
    }
    expect(same.nearest.map(({ name }) => name)).toEqual(['Ann', 'Bo']);
    await call('revokeConsent', { id: ann, attendance: 'keep' });
    expect(await refusal(call('verifyFaces', { a, b: { kind: 'person', personId: ann } }))).toBe('enroll-again');
  });

  it('an export page by page through the host comes in again elsewhere', async () => {
    for (const person of [1, 2, 3]) await enroll(`Person ${person}`, [person, 0], [person, 2]);
    const first = await call('exportPeople', { offset: 0, limit: 2 });
    const second = await call('exportPeople', { offset: 2, limit: 2 });
    expect([first.total, first.next, second.next]).toEqual([3, 2, null]);
    const files = [...first.files, ...second.files].filter(({ name }) => name !== 'data.csv');
    expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
    const [head, rest] = [first, second].map(({ files: of }) => Buffer.from(of[0]!.bytes).toString());
    const csv = head! + rest!.slice(rest!.indexOf('\n') + 1);
    const before = kiosk.people.all().map(({ id, template }) => ({ id, template }));
    for (const { id } of before) await call('removePerson', { id });
    expect(kiosk.people.size).toBe(0);
    const plan = await call('planImport', { files: files.map(({ name }) => name), csv });
    expect(plan.problems).toEqual([]);
    const people = plan.people.map(({ files: own, ...person }) => ({
      ...person,
      pictures: own.map((name) => ({ name, bytes: files.find((file) => file.name === name)!.bytes })),
    }));
    await call('importPeople', { people, consentAt: now });
    expect(kiosk.people.all().map(({ id, template }) => ({ id, template }))).toEqual(before);
  });

  it('a vision that has stopped is started again when an operator says so', async () => {
    let broken = true;
    await reopen({
      startVision: true,
      vision: (models, onState) => {
        if (broken) throw new LintelError('vision-stopped');
        onState('ready', null);
        return openVision(models);
      },
    });
    await vi.waitFor(() => expect(kiosk.status().vision).toBe('stopped'));
    expect(kiosk.status().trouble?.code).toBe('vision-stopped');
    await call('restartVision');
    await vi.waitFor(() => expect(kiosk.status().vision).toBe('stopped'));
    broken = false;
    await call('restartVision');
    await vi.waitFor(() => expect(kiosk.status().vision).toBe('ready'));
    expect(kiosk.status().trouble).toBeNull();
    expect((await checkIn(1, 0)).kind).toBe('unknown');
  });
});
