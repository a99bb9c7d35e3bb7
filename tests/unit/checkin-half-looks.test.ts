/** Once a check-in is done, most frames are looked at in half size: which, and that nobody else gets less than the whole. */
import { expect, it } from 'vitest';
import { CheckInController, type CheckInService } from '../../src/main/checkin/controller.ts';
import type { Recognition } from '../../src/main/gallery/recognition.ts';
import type { AnalyzeOptions, SeenFace, Vision } from '../../src/main/vision/vision.ts';
import { drawnRecording, recordedFace } from '../support/recorded-vision.ts';

const people = drawnRecording(2);

/** A door at which `faces` stand, 100 ms a frame; tells which frames were looked at in half size. */
function door(faces: () => readonly SeenFace[]) {
  let now = 0;
  const halves: boolean[] = [];
  const vision = {
    analyze: (_frame: unknown, options: AnalyzeOptions) => {
      halves.push(options.half === true);
      return Promise.resolve(faces());
    },
  } as unknown as Vision;
  const known = { id: 'p_1', name: 'Ada', similarity: 0.8 };
  const recognition = {
    recognise: (embedding: Float32Array) => {
      const isAda = people[0]!.includes(embedding);
      return { kind: isAda ? 'match' : 'unknown', candidates: isAda ? [known] : [], threshold: 0.5 };
    },
  } as unknown as Recognition;
  const walkUp = new CheckInController(
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
  return {
    halves,
    view: () => walkUp.view.phase,
    look: async (frames: number) => {
      halves.length = 0;
      for (let i = 0; i < frames; i++) {
        now += 100;
        await walkUp.frame(frame);
      }
      return [...halves];
    },
  };
}

it('before the check-in whole, after it three of four in half', async () => {
  const { look, view } = door(() => [recordedFace(people[0]![0]!, 640, 480)]);
  const first = await look(2);
  expect(first).toEqual([false, false]);
  expect(view()).toBe('match');
  expect(await look(8)).toEqual([true, true, true, false, true, true, true, false]);
});

it('a stranger, and a face far away, are always looked at whole', async () => {
  const stranger = door(() => [recordedFace(people[1]![0]!, 640, 480)]);
  expect(await stranger.look(30)).not.toContain(true);
  expect(stranger.view()).toBe('unknown');
  const small = recordedFace(people[0]![0]!, 640, 480);
  const far = { ...small, box: { x: 280, y: 200, width: 80, height: 100 } };
  expect(await door(() => [far]).look(20)).not.toContain(true);
});

it('whoever steps up after somebody gets whole looks at once', async () => {
  let faces = [recordedFace(people[0]![0]!, 640, 480)];
  const { look, view } = door(() => faces);
  await look(4);
  expect(view()).toBe('match');
  faces = [];
  await look(20);
  faces = [recordedFace(people[1]![0]!, 640, 480)];
  expect(await look(10)).not.toContain(true);
});
