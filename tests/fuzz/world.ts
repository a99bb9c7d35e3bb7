/** A kiosk to throw things at: real in everything but its eyes, with both hosts, and a record of what each call wrote. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { type BrowserHost, serveKiosk } from '../../src/main/hosts/web/server.ts';
import type { KioskConnection, KioskHost } from '../../src/main/server/connection.ts';
import { type Kiosk, openKiosk } from '../../src/main/server/kiosk.ts';
import { DEFAULT_SETTINGS } from '../../src/shared/domain.ts';
import { drawnPicture } from '../support/drawn-people.ts';
import { recognitionOnly } from '../support/recognition-only.ts';
import { drawnRecording, recordedFrame, recordedVision, standInModels } from '../support/recorded-vision.ts';
import { faultyOps } from '../support/storage-ops.ts';

export const PIN = '86420975';

/** What one call did, whichever host it came through. */
export interface CallTrace {
  readonly name: string;
  /** Steps that changed something on the disk, e.g. `write people.json.tmp`. */
  readonly wrote: string[];
  /** Why it failed inside, when that is not for the caller. */
  cause: unknown;
}

export interface World {
  readonly kiosk: Kiosk;
  /** The kiosk as the hosts hold it; each call through it leaves a trace. */
  readonly host: KioskHost;
  readonly server: BrowserHost;
  readonly dataDir: string;
  /** The traces since this was last asked for. */
  takeTraces(): CallTrace[];
  /** Puts ids and pictures that exist right now in the place of placeholders. */
  fill(input: unknown): unknown;
  /** Makes a state in which most calls could succeed: people, default settings, and through the host drafts and a question. */
  ready(call: (name: string, input: unknown) => Promise<unknown>): Promise<void>;
  /** Remembers ids that a reply gave. */
  learn(name: string, value: unknown): void;
  /** Lets the waits after wrong PINs pass. */
  passTime(ms: number): void;
  /** SHA-256 of every file in the data folder by its path. */
  fingerprint(): Map<string, string>;
  close(): Promise<void>;
}

export async function openWorld(folder: string): Promise<World> {
  const dataDir = recognitionOnly(join(folder, 'data'));
  const rendererDir = join(folder, 'renderer');
  mkdirSync(rendererDir, { recursive: true });
  writeFileSync(join(rendererDir, 'index.html'), '<!doctype html><title>page</title>');
  const picture = new Uint8Array(
    await sharp({ create: { width: 112, height: 112, channels: 3, background: '#987' } })
      .jpeg()
      .toBuffer(),
  );
  const pictures = await Promise.all([20, 140, 260].map(async (hue) => jpegOf(await drawnPicture(hue))));
  const recording = drawnRecording(40);
  const acting = new AsyncLocalStorage<CallTrace>();
  const ops = faultyOps({ before: (step) => void acting.getStore()?.wrote.push(step) });
  let later = 0;
  const kiosk = await openKiosk({
    dataDir,
    modelDirs: [standInModels(join(folder, 'models'))],
    version: '0.0.0-fuzz',
    embedder: '',
    clock: { wall: () => Date.now() + later, ticks: () => performance.now() },
    fileOps: ops,
    vision: (models, onState) => {
      onState('ready', null);
      return recordedVision(models, recording, picture);
    },
  });
  await kiosk.models.ready();
  const start = (name: string, takes: readonly Float32Array[]) => ({
    kind: 'add' as const,
    name,
    externalId: null,
    group: 'Staff',
    consentAt: 1,
    samples: takes.slice(0, 2).map((embedding) => ({
      source: 'camera' as const,
      pose: null,
      quality: {
        score: 1,
        eyeDistance: 60,
        sharpness: 90,
        brightness: 120,
        pose: { yaw: 0, pitch: 0, roll: 0 },
        truncated: 0,
        issues: [],
      },
      pictureSha256: null,
      embedding,
      pictures: { aligned: picture, portrait: picture },
    })),
  });
  let born = 0;
  const populate = async (least: number): Promise<void> => {
    while (kiosk.people.size < least)
      await kiosk.people.save([start(`Person ${born}`, recording[born++ % recording.length] ?? [])]);
  };
  await populate(2);
  await kiosk.operator.create(PIN);
  const stick = join(folder, 'stick');
  mkdirSync(stick);
  const plan = { folder: stick, everyHours: 24, keep: 2, forgetDeleted: true };
  await kiosk.backups.plan(plan, 'the passphrase of backups');
  await kiosk.backups.now();

  let traces: CallTrace[] = [];
  const traced = (connection: KioskConnection): KioskConnection => ({
    call: (name, input) => {
      const trace: CallTrace = { name, wrote: [], cause: undefined };
      traces.push(trace);
      return acting.run(trace, async () => {
        try {
          return await connection.call(name, input);
        } catch (error) {
          trace.cause = (error as Error).cause;
          throw error;
        }
      });
    },
    close: () => connection.close(),
  });
  const host: KioskHost = {
    connect: (send) => traced(kiosk.connect(send)),
    onLeaveKiosk: null,
    close: () => kiosk.close(),
  };
  const server = await serveKiosk(host, {
    assets: { rendererDir, resourcesDir: rendererDir, mediapipeDir: rendererDir, landmarker: () => null },
  });

  let turn = 0;
  const known = { draft: '', evaluation: '', checkIn: '', sample: '' };
  const idOf = (placeholder: string): string => {
    const all = kiosk.people.all();
    // Whoever has more than one sample can lose one.
    const someone = all.find((person) => person.samples.length > 1) ?? all[0];
    switch (placeholder) {
      case '@person':
        return someone?.id ?? '';
      case '@other':
        return all.at(-1)?.id ?? '';
      case '@sample':
        return turn++ % 2 === 0 ? known.sample : (someone?.samples[0]?.id ?? '');
      case '@draft':
        return known.draft;
      case '@evaluation':
        return known.evaluation;
      case '@stick':
        return stick;
      case '@backup':
        return readdirSync(stick).at(-1) ?? '';
      default:
        return known.checkIn;
    }
  };
  const fill = (value: unknown, depth = 0): unknown => {
    if (depth > 8) return value;
    if (value === '@picture') return pictures[turn++ % pictures.length];
    if (typeof value === 'string') return /^@\w+$/.test(value) ? idOf(value) : value;
    if (Array.isArray(value))
      return value.length > 50
        ? value
        : Array.prototype.map.call([...(value as unknown[])], (inside) => fill(inside, depth + 1));
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return value;
    const keys = Object.keys(value);
    if (keys.length > 50 || Object.values(value).includes(value)) return value;
    const filled = {};
    for (const key of keys)
      Object.defineProperty(filled, key, {
        value: fill((value as Record<string, unknown>)[key], depth + 1),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    return filled;
  };

  return {
    kiosk,
    host,
    server,
    dataDir,
    takeTraces: () => {
      const taken = traces;
      traces = [];
      return taken;
    },
    fill: (input) => fill(input),
    ready: async (call) => {
      await populate(8);
      await kiosk.updateSettings({
        ...DEFAULT_SETTINGS,
        direction: 'ask',
        liveness: turn % 2 === 0 ? 'off' : 'challenge',
        cooldownSeconds: 0,
      });
      const all = kiosk.people.all();
      // Whoever stands there already is asked nothing again.
      const someone = all[turn++ % all.length];
      const who = Number(/\d+$/.exec(someone?.name ?? '0')?.[0] ?? 0) % recording.length;
      const { enrollmentId } = (await call('startEnrollment', null)) as { enrollmentId: string };
      known.draft = enrollmentId;
      // The last ones recorded are strangers.
      const frame = recordedFrame(39 - (turn++ % 4));
      await call('captureSample', { enrollmentId, pose: 'straight', frame });
      known.evaluation = ((await call('startEvaluation', null)) as { evaluationId: string }).evaluationId;
      for (let take = 0; take < 4; take++) await call('submitFrame', recordedFrame(who, take));
    },
    learn: (name, value) => {
      const reply = (value ?? {}) as Record<string, unknown>;
      if (name === 'startEnrollment') known.draft = String(reply['enrollmentId']);
      if (name === 'startEvaluation') known.evaluation = String(reply['evaluationId']);
      if (name === 'captureSample' || name === 'addSamplePicture')
        known.sample = (reply['sample'] as { id?: string } | null)?.id ?? known.sample;
      if (name === 'getRecentCheckIns') known.checkIn = (value as { id: string }[])[0]?.id ?? known.checkIn;
    },
    passTime: (ms) => void (later += ms),
    fingerprint: () => fingerprint(dataDir),
    close: async () => {
      await server.close();
      await kiosk.close();
    },
  };
}

const jpegOf = (url: string): Uint8Array => new Uint8Array(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'));

/** SHA-256 of every file of a folder, by its path; empty while there is none. */
export function fingerprint(folder: string, under = '', into = new Map<string, string>()): Map<string, string> {
  if (!existsSync(folder)) return into;
  for (const name of readdirSync(join(folder, under)).sort()) {
    const path = join(under, name);
    if (statSync(join(folder, path)).isDirectory()) fingerprint(folder, path, into);
    else
      into.set(
        path,
        createHash('sha256')
          .update(readFileSync(join(folder, path)))
          .digest('hex'),
      );
  }
  return into;
}
