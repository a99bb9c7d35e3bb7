/** What goes wrong in a kiosk's life, each as something a test can do and undo, and what must be seen meanwhile. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ENROLLED, type Rig } from './rig.ts';

export interface Fault {
  readonly name: string;
  begin(rig: Rig): void | Promise<void>;
  /** Sets right what does not set itself right. */
  end(rig: Rig): void | Promise<void>;
  /** Nobody can be checked in while it lasts. */
  readonly blocks: 'disk' | 'vision' | null;
}

/** A watchdog of five seconds, a new process, and a margin for a busy machine. */
const HUNG_MS = 15_000;
const HOUR = 3_600_000;
const nothing = (): void => undefined;
const embedder = (rig: Rig): string => join(rig.modelsDir, 'embedder.onnx');
const whole = new WeakMap<Rig, Uint8Array>();

export const FAULTS: readonly Fault[] = [
  {
    name: 'vision killed',
    blocks: 'vision',
    begin: (rig) => void process.kill(rig.visionPid, 'SIGKILL'),
    end: nothing,
  },
  {
    name: 'vision hung',
    blocks: 'vision',
    begin: (rig) => void process.kill(rig.visionPid, 'SIGSTOP'),
    end: nothing,
  },
  {
    name: 'disk full',
    blocks: 'disk',
    begin: (rig) => void (rig.disk.error = 'ENOSPC'),
    end: (rig) => void (rig.disk.error = null),
  },
  {
    name: 'read-only folder',
    blocks: 'disk',
    begin: (rig) => void (rig.disk.error = 'EROFS'),
    end: (rig) => void (rig.disk.error = null),
  },
  {
    name: 'slow disk',
    blocks: null,
    begin: (rig) => void (rig.disk.syncMs = 200),
    end: (rig) => void (rig.disk.syncMs = 0),
  },
  {
    name: 'clock two days ahead',
    blocks: null,
    begin: (rig) => void (rig.clockOff += 48 * HOUR),
    end: (rig) => void (rig.clockOff -= 48 * HOUR),
  },
  {
    name: 'clock a month back',
    blocks: null,
    begin: (rig) => void (rig.clockOff -= 31 * 24 * HOUR),
    end: (rig) => void (rig.clockOff += 31 * 24 * HOUR),
  },
  {
    name: 'model file damaged',
    blocks: null,
    begin: (rig) => {
      whole.set(rig, new Uint8Array(readFileSync(embedder(rig))));
      writeFileSync(embedder(rig), 'not a model any more');
    },
    end: async (rig) => {
      writeFileSync(embedder(rig), whole.get(rig) ?? '');
      if (rig.status.vision === 'stopped') await rig.restartVision();
    },
  },
  {
    name: 'WebSocket cut',
    blocks: null,
    begin: async (rig) => {
      await rig.camera.cut();
      rig.camera = await rig.newPage();
    },
    end: nothing,
  },
  {
    name: 'page reloaded',
    blocks: null,
    begin: async (rig) => {
      const old = rig.camera;
      rig.camera = await rig.newPage();
      old.leave();
    },
    end: nothing,
  },
  {
    name: 'camera gone',
    blocks: null,
    begin: (rig) => rig.camera.call('resetCheckIn').then(nothing),
    end: nothing,
  },
];

const has = (faults: readonly Fault[], name: string): boolean => faults.some((fault) => fault.name === name);

/**
 * A kiosk at work meets `faults` at once. While they last nobody is told of a check-in that is not on the disk, and the
 * screen has a reason; when they are over people are checked in again; after a restart everything acknowledged is there.
 */
export async function meet(rig: Rig, faults: readonly Fault[]): Promise<void> {
  expect(await rig.visit(0, 5000)).toBe('checked-in');
  const told = rig.told;
  // In the middle of somebody's visit, and of an operator's enrollment.
  const seen = rig.frames;
  const walking = rig.visit(1, 400);
  const enrolling = rig.enroll();
  await rig.until('somebody is walking up', () => rig.frames > seen + 1, 5000);
  for (const fault of faults) await fault.begin(rig);
  await Promise.all([walking, enrolling]);

  const diskGone = faults.some(({ blocks }) => blocks === 'disk');
  const visionLost = faults.some(({ blocks }) => blocks === 'vision');
  const damaged = visionLost && has(faults, 'model file damaged');
  const before = rig.announced;
  const during = await rig.visit(2, visionLost ? 1500 : diskGone ? 600 : 4000);
  const diskCodes = ['disk-full', 'store-read-only'];
  if (damaged) {
    // Loaded anew, a file that is not what was chosen is refused; nobody is compared by it.
    await rig.until('stopped for the damaged model', () => rig.status.vision === 'stopped', HUNG_MS);
    expect([...diskCodes, 'model-damaged']).toContain(rig.status.trouble?.code);
    const screen = await rig.visit(2, 300);
    expect(['model-damaged', 'vision-stopped']).toContain(screen);
    expect(rig.announced).toBe(before);
  } else if (visionLost) {
    await rig.until('vision was seen to restart', () => rig.visionStates(told).includes('restarting'), HUNG_MS);
    await rig.until('vision is back', () => rig.status.vision === 'ready', HUNG_MS);
  }
  if (diskGone) {
    if (!damaged) {
      const screen = visionLost ? await rig.visit(3, 600) : during;
      expect(diskCodes).toContain(screen);
      expect(diskCodes).toContain(rig.status.trouble?.code);
    }
    expect(rig.announced).toBe(before);
    expect([...diskCodes, 'vision-restarting', 'vision-timeout', 'vision-stopped', 'model-damaged']).toContain(
      await rig.enroll(),
    );
  } else if (!visionLost) expect(during).toBe('checked-in');

  for (const fault of faults) await fault.end(rig);
  await rig.until('vision is back', () => rig.status.vision === 'ready', HUNG_MS);
  for (let person = 0; person < ENROLLED; person++) expect(await rig.visit(person, 8000)).toBe('checked-in');
  expect(await rig.enroll()).toBe('saved');
  expect(rig.status.trouble).toBeNull();
  // A page that comes anew has no operator's session.
  await expect(rig.camera.call('listPeople', {})).rejects.toMatchObject({ code: 'pin-required' });

  const { checkIns, people, notices } = await rig.afterRestart();
  const onDisk = new Set(checkIns.map(({ id }) => id));
  expect([...rig.acknowledged].filter((id) => !onDisk.has(id))).toEqual([]);
  expect([...rig.saved].filter((id) => !people.has(id))).toEqual([]);
  expect(onDisk.size).toBe(checkIns.length);
  // That the data are plain is said at every start; nothing had to be mended.
  expect(notices.filter((code) => code !== 'not-encrypted')).toEqual([]);
}
