/** Which frames are looked at whole and which only around the face that is followed, and which faces are compared. */
import { expect, it } from 'vitest';
import { CheckInController, type CheckInService } from '../../src/main/checkin/controller.ts';
import type { Recognition } from '../../src/main/gallery/recognition.ts';
import type { AnalyzeOptions, SeenFace, Vision } from '../../src/main/vision/vision.ts';
import { drawnRecording, recordedFace } from '../support/recorded-vision.ts';

const people = drawnRecording(2);

/** A door at which `faces` stand, 100 ms a frame, and `turned` on their sides; tells how each frame was looked at. */
function door(faces: () => readonly SeenFace[], turned: (look: number) => readonly SeenFace[] = () => []) {
  let now = 0;
  /** Frames looked at turned, and in which turns the one now is. */
  let turns = 0;
  let left: number[] = [];
  let isConfirming = false;
  const looks: AnalyzeOptions[] = [];
  const averaged: (readonly Float32Array[])[] = [];
  const vision = {
    analyze: (_frame: unknown, options: AnalyzeOptions) => {
      looks.push(options);
      if (options.once === true) {
        if (left.length === 0) {
          turns++;
          left = isConfirming ? [0, 90] : [0, 90, 180, 270];
        }
        const seen = left.shift() === 90 ? turned(turns) : [];
        if (seen.length > 0) isConfirming = true;
        return Promise.resolve(seen);
      }
      const plain = faces().map((face) => ({ ...face, embedding: undefined }));
      return Promise.resolve(options.embed === 'none' ? plain : faces());
    },
  } as unknown as Vision;
  const known = { id: 'p_1', name: 'Ada', similarity: 0.8 };
  const recognition = {
    recognise: (embedding: Float32Array, earlier: readonly Float32Array[]) => {
      averaged.push(earlier);
      const isAda = people[0]!.includes(embedding);
      return { kind: isAda ? 'match' : 'unknown', candidates: isAda ? [known] : [], threshold: 0.5 };
    },
  } as unknown as Recognition;
  const controller = new CheckInController(
    {
      clock: { ticks: () => now, wall: () => now },
      vision: () => vision,
      recognition,
      checkIns: {
        config: { votes: { needed: 2, of: 3, withinMs: 1500 }, cooldownMs: 60_000, sameFace: 0.4 },
        last: () => null,
        ask: () => null,
        isConfused: () => false,
        confused: () => Promise.resolve(),
        record: ({ personId }) =>
          Promise.resolve({
            kind: 'recorded',
            checkIn: { id: 'c_1', at: now, personId, name: 'Ada', direction: 'in' },
          } as Awaited<ReturnType<CheckInService['record']>>),
      },
      pictureOf: () => Promise.resolve(null),
    },
    () => undefined,
  );
  const frame = { width: 640, height: 480, capturedAt: 0, data: new Uint8Array(640 * 480 * 4) };
  let said: number | undefined;
  return {
    /** What was averaged with each face that was compared. */
    averaged,
    view: () => controller.view.phase,
    frame,
    said: () => said,
    /** How many frames were looked at turned, of so many. */
    turns: async (frames: number) => {
      const before = turns;
      for (let i = 0; i < frames; i++) {
        now += 100;
        said = (await controller.frame(frame)).turned;
        // Such looks are made after the answer is on its way.
        await new Promise((later) => setImmediate(later));
        await new Promise((later) => setImmediate(later));
      }
      return turns - before;
    },
    /** Nothing is seen for a while. */
    wait: (ms: number) => (now += ms),
    look: async (frames: number) => {
      looks.length = 0;
      for (let i = 0; i < frames; i++) {
        now += 100;
        await controller.frame(frame);
      }
      return [...looks];
    },
  };
}

it('whoever is alone is looked for where they were, the whole frame four times a second', async () => {
  const face = recordedFace(people[1]![0]!, 640, 480);
  const looks = await door(() => [face]).look(9);
  const whole = looks.map(({ around }) => around === undefined);
  expect(whole).toEqual([true, false, false, true, false, false, true, false, false]);
  expect(looks[1]!.around).toEqual(face.box);
});

it('with a second person there, every frame is looked at whole', async () => {
  const face = recordedFace(people[1]![0]!, 640, 480);
  const second = { ...face, box: { x: 20, y: 20, width: 60, height: 80 } };
  expect((await door(() => [face, second]).look(9)).filter(({ around }) => around !== undefined)).toEqual([]);
});

it('a face far in the background is no second person', async () => {
  const face = recordedFace(people[1]![0]!, 640, 480);
  const poster = { ...face, box: { x: 20, y: 20, width: 20, height: 26 } };
  expect((await door(() => [face, poster]).look(3)).map(({ around }) => around !== undefined)).toEqual([
    false,
    true,
    true,
  ]);
});

it('before the decision every good face is compared, after it now and then, and a swap is still noticed', async () => {
  let faces = [recordedFace(people[0]![0]!, 640, 480)];
  const { look, view } = door(() => faces);
  expect((await look(2)).map(({ embed, onlyGood }) => [embed, onlyGood])).toEqual([
    ['largest', true],
    ['largest', true],
  ]);
  expect(view()).toBe('match');
  expect((await look(6)).map(({ embed }) => embed)).toEqual(['none', 'none', 'largest', 'none', 'none', 'largest']);
  // Somebody else, just where the first one stood.
  faces = [recordedFace(people[1]![0]!, 640, 480)];
  await look(14);
  expect(view()).toBe('unknown');
});

it('whoever steps up after somebody is compared at once', async () => {
  let faces = [recordedFace(people[0]![0]!, 640, 480)];
  const { look, view } = door(() => faces);
  await look(4);
  expect(view()).toBe('match');
  faces = [];
  await look(20);
  faces = [recordedFace(people[1]![0]!, 640, 480)];
  expect((await look(5)).map(({ embed }) => embed)).not.toContain('none');
});

it('an empty room is looked at in four turns while something moves in it, and no more once all is still', async () => {
  const { turns, frame } = door(() => []);
  // The first thing that is seen is news.
  expect(await turns(100)).toBe(7);
  expect(await turns(600)).toBe(0);
  // Noise of a sensor, and somebody who walks through.
  frame.data.forEach((_, i) => (frame.data[i] = (i * 7919) % 5));
  expect(await turns(100)).toBe(0);
  frame.data.fill(90, 0, 640 * 4 * 100);
  expect(await turns(20)).toBe(4);
  expect(await turns(600)).toBe(3);
});

it('a face that was seen turned is looked at until that is sure, also when it stands still', async () => {
  const face = recordedFace(people[1]![0]!, 640, 480);
  // Seen for the first time in the last look before all has been still for long enough.
  const { turns, said } = door(
    () => [],
    (look) => (look < 7 ? [] : [face]),
  );
  expect(await turns(31)).toBe(7);
  expect(said()).toBeUndefined();
  expect(await turns(300)).toBe(2);
  expect(said()).toBe(90);
});

const at = (person: number, picture: number) => recordedFace(people[person]![picture]!, 640, 480);

it('a face is decided by the mean of its last ten frames, until it has a name', async () => {
  const stranger = door(() => [at(1, 0)]);
  // 300 ms in, nothing is decided yet about a stranger, so every frame is compared.
  await stranger.look(5);
  expect(stranger.averaged.map(({ length }) => length)).toEqual([0, 1, 2, 3, 4]);
  await stranger.look(30);
  expect(Math.max(...stranger.averaged.map(({ length }) => length))).toBe(9);
  expect(stranger.averaged.at(-1)![0]).toBe(people[1]![0]);

  const ada = door(() => [at(0, 0)]);
  await ada.look(12);
  expect(ada.view()).toBe('match');
  expect(ada.averaged.map(({ length }) => length)).toEqual([0, 1, 0, 0, 0]);
});

it('nobody else’s frames are averaged with a face: not those of who stood there before, beside, or long ago', async () => {
  let faces = [at(1, 0)];
  const { look, averaged, wait } = door(() => faces);
  await look(3);
  faces = [at(0, 0)];
  await look(2);
  expect(averaged.map((one) => one.map((vector) => people.findIndex((some) => some.includes(vector))))).toEqual([
    [],
    [1],
    [1, 1],
    [],
    [0],
  ]);
  averaged.length = 0;
  wait(2000);
  await look(1);
  expect(averaged).toEqual([[]]);
  // Far away from where the first one was.
  faces = [{ ...at(0, 0), box: { x: 20, y: 140, width: 150, height: 190 } }];
  averaged.length = 0;
  await look(1);
  expect(averaged.flat()).toEqual([]);
});
