/**
 * Visit after visit through the kiosk's own domain, as fast as it goes, with memory, handles and latency told now and
 * then. `node --expose-gc THIS '{"folder":...,"checkIns":...,"every":...,"vision":"recorded"|"real"}'`; a line of JSON for
 * each sample, then one for the end.
 *
 * `recorded`: embeddings of `../shared/data/celebs` by the real embedder, or drawn ones where those are absent, are replayed
 * by a stand-in for vision. `real`: pictures of `../shared/data/scenes` as camera frames, both models run on each.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { chooseModels, findModels } from '../../src/main/models/find.ts';
import { openKiosk } from '../../src/main/server/kiosk.ts';
import { openVision } from '../../src/main/vision/in-process.ts';
import type { SeenFace, Vision } from '../../src/main/vision/vision.ts';
import type { CheckInView, FrameMessage } from '../../src/shared/domain.ts';
import { recognitionOnly } from './recognition-only.ts';
import {
  drawnRecording,
  recordedFace,
  recordedFrame,
  recordedVision,
  type Recording,
  standInModels,
} from './recorded-vision.ts';

export interface SoakOptions {
  readonly folder: string;
  readonly checkIns: number;
  /** A sample after so many check-ins. */
  readonly every: number;
  readonly vision: 'recorded' | 'real';
  /** Folders of models, and of the pictures; null: drawn embeddings. */
  readonly modelDirs: readonly string[];
  readonly pictures: string | null;
}

export interface SoakSample {
  readonly checkIns: number;
  readonly seconds: number;
  /** Bytes, after a garbage collection. */
  readonly heap: number;
  readonly external: number;
  readonly rss: number;
  /** Timers, sockets and the like that keep a process alive; open files (-1 where the system does not tell). */
  readonly handles: number;
  readonly files: number;
  /** Ms from the frame that decides to the answer that says "checked in", fsync included. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface SoakEnd {
  readonly asked: number;
  readonly acknowledged: number;
  readonly onDisk: number;
  readonly people: number;
  readonly source: string;
  readonly reopenMs: number;
}

interface Cast {
  readonly source: string;
  readonly vision: Vision | null;
  readonly recording: Recording;
  /** What each person is enrolled with. */
  readonly enrolled: readonly (readonly SeenFace[])[];
  /** What the camera sees of each person later. */
  readonly frames: readonly (readonly FrameMessage[])[];
}

const folders = (path: string): string[] => readdirSync(path).sort();

async function castRecorded(options: SoakOptions, real: Vision | null): Promise<Cast> {
  const celebs = options.pictures === null ? null : join(options.pictures, 'celebs');
  let recording = drawnRecording(60, 12);
  let source = 'drawn embeddings of 60 people';
  if (celebs !== null && real !== null) {
    const people = folders(celebs);
    const takes = await Promise.all(
      people.map((name) =>
        real.embedAligned(folders(join(celebs, name)).map((file) => readFileSync(join(celebs, name, file)))),
      ),
    );
    recording = takes;
    source = `embeddings of ${people.length} people recorded from pictures with ${real.models.embedder.id}`;
  }
  return {
    source,
    vision: null,
    recording,
    enrolled: recording.map((takes) => takes.slice(0, Math.ceil(takes.length / 2)).map((one) => recordedFace(one))),
    frames: recording.map((takes, person) =>
      takes.slice(Math.ceil(takes.length / 2)).map((_one, i) => recordedFrame(person, i + Math.ceil(takes.length / 2))),
    ),
  };
}

async function castReal(options: SoakOptions, real: Vision): Promise<Cast> {
  const scenes = join(options.pictures ?? '', 'scenes');
  const frames = await Promise.all(
    folders(scenes).map(async (person) =>
      Promise.all(
        folders(join(scenes, person))
          .slice(0, 5)
          .map(async (file): Promise<FrameMessage> => {
            const picture = sharp(join(scenes, person, file))
              .resize(640)
              .ensureAlpha()
              .raw();
            const { data, info } = await picture.toBuffer({ resolveWithObject: true });
            return { width: info.width, height: info.height, capturedAt: 0, data: new Uint8Array(data) };
          }),
      ),
    ),
  );
  const enrolled: SeenFace[][] = [];
  for (const some of frames) {
    const faces: SeenFace[] = [];
    for (const frame of some.slice(0, 3)) {
      const [face] = await real.analyze({ ...frame, channels: 4 }, { embed: 'largest', pictures: true });
      if (face !== undefined) faces.push(face);
    }
    enrolled.push(faces);
  }
  return {
    source: `camera frames of ${frames.length} people through both models`,
    vision: real,
    recording: [],
    enrolled,
    frames: frames.map((some) => some.slice(2)),
  };
}

const percentile = (sorted: readonly number[], p: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0;

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return -1;
  }
}

async function soak(options: SoakOptions, tell: (line: object) => void): Promise<void> {
  const models =
    options.modelDirs.length === 0 ? null : chooseModels(await findModels({ searchDirs: options.modelDirs }));
  const real = models === null ? null : await openVision(models);
  const cast =
    options.vision === 'real' && real !== null ? await castReal(options, real) : await castRecorded(options, real);
  if (cast.vision === null) await real?.close();
  const aligned = await sharp({ create: { width: 112, height: 112, channels: 3, background: '#987' } })
    .jpeg()
    .toBuffer();
  let wall = Date.UTC(2026, 0, 5, 6);
  let ticks = 0;
  const open = () =>
    openKiosk({
      dataDir: recognitionOnly(join(options.folder, 'data')),
      modelDirs: [standInModels(join(options.folder, 'models'))],
      version: '0.0.0-soak',
      embedder: '',
      clock: { wall: () => wall, ticks: () => ticks },
      vision: (chosen, onState) => {
        onState('ready', null);
        return cast.vision ?? recordedVision(chosen, cast.recording, new Uint8Array(aligned));
      },
    });
  const kiosk = await open();
  await kiosk.models.ready();
  await kiosk.people.save(
    cast.enrolled.map((faces, i) => ({
      kind: 'add' as const,
      name: `Person ${i}`,
      externalId: null,
      group: null,
      consentAt: 1,
      samples: faces.flatMap(({ embedding, quality, pictures }) =>
        embedding === undefined
          ? []
          : [
              {
                source: 'camera' as const,
                pose: null,
                quality,
                pictureSha256: null,
                embedding,
                pictures: pictures ?? { aligned, portrait: aligned },
              },
            ],
      ),
    })),
  );
  await kiosk.updateSettings({ cooldownSeconds: 0, direction: 'alternate' });
  // Their ids in order, as a hash: a hundred thousand of them kept here would look like a leak of the kiosk's.
  const acknowledged = createHash('sha256');
  let count = 0;
  let events = 0;
  let view = { phase: 'idle' } as CheckInView;
  const connection = kiosk.connect((name, payload) => {
    if (name === 'checkedIn') events++;
    if (name === 'view') view = payload as CheckInView;
  });
  const nobody = recordedFrame(null);
  const began = performance.now();
  let latencies: number[] = [];
  let visits = 0;
  const sample = async (): Promise<void> => {
    // Twice with a turn of the loop between: buffers whose owners the first one found dead are freed by the second.
    globalThis.gc?.();
    await new Promise(setImmediate);
    globalThis.gc?.();
    const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
    const sorted = latencies.sort((a, b) => a - b);
    const told: SoakSample = {
      checkIns: count,
      seconds: (performance.now() - began) / 1000,
      heap: heapUsed,
      external: external + arrayBuffers,
      rss,
      handles: process.getActiveResourcesInfo().length,
      files: openFiles(),
      p50: percentile(sorted, 0.5),
      p95: percentile(sorted, 0.95),
      p99: percentile(sorted, 0.99),
    };
    tell(told);
    latencies = [];
  };
  while (count < options.checkIns) {
    const who = visits++ % cast.frames.length;
    const takes = cast.frames[who] ?? [];
    if (visits > options.checkIns * 3 + 100) throw new Error('most visits end without a check-in');
    for (let take = 0; take < 8; take++) {
      ticks += 100;
      wall += 100;
      const frame = takes[(take + visits) % takes.length] ?? nobody;
      const asked = performance.now();
      await connection.call('submitFrame', frame);
      if (view.phase !== 'match') continue;
      latencies.push(performance.now() - asked);
      acknowledged.update(view.checkInId);
      count++;
      if (count % options.every === 0) await sample();
      break;
    }
    // They walk on; the next one comes half a minute later.
    ticks += 4000;
    wall += 30_000;
    await connection.call('submitFrame', nobody);
    // The screen asks now and then, and an hour ends.
    if (visits % 50 === 0) await connection.call('getRecentCheckIns', null);
  }
  connection.close();
  await kiosk.close();
  const reopening = performance.now();
  const again = await open();
  const reopenMs = performance.now() - reopening;
  let onDisk = 0;
  const found = createHash('sha256');
  for await (const checkIn of again.checkIns.read(0, Date.UTC(2100, 0))) {
    found.update(checkIn.id);
    onDisk++;
  }
  if (found.digest('hex') !== acknowledged.digest('hex'))
    throw new Error(`what is on the disk (${onDisk}) is not what was acknowledged (${count})`);
  await again.close();
  await cast.vision?.close();
  if (events !== count) throw new Error(`${events} check-ins were announced, ${count} shown`);
  const end: SoakEnd = {
    asked: options.checkIns,
    acknowledged: count,
    onDisk,
    people: cast.enrolled.length,
    source: cast.source,
    reopenMs,
  };
  tell(end);
}

if (process.argv[1]?.includes('soak-child') === true) {
  const options = JSON.parse(process.argv[2] ?? '{}') as SoakOptions;
  await soak(options, (line) => void process.stdout.write(`${JSON.stringify(line)}\n`));
}
