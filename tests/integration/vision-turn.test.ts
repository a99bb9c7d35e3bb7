/** Which way up a camera's picture is, told by the face in it: real models, real people, four ways up. */
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVision } from '../../src/main/vision/in-process.ts';
import { isUpright } from '../../src/main/vision/quality.ts';
import { shrunkFrame, turnedFrame } from '../../src/main/vision/picture.ts';
import { uprightTurn } from '../../src/main/vision/upright.ts';
import type { Frame, Vision } from '../../src/main/vision/vision.ts';
import { scene } from '../support/people.ts';
import { ownModels } from '../support/vision-models.ts';

const PEOPLE = ['person-01', 'person-02', 'person-03', 'person-04', 'person-05'];

async function frameOf(file: string, turn = 0): Promise<Frame> {
  const { data, info } = await sharp(file).rotate(turn).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 4, data };
}

describe('a turned frame', () => {
  it.each([90, 180, 270] as const)('is what sharp makes of it, by %d degrees', async (turn) => {
    const [file] = scene('person-01') as [string];
    const frame = await frameOf(file);
    const turned = turnedFrame(shrunkFrame(frame, 1), turn);
    const { data, info } = await sharp(file).rotate(turn).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect([turned.width, turned.height]).toEqual([info.width, info.height]);
    expect(Buffer.compare(turned.data, data)).toBe(0);
    expect(Buffer.compare(turnedFrame(turned, (360 - turn) as 90).data, shrunkFrame(frame, 1).data)).toBe(0);
  });

  it('of half the size has the means of its pixels, without what is left over at the edges', () => {
    const data = Uint8Array.from([1, 2, 3, 0, 5, 6, 7, 0, 9, 9, 9, 0, 9, 10, 11, 0, 13, 14, 15, 0, 9, 9, 9, 0]);
    expect(shrunkFrame({ width: 3, height: 2, channels: 4, data }, 2)).toEqual({
      width: 1,
      height: 1,
      channels: 3,
      data: Uint8Array.from([7, 8, 9]),
    });
  });
});

describe('which way up', () => {
  let vision: Vision;
  beforeAll(async () => {
    vision = await openVision(ownModels());
  });
  afterAll(() => vision.close());
  const look = (frame: Frame) => vision.analyze(frame, { embed: 'none', once: true });

  it.each([0, 90, 180, 270] as const)('a picture turned by %d degrees is turned back, for everybody', async (turn) => {
    for (const person of PEOPLE)
      for (const file of scene(person).slice(0, 4))
        expect(await uprightTurn(await frameOf(file, turn), look), file).toBe((360 - turn) % 360);
  });

  it('nothing is said of a room without anybody', async () => {
    const room = sharp(scene('person-01')[0]!).extract({ left: 0, top: 0, width: 160, height: 120 }).resize(640, 480);
    const { data, info } = await room.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    expect(await uprightTurn({ width: info.width, height: info.height, channels: 4, data }, look)).toBeNull();
  });

  it('landmarks of upright faces are upright; the same turned by half or a quarter are not', async () => {
    for (const person of PEOPLE) {
      const [face] = await look(await frameOf(scene(person)[0]!));
      const points = face!.landmarks;
      expect(isUpright(points), person).toBe(true);
      expect(isUpright(points.map(([x, y]) => [-x, -y] as const))).toBe(false);
      expect(isUpright(points.map(([x, y]) => [-y, x] as const))).toBe(false);
      expect(isUpright(points.map(([x, y]) => [y, -x] as const))).toBe(false);
    }
  });
});
