import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Kiosk, openKiosk } from '../../src/main/server/kiosk.ts';
import { modelDirs } from '../support/data.ts';
import { groupPhoto, peopleDir } from '../support/people.ts';
import { enrollFolders, listed, matched, strangers } from '../support/people-in-pictures.ts';

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

  it('scenes: everyone but three pictures each; nobody is taken for anybody else', async () => {
    const left = await enrollFolders(kiosk, join(peopleDir, 'scenes'), 3);
    expect([await matched(kiosk, left), left.length]).toEqual([15, 15]);
  });

  it('strangers are nobody', async () => {
    // The people of the scenes are still enrolled; these are others.
    expect(await strangers(kiosk, await listed(join(peopleDir, 'pairs/images')))).toBe(24);
  });

  it('group photos: every face found, whoever is enrolled named, nobody else', async () => {
    await enrollFolders(kiosk, join(peopleDir, 'portraits'));
    for (const [index, expected] of ON_PHOTOS.entries()) {
      const found = await kiosk.pictures.identify(await readFile(groupPhoto(index + 1)));
      expect(
        found.faces.map((face) => face.match?.name ?? null),
        `photo ${index + 1}`,
      ).toEqual(expected);
    }
  });
});
