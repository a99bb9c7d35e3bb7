import { describe, expect, it } from 'vitest';
import { meshObservation } from '../../src/main/liveness/observation.ts';
import { faceMeshOf } from '../../src/renderer/camera/oval.ts';
import { LintelError } from '../../src/shared/errors.ts';
import { faceMeshSchema } from '../../src/shared/liveness.ts';

/** The head matrix of a turn by `degrees` to the picture's right, column by column. */
const turned = (degrees: number): number[] => {
  const [s, c] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  return [c, 0, -s, 0, 0, 1, 0, 0, s, 0, c, 0, 1, 2, -40, 1];
};
const result = (points = 478, matrix = turned(20)) => ({
  faceLandmarks: [Array.from({ length: points }, (_, i) => ({ x: i / 1000, y: 0.25, z: -0.5, visibility: 0 }))],
  faceBlendshapes: [
    {
      headIndex: 0,
      headName: '',
      categories: [
        { categoryName: 'jawOpen', score: 0.7, index: 0, displayName: '' },
        { categoryName: 'eyeBlinkLeft', score: 1.02, index: 0, displayName: '' },
      ],
    },
  ],
  facialTransformationMatrixes: [{ rows: 4, columns: 4, data: matrix }],
});
const frame = { width: 640, height: 480, capturedAt: 77 };

describe('the face mesh on its way', () => {
  it('comes out in pixels as it went in, and fits the schema', () => {
    const mesh = faceMeshSchema.parse(faceMeshOf(result()));
    const seen = meshObservation(mesh, frame, true);
    expect([...seen.points.subarray(300, 303)]).toEqual([64, 120, -320].map((v) => expect.closeTo(v, 3)));
    expect(seen).toMatchObject({ kind: 'mesh', at: 77, sameFace: true });
    expect(seen.yaw).toBeCloseTo(20, 9);
    expect(seen.pitch).toBeCloseTo(0, 9);
    expect(seen.blendshapes).toEqual({
      eyeBlinkLeft: 1,
      eyeBlinkRight: 0,
      mouthSmileLeft: 0,
      mouthSmileRight: 0,
      jawOpen: 0.7,
    });
  });
  it('works from bytes that begin anywhere, as they do after the socket', () => {
    const mesh = faceMeshOf(result())!;
    const shifted = new Uint8Array(mesh.landmarks.byteLength + 3);
    shifted.set(mesh.landmarks, 3);
    const seen = meshObservation({ ...mesh, landmarks: shifted.subarray(3) }, frame, true);
    expect(seen.points[300]).toBeCloseTo(64, 3);
  });
  it('is null without a face or without all its parts', () => {
    expect(faceMeshOf({ faceLandmarks: [], faceBlendshapes: [], facialTransformationMatrixes: [] })).toBeNull();
    expect(faceMeshOf(result(468))).toBeNull();
    expect(faceMeshOf({ ...result(), facialTransformationMatrixes: [] })).toBeNull();
    expect(faceMeshOf({ ...result(), faceBlendshapes: [] })).toBeNull();
  });
  it('refuses what is not numbers', () => {
    const mesh = faceMeshOf(result())!;
    const bad = Uint8Array.from(mesh.landmarks);
    new DataView(bad.buffer).setFloat32(40, Number.NaN, true);
    expect(() => meshObservation({ ...mesh, landmarks: bad }, frame, true)).toThrow(LintelError);
    expect(faceMeshSchema.safeParse({ ...mesh, landmarks: bad.subarray(4) }).success).toBe(false);
    expect(faceMeshSchema.safeParse({ ...mesh, matrix: [1, 2] }).success).toBe(false);
  });
});
