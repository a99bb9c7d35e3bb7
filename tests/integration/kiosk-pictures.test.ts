import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Kiosk, openKiosk } from '../../src/main/server/kiosk.ts';
import { modelDirs } from '../support/data.ts';
import { groupPhoto, peopleDir } from '../support/people.ts';

/** Who of those enrolled by portraits is on the group photos, largest face first; the others are not enrolled. */
const ON_PHOTOS = [
  [null, null, 'amara'],
  ['bella', null, null],
  ['chloe', null, null],
  [null, null, 'dana', null],
  [null, 'esther', 'farah', null, 'gina'],
  [null, null, null, 'hanna'],
];

// Real models on a shared machine: slow is not wrong.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
const read = async (file: string): Promise<{ file: string; bytes: Uint8Array }> => ({
  file,
  bytes: await readFile(file),
});
const listed = async (dir: string): Promise<string[]> => (await readdir(dir)).sort().map((name) => join(dir, name));

describe('enrolled from folders, found in other pictures', () => {
  let folder: string;
  let kiosk: Kiosk;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lintel-kiosk-'));
    kiosk = await openKiosk({
      dataDir: folder,
      modelDirs,
      version: '0',
      embedder: '',
    });
  });
  afterAll(async () => {
    await kiosk.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function clear(): Promise<void> {
    for (const { id } of await kiosk.peopleService.list()) await kiosk.peopleService.remove(id);
  }

  it('scenes: everyone but three pictures each; nobody is taken for anybody else', async () => {
    const left: { name: string; file: string }[] = [];
    const people = [];
    for (const dir of await listed(join(peopleDir, 'scenes'))) {
      const files = await listed(dir);
      const name = dir.slice(-9);
      const kept = files.slice(0, -3);
      left.push(...files.slice(-3).map((file) => ({ name, file })));
      people.push({ name, consentAt: 1, pictures: await Promise.all(kept.map(read)) });
    }
    const enrolled = await kiosk.pictures.enroll(people);
    expect(enrolled.flatMap((one) => one.rejected)).toEqual([]);
    let matched = 0;
    for (const { name, file } of left) {
      const { faces } = await kiosk.pictures.identify(await readFile(file));
      expect(faces[0]?.candidates[0]?.name, file).toBe(name);
      const match = faces[0]?.match ?? null;
      if (match !== null) {
        expect(match.name).toBe(name);
        matched++;
      }
    }
    expect([matched, left.length]).toEqual([15, 15]);
  });

  it('strangers are nobody', async () => {
    // The people of the scenes are still enrolled; these are others.
    let faces = 0;
    const files = await listed(join(peopleDir, 'pairs/images'));
    for (const file of files) {
      const found = await kiosk.pictures.identify(await readFile(file));
      for (const face of found.faces) {
        faces++;
        expect(face.match, file).toBeNull();
      }
    }
    expect(faces).toBe(24);
  });

  it('group photos: every face found, whoever is enrolled named, nobody else', async () => {
    await clear();
    const people = [];
    for (const dir of await listed(join(peopleDir, 'portraits'))) {
      const name = dir.slice(dir.lastIndexOf('/') + 1);
      people.push({ name, consentAt: 1, pictures: await Promise.all((await listed(dir)).map(read)) });
    }
    const enrolled = await kiosk.pictures.enroll(people);
    expect(enrolled.flatMap((one) => one.rejected)).toEqual([]);
    for (const [index, expected] of ON_PHOTOS.entries()) {
      const found = await kiosk.pictures.identify(await readFile(groupPhoto(index + 1)));
      expect(
        found.faces.map((face) => face.match?.name ?? null),
        `photo ${index + 1}`,
      ).toEqual(expected);
    }
  });
});
