import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Kiosk, openKiosk } from '../../src/main/server/kiosk.ts';
import { modelDirs, sharedData, sharedModels } from '../support/data.ts';
import { enrollFolders, listed, matched, strangers } from '../support/people-in-pictures.ts';

/**
 * The people of `../shared/data`: the promise of our own two models (15 of 15 right, no stranger named; at least 19 of the 23 faces
 * in the group photos named, none wrongly), and the same with the embedder that is not ours.
 */

/** Who is where in the group photos, the middle of the face, pixels: two embedders agreed on all 23, each by itself. */
const ON_PHOTOS: readonly (readonly [name: string, x: number, y: number])[][] = [
  [
    ['sheldon', 1049, 140],
    ['leonard', 521, 204],
    ['raj', 260, 193],
    ['howard', 776, 195],
  ],
  [
    ['leonard', 136, 174],
    ['sheldon', 419, 165],
    ['raj', 27, 126],
  ],
  [
    ['leonard', 519, 134],
    ['sheldon', 65, 62],
    ['raj', 393, 143],
    ['howard', 180, 122],
    ['penny', 281, 130],
  ],
  [
    ['leonard', 101, 316],
    ['sheldon', 511, 234],
    ['raj', 278, 98],
    ['amy', 125, 81],
    ['penny', 298, 284],
    ['bernadette', 619, 120],
  ],
  [
    ['raj', 148, 212],
    ['sheldon', 482, 204],
    ['howard', 761, 160],
    ['leonard', 616, 98],
    ['penny', 256, 83],
  ],
];

// Real models on a shared machine: slow is not wrong.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

describe.each(['ghostfacenet-v1-1.3-2', 'mobilefacenet-512'])(
  'enrolled from folders, found in other pictures, with our detector and %s',
  (embedder) => {
    let folder: string;
    let kiosk: Kiosk;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'lintel-kiosk-'));
      kiosk = await openKiosk({
        dataDir: folder,
        modelDirs: [sharedModels, ...modelDirs],
        version: '0',
        embedder,
      });
    });
    afterAll(async () => {
      await kiosk.close();
      await rm(folder, { recursive: true, force: true });
    });

    it('scenes: everyone but three pictures each; nobody is taken for anybody else', async () => {
      const left = await enrollFolders(kiosk, join(sharedData, 'scenes'), 3);
      expect([await matched(kiosk, left), left.length]).toEqual([15, 15]);
    });

    it('strangers are nobody', async () => {
      // The people of the scenes are still enrolled; these are others.
      const others = [join(sharedData, 'pairs/images'), ...(await listed(join(sharedData, 'groups/people')))];
      const files = (await Promise.all(others.map(listed))).flat();
      expect(await strangers(kiosk, files)).toBeGreaterThan(100);
    });

    it('group photos: every face found, no face given a wrong name', async () => {
      await enrollFolders(kiosk, join(sharedData, 'groups/people'));
      let faces = 0;
      let named = 0;
      for (const [index, people] of ON_PHOTOS.entries()) {
        const found = await kiosk.pictures.identify(await readFile(join(sharedData, `groups/bbt${index + 1}.jpg`)));
        faces += found.faces.length;
        for (const { box, match } of found.faces) {
          if (match === null) continue;
          const here = people.filter(
            ([, x, y]) => x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height,
          );
          expect(
            here.map(([name]) => name),
            `bbt${index + 1}`,
          ).toEqual([match.name]);
          named++;
        }
      }
      expect(faces).toBe(23);
      console.log(`${embedder}: ${named} of 23 faces in the group photos named`);
      // One more (raj in bbt1: 0.469, where 0.475 is asked and 0.470 once Howard is known) was named while the risk was twice what was promised.
      expect(named).toBeGreaterThanOrEqual(19);
    });
  },
);
