/** `lintel bench`, on processes: how long one takes to its first answer, and what of the processor a kiosk takes while it runs. */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kiosk } from '../../server/kiosk.ts';
import { type Timing, timingOf } from '../../vision/bench.ts';

interface StartBench {
  readonly runs: number;
  /** Milliseconds from the start of a process to its answer. `identify` of one picture: the compiled entry, without npm. */
  readonly identify: Timing;
  /** The same of `node -e` that prints a line and does nothing else: what no program in Node can go below. */
  readonly emptyNode: Timing;
}

/**
 * Starts processes in turn, so that whatever else the machine does slows both alike.
 * @param root the folder of package.json
 * @param picture path of a picture
 * @param dataDir an empty folder
 */
export async function benchStart(root: string, picture: string, dataDir: string, runs = 9): Promise<StartBench> {
  const identify: number[] = [];
  const emptyNode: number[] = [];
  const program = join(root, 'out/main/cli.js');
  // The first of each fills the system's cache of files.
  for (let run = -1; run < runs; run++) {
    const empty = await toFirstOutput(['-e', 'console.log(0)']);
    const answer = await toFirstOutput([program, 'identify', picture, '--data', dataDir, '--json']);
    if (run < 0) continue;
    emptyNode.push(empty);
    identify.push(answer);
  }
  return { runs, identify: timingOf(identify), emptyNode: timingOf(emptyNode) };
}

/** Milliseconds until a Node process has printed something. @throws Error when it fails */
function toFirstOutput(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env };
    delete env['npm_lifecycle_event'];
    const from = performance.now();
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let took = Number.NaN;
    child.stdout.once('data', () => (took = performance.now() - from));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(took) : reject(new Error(`a process ended with ${code}`))));
  });
}

interface LoadBench {
  /** Seconds each was watched for. */
  readonly seconds: number;
  /** CPU seconds a minute of the kiosk's process and that of its models: an empty room, five frames a second. */
  readonly idle: number;
  /** The same while a face is followed, fifteen frames a second (or as many as were looked at, see `busyFramesPerSecond`). */
  readonly busy: number;
  readonly busyFramesPerSecond: number;
}

/** As the screen sends frames, see `PACE` in src/renderer/camera/frame-sender.ts; milliseconds. */
const IDLE_MS = 200;
const BUSY_MS = 66;

/**
 * @param visionPid the process that runs the models, once it does
 * @param face a frame with the face of somebody who is enrolled, RGBA
 * @returns null where the system does not tell what another process used (Windows)
 */
export async function benchLoad(
  kiosk: Kiosk,
  visionPid: () => number | null,
  face: { readonly width: number; readonly height: number; readonly data: Uint8Array },
  seconds = 10,
): Promise<LoadBench | null> {
  const connection = kiosk.connect(() => undefined);
  const { width, height } = face;
  const send = (data: Uint8Array): Promise<unknown> =>
    connection.call('submitFrame', { width, height, capturedAt: Date.now(), data });
  const used = (): number | null => {
    const pid = visionPid();
    const other = pid === null ? null : cpuSecondsOf(pid);
    const { user, system } = process.cpuUsage();
    return other === null ? null : other + (user + system) / 1e6;
  };
  const watch = async (data: Uint8Array, pace: number): Promise<{ perMinute: number; rate: number } | null> => {
    await send(data);
    const before = used();
    const from = performance.now();
    let frames = 0;
    for (; performance.now() - from < seconds * 1000; frames++) {
      const due = performance.now() + pace;
      await send(data);
      await sleep(Math.max(0, due - performance.now()));
    }
    const took = (performance.now() - from) / 1000;
    const after = used();
    if (before === null || after === null) return null;
    return { perMinute: ((after - before) / took) * 60, rate: frames / took };
  };
  const idle = await watch(emptyRoom(width, height), IDLE_MS);
  const busy = await watch(face.data, BUSY_MS);
  if (idle === null || busy === null) return null;
  return { seconds, idle: idle.perMinute, busy: busy.perMinute, busyFramesPerSecond: busy.rate };
}

/** A wall, lighter above than below, with a door in it; RGBA. */
function emptyRoom(width: number, height: number): Uint8Array {
  const data = new Uint8Array(4 * width * height).fill(255);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const door = x > width * 0.6 && x < width * 0.8 && y > height * 0.2;
      data.fill(door ? 90 : 200 - Math.round((60 * y) / height), 4 * (y * width + x), 4 * (y * width + x) + 3);
    }
  return data;
}

/** CPU seconds a process has used; null where the system does not say. */
function cpuSecondsOf(pid: number): number | null {
  try {
    if (process.platform === 'linux') {
      // proc(5): fields 14 and 15, user and system time in hundredths of a second; the name in field 2 may hold anything.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    }
    if (process.platform === 'win32') return null;
    const time = execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return time.split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0);
  } catch {
    return null;
  }
}
