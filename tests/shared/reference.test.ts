/** Agreement with `reference.json`: what a separate implementation of the same formulas gives on the same pictures. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVision } from '../../src/main/vision/in-process.ts';
import type { Vision } from '../../src/main/vision/vision.ts';
import { type Box, iou } from '../../src/shared/geometry.ts';
import { sharedData, sharedModels } from '../support/data.ts';
import { referenceModels } from '../support/vision-models.ts';

interface Reference {
  pictures: {
    file: string;
    width: number;
    height: number;
    faces: { score: number; box: Box; landmarks: [number, number][]; embedding: number[] }[];
  }[];
  aligned: { file: string; embedding: number[] }[];
}

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return dot / Math.sqrt(aa * bb);
};

describe('vision with the published detector agrees with reference.json', () => {
  const reference = JSON.parse(readFileSync(resolve(sharedModels, 'reference.json'), 'utf8')) as Reference;
  let vision: Vision;
  beforeAll(async () => {
    vision = await openVision(referenceModels());
  });
  afterAll(() => vision.close());

  it.each(reference.pictures)(
    '$file: boxes and landmarks within 1.5 px, scores within 0.02, cosine 0.98',
    async (picture) => {
      const seen = await vision.analyzePicture(readFileSync(resolve(sharedData, picture.file)), { embed: 'all' });
      expect([seen.width, seen.height]).toEqual([picture.width, picture.height]);
      expect(seen.faces).toHaveLength(picture.faces.length);
      for (const expected of picture.faces) {
        const face = [...seen.faces].sort((a, b) => iou(b.box, expected.box) - iou(a.box, expected.box))[0]!;
        expect(Math.abs(face.score - expected.score)).toBeLessThanOrEqual(0.02);
        for (const key of ['x', 'y', 'width', 'height'] as const)
          expect(Math.abs(face.box[key] - expected.box[key]), key).toBeLessThanOrEqual(1.5);
        face.landmarks.forEach(([x, y], k) => {
          expect(Math.abs(x - expected.landmarks[k]![0])).toBeLessThanOrEqual(1.5);
          expect(Math.abs(y - expected.landmarks[k]![1])).toBeLessThanOrEqual(1.5);
        });
        expect(cosine(face.embedding!, expected.embedding)).toBeGreaterThanOrEqual(0.98);
      }
    },
  );

  it.each(reference.aligned)('$file, aligned: cosine 0.995', async ({ file, embedding }) => {
    const [vector] = await vision.embedAligned([readFileSync(resolve(sharedData, file))]);
    expect(cosine(vector!, embedding)).toBeGreaterThanOrEqual(0.995);
    expect(Math.hypot(...vector!)).toBeCloseTo(1, 5);
  });
});
