/**
 * A sign of life as a clone asks for it, without MediaPipe's landmarker: real detector, real embedder, the question at the door, and a
 * (synthesised) head that answers it by turning.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Kiosk, openKiosk } from '../../src/main/server/kiosk.ts';
import type { FrameMessage } from '../../src/shared/domain.ts';
import { modelDirs } from '../support/data.ts';
import { nobody, ClientSession } from '../support/client-session.ts';
import { scene } from '../support/people.ts';
import { turningHead } from '../support/turning-head.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

describe('asked to turn the head, without a landmarker', () => {
  let folder: string;
  let kiosk: Kiosk;
  let window: ClientSession;
  let head: (degrees: number, flat?: boolean) => FrameMessage;
  let now = Date.UTC(2026, 4, 4, 9);
  const person = 'person-01';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lintel-turn-'));
    kiosk = await openKiosk({
      dataDir: folder,
      modelDirs,
      version: '0',
      embedder: '',
      clock: { wall: () => now, ticks: () => now },
    });
    await kiosk.models.ready();
    const read = async (file: string) => ({ file, bytes: await readFile(file) });
    await kiosk.pictures.enroll([
      { name: 'Ada', consentAt: 1, pictures: await Promise.all(scene(person).slice(0, 5).map(read)) },
    ]);
    const still = scene(person)[5]!;
    const { faces } = await kiosk.pictures.identify(await readFile(still));
    head = await turningHead(still, faces[0]!.landmarks);
    window = new ClientSession(kiosk);
  });
  afterAll(async () => {
    await kiosk.close();
    await rm(folder, { recursive: true, force: true });
  });

  const show = async (frame: FrameMessage): Promise<void> => {
    now += 100;
    await window.call('submitFrame', { ...frame, capturedAt: now });
  };
  const question = (): string | null => {
    const { view } = window;
    return view.phase === 'challenge' ? view.action : null;
  };
  beforeEach(async () => {
    now += 3_600_000;
    for (let i = 0; i < 20; i++) await show(nobody);
  });

  /** Stands still, and turns half a second after being asked: the way that was asked (1) or the other (-1). */
  async function answer(way: 1 | -1, flat = false): Promise<void> {
    let asked = 0;
    for (let i = 0; i < 150 && !['match', 'not-live'].includes(window.view.phase); i++) {
      const action = question();
      asked = action === null ? 0 : asked + 1;
      const sign = action === 'turn-left' ? way : -way;
      await show(head(sign * Math.min(42, Math.max(0, 6 * (asked - 5))), flat));
    }
  }

  it('a head that turns as asked is checked in', async () => {
    await answer(1);
    expect(window.view).toMatchObject({ phase: 'match', name: 'Ada' });
    expect((await kiosk.checkInService.log(null)).checkIns.map(({ name }) => name)).toEqual(['Ada']);
  });

  it.each([
    ['a head that turns the other way', -1, false],
    ['a picture that is bent as far', 1, true],
  ] as const)('%s is not', async (_who, way, flat) => {
    const before = (await kiosk.checkInService.log(null)).checkIns.length;
    await answer(way, flat);
    expect(window.view.phase).toBe('not-live');
    expect((await kiosk.checkInService.log(null)).checkIns).toHaveLength(before);
  });
});
