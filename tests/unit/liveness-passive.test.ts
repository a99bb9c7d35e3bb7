import { describe, expect, it } from 'vitest';
import {
  passiveFrame,
  type PassiveFrame,
  type Plane,
  sharedMotion,
  shiftOf,
  shrink,
} from '../../src/main/liveness/image-motion.ts';
import {
  fft,
  glareOf,
  meanSpectrum,
  PASSIVE_LIMITS,
  passiveScores,
  passiveVerdict,
  PATCH,
  patchSpectrum,
  peakRatio,
  readPassive,
  rectangleAround,
} from '../../src/main/liveness/passive.ts';

const [WIDTH, HEIGHT] = [640, 480];
const FACE = { x: 250, y: 150, width: 140, height: 180 };

/** The same "noise" every time. */
function noise(): () => number {
  let s = 42;
  return () => (s = (s * 16807) % 2147483647) / 2147483647 - 0.5;
}

const plane = (paint: (x: number, y: number) => number): Plane => {
  const data = new Float32Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) data[y * WIDTH + x] = paint(x, y);
  return { width: WIDTH, height: HEIGHT, data };
};
const frameOf = (luma: Plane, at = 0, chroma: Plane = plane(() => 128), face = FACE): PassiveFrame => ({
  at,
  luma,
  chroma,
  face,
});

/** A soft pattern with something to hold on to everywhere; `dx`, `dy` shift it. */
const texture = (x: number, y: number): number => 128 + 40 * Math.sin(x / 9 + y / 23) + 40 * Math.cos(y / 11 - x / 31);

describe('planes', () => {
  it('luma and colour of three pixels worked out by hand', () => {
    const data = Uint8Array.from([255, 255, 255, 255, 0, 255, 0, 255, 200, 0, 100, 255]);
    const { luma, chroma } = passiveFrame({ width: 3, height: 1, channels: 4, data }, FACE, 0);
    expect(luma.data[0]).toBeCloseTo(255, 3);
    expect(luma.data[1]).toBeCloseTo(0.587 * 255, 3);
    expect(chroma.data[0]).toBeCloseTo(128, 3);
    expect(chroma.data[1]).toBeCloseTo(128 + 127.5, 3);
    expect(chroma.data[2]).toBeCloseTo(128 - 75, 3);
  });
});

describe('a rectangle round the face', () => {
  const inRectangle = (x: number, y: number, lean = 0): boolean => {
    const left = 160 + lean * (y - 240);
    return x > left && x < left + 330 && y > 70 - lean * (x - 320) && y < 400;
  };
  it('the edge of a print or a screen is found, straight or leaning', () => {
    expect(
      rectangleAround(
        plane((x, y) => (inRectangle(x, y) ? 150 : 60)),
        FACE,
      ),
    ).toBeGreaterThan(0.95);
    expect(
      rectangleAround(
        plane((x, y) => (inRectangle(x, y, 0.08) ? 150 : 60)),
        FACE,
      ),
    ).toBeGreaterThan(0.85);
  });
  it('two sides, a door behind a person, are no rectangle', () => {
    expect(
      rectangleAround(
        plane((x) => (x > 160 && x < 490 ? 150 : 60)),
        FACE,
      ),
    ).toBeLessThan(0.4);
  });
  it('a frame on the wall, cut by hair and shoulders, is less than a print', () => {
    const onTheWall = plane((x, y) => {
      const body = y > 330 && Math.abs(x - 320) < 300;
      return body ? 100 : inRectangle(x, y) ? 150 : 60;
    });
    expect(rectangleAround(onTheWall, FACE)).toBeLessThan(PASSIVE_LIMITS.border);
  });
  it('noise alone is none', () => {
    const random = noise();
    expect(
      rectangleAround(
        plane(() => 128 + 40 * random()),
        FACE,
      ),
    ).toBeLessThan(0.6);
  });
});

describe('spectrum', () => {
  it('the transform of one wave is one peak', () => {
    const re = Float64Array.from({ length: 16 }, (_, k) => Math.cos((2 * Math.PI * 3 * k) / 16));
    const im = new Float64Array(16);
    fft(re, im);
    re.forEach((v, k) => expect(v).toBeCloseTo(k === 3 || k === 13 ? 8 : 0, 9));
    im.forEach((v) => expect(v).toBeCloseTo(0, 9));
  });
  it('stripes stand far above noise, noise does not', () => {
    const random = noise();
    const plain = plane((x, y) => texture(x, y) + 8 * random());
    const striped = plane((x, y) => texture(x, y) + 8 * random() + 4 * Math.sin(x * 1.3 + y * 0.2));
    const ratio = (p: Plane): number => peakRatio(patchSpectrum(p, FACE)!);
    expect(ratio(plain)).toBeLessThan(PASSIVE_LIMITS.moire);
    expect(ratio(striped)).toBeGreaterThan(PASSIVE_LIMITS.moire);
  });
  it('the blocks of a JPEG are not taken for a screen', () => {
    const random = noise();
    const blocks = plane((x, y) => 128 + 6 * random() + 6 * Number(x % 8 === 0) + 6 * Number(y % 8 === 0));
    expect(peakRatio(patchSpectrum(blocks, FACE)!)).toBeLessThan(PASSIVE_LIMITS.moire);
  });
  it('a picture smaller than the patch has none', () => {
    const small: Plane = { width: PATCH - 1, height: PATCH, data: new Float32Array((PATCH - 1) * PATCH) };
    expect(patchSpectrum(small, FACE)).toBeNull();
  });
  it('the mean of spectra', () => {
    expect([...meanSpectrum([Float32Array.of(1, 2), Float32Array.of(3, 6)])]).toEqual([2, 4]);
  });
});

describe('motion', () => {
  it('finds a shift of a few pixels, and says when there is nothing to see', () => {
    const a = shrink(plane(texture));
    const b = shrink(plane((x, y) => texture(x - 6, y + 4)));
    const [dx, dy] = shiftOf(a, b, () => true)!;
    expect(dx * 4).toBeCloseTo(6, 0);
    expect(dy * 4).toBeCloseTo(-4, 0);
    const blank = shrink(plane(() => 90));
    expect(shiftOf(blank, blank, () => true)).toBeNull();
  });

  /** The face and its background, each shifted by its own amount at each of six moments. */
  const film = (face: number, background: number): { small: Plane; face: typeof FACE }[] =>
    [0, 1, 2, 3, 4, 5].map((k) => ({
      small: shrink(
        plane((x, y) => {
          const inside = Math.abs(x - 320) < 110 && Math.abs(y - 240) < 150;
          return texture(x - k * (inside ? face : background), y);
        }),
      ),
      face: FACE,
    }));
  it('a face before a wall that stands: nothing shared', () => {
    const { ratio, faceMotion } = sharedMotion(film(4, 0));
    expect(faceMotion).toBeCloseTo(4, 0);
    expect(Math.abs(ratio!)).toBeLessThan(0.2);
  });
  it('a print in a hand: all of it shared', () => {
    expect(sharedMotion(film(4, 4)).ratio!).toBeGreaterThan(0.8);
  });
  it('a face that keeps still says nothing', () => {
    expect(sharedMotion(film(0, 0)).ratio).toBeNull();
  });
});

describe('together', () => {
  it('glare is the part of the face that is blown out', () => {
    const half = plane((x) => (x < FACE.x + FACE.width / 2 ? 255 : 100));
    expect(glareOf(frameOf(half))).toBeCloseTo(0.5, 2);
  });
  it('a plain scene is live; each cue alone is enough to say no, and is named', () => {
    const calm = { border: 0.2, moire: 3, glare: 0, shared: null, backgroundMotion: null };
    expect(passiveVerdict(calm)).toMatchObject({ live: true, cues: [] });
    for (const [cue, value] of [
      ['border', 0.95],
      ['moire', 30],
      ['glare', 0.4],
      ['shared', 0.9],
    ] as const) {
      const verdict = passiveVerdict({ ...calm, [cue]: value });
      expect(verdict).toMatchObject({ live: false, cues: [cue] });
      expect(verdict.score).toBeGreaterThan(1);
    }
  });
  it('scores of a film with stripes in colour only', () => {
    const random = noise();
    const frames = [0, 1, 2, 3].map((k) =>
      frameOf(
        plane((x, y) => texture(x, y) + 8 * random()),
        k * 100,
        plane((x, y) => 128 + 3 * random() + 3 * Math.cos(x * 0.9 - y * 0.4 + k)),
      ),
    );
    expect(passiveScores(frames.map(readPassive)).moire).toBeGreaterThan(PASSIVE_LIMITS.moire);
  });
});
