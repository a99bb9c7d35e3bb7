/** Does the room behind a face wander as one? Rooms made of formulas, looked at five times a second for three seconds. */
import { describe, expect, it } from 'vitest';
import { backgroundMotion, type View, withView } from '../../src/main/liveness/background-motion.ts';
import type { Plane } from '../../src/main/liveness/image-motion.ts';
import { PASSIVE_LIMITS } from '../../src/main/liveness/passive.ts';

const [WIDTH, HEIGHT] = [160, 120];
/** Pixels of the full frame, four to one of `small`. */
const FACE = { x: 240, y: 140, width: 160, height: 200 };
const LIMIT = PASSIVE_LIMITS.backgroundMotion;

/** Shelves and pictures on a wall, with something to hold on to everywhere; pixels of the full frame. */
const room = (x: number, y: number): number => 128 + 30 * Math.sin(x / 14 + y / 40) + 30 * Math.cos(y / 17 - x / 50);

/** Where the room is at `t` seconds, pixels of the full frame; `scale` about the picture's middle. */
interface Place {
  readonly x?: number;
  readonly y?: number;
  readonly scale?: number;
}

function views(
  placeAt: (t: number) => Place,
  paint: (x: number, y: number, t: number) => number = room,
  more: Partial<View> = {},
): View[] {
  let s = 42;
  const noise = (): number => (s = (s * 16807) % 2147483647) / 2147483647 - 0.5;
  return Array.from({ length: 16 }, (_, i) => {
    const t = i * 0.2;
    const { x: dx = 0, y: dy = 0, scale = 1 } = placeAt(t);
    const data = new Float32Array(WIDTH * HEIGHT);
    for (let y = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++) {
        const [u, v] = [(x * 4 - 320) / scale + 320 - dx, (y * 4 - 240) / scale + 240 - dy];
        data[y * WIDTH + x] = paint(u, v, t) + 2 * noise();
      }
    return { at: t * 1000, small: { width: WIDTH, height: HEIGHT, data }, face: FACE, ...more };
  });
}
const tremor = (t: number): Place => ({ x: 2 * Math.sin(2 * t), y: 1.5 * Math.cos(3.1 * t) });

describe('a room that', () => {
  it.each<[string, (t: number) => Place, Parameters<typeof views>[1]?]>([
    ['stands', () => ({})],
    ['gets darker and brighter', () => ({}), (x, y, t) => room(x, y) * (1 + 0.2 * Math.sin(2 * t))],
    ['is knocked once', (t) => (t < 1.1 ? {} : { x: 6, y: -3 })],
    ['breathes as a lens does that looks for its focus', (t) => ({ scale: 1 + 0.012 * Math.sin(2 * t) })],
    [
      'somebody walks through',
      () => ({}),
      (x, y, t) => (x > 200 * t - 150 && x < 200 * t + 50 ? 128 + 60 * Math.sin((x - 200 * t) / 9) : room(x, y)),
    ],
    [
      'has a curtain in the wind along one side',
      () => ({}),
      (x, y, t) => (x < 120 ? room(x - 4 * Math.sin(3 * t), y) : room(x, y)),
    ],
  ])('%s is no sign', (_what, placeAt, paint) => {
    expect(backgroundMotion(views(placeAt, paint))).toBeLessThan(LIMIT / 2);
  });

  it.each<[string, (t: number) => Place, Parameters<typeof views>[1]?]>([
    ['trembles in a hand', tremor],
    ['trembles while the light changes', tremor, (x, y, t) => room(x, y) * (1 + 0.1 * Math.sin(2 * t))],
    ['drifts by a few pixels', (t) => ({ x: 1.6 * t })],
    // One direction only can be told of upright edges; that is enough.
    ['trembles and has upright edges only', tremor, (x) => 128 + 40 * Math.sin(x / 7)],
  ])('%s is one', (_what, placeAt, paint) => {
    expect(backgroundMotion(views(placeAt, paint))).toBeGreaterThan(LIMIT);
  });
});

describe('nothing is said', () => {
  it('before a blank wall', () => {
    expect(backgroundMotion(views(tremor, () => 128))).toBeNull();
  });

  it('of too short a time, or of pictures of several sizes', () => {
    const some = views(tremor);
    expect(backgroundMotion(some.slice(0, 5))).toBeNull();
    const small: Plane = { width: 80, height: 60, data: new Float32Array(80 * 60) };
    expect(backgroundMotion([...some, { ...some[0]!, small }])).toBeNull();
  });

  it('of whoever stands beside before a blank wall: their shirt is no room', () => {
    const shirt = (x: number, y: number): number => (x > 480 && y > 120 ? room(x, y) : 128);
    const swaying = views((t) => ({ x: 4 * Math.sin(2 * t) }), shirt);
    expect(
      backgroundMotion(swaying.map((view) => ({ ...view, others: [{ x: 520, y: 60, width: 90, height: 110 }] }))),
    ).toBe(null);
  });
});

describe('the views that are kept', () => {
  const view = (at: number): View => ({ ...views(() => ({})).slice(0, 1)[0]!, at });
  it('are a fifth of a second apart, of the last eight seconds, and not more than two dozen', () => {
    const kept = (every: number): readonly number[] => {
      let all: readonly View[] = [];
      const one = view(0);
      for (let at = 0; at <= 20_000; at += every) all = withView(all, { ...one, at });
      return all.map(({ at }) => at);
    };
    expect(kept(100)).toHaveLength(24);
    expect(kept(100).slice(-2)).toEqual([19_800, 20_000]);
    expect(kept(1000)).toEqual([12, 13, 14, 15, 16, 17, 18, 19, 20].map((s) => s * 1000));
  });
});
