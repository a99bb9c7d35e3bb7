/** A kiosk at work behind its browser host, whose disk, clock, models, eyes and pages can be made to fail. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { type BrowserHost, serveKiosk } from '../../src/main/hosts/web/server.ts';
import { type Kiosk, openKiosk } from '../../src/main/server/kiosk.ts';
import { forkVision } from '../../src/main/vision/process.ts';
import { superviseVision } from '../../src/main/vision/supervisor.ts';
import type { CheckIn } from '../../src/shared/domain.ts';
import { LintelError } from '../../src/shared/errors.ts';
import { recognitionOnly } from '../support/recognition-only.ts';
import { RECORDED_PEOPLE } from '../support/recorded-vision-child.ts';
import { drawnRecording, recordedFrame, standInModels } from '../support/recorded-vision.ts';
import { errno, faultyOps } from '../support/storage-ops.ts';
import { Page } from './page.ts';

export const PIN = '24681357';
/** People enrolled from the start; further recorded ones are strangers until somebody enrolls them. */
export const ENROLLED = 4;
/** The kiosk's waiting goes by this much faster than real time, so that a visit takes a tenth of a second. */
const FASTER = 10;

export interface Disk {
  /** What every write meets, as the system names it; null: it works. */
  error: 'ENOSPC' | 'EROFS' | null;
  /** What each fsync takes, ms. */
  syncMs: number;
}

export class Rig {
  readonly disk: Disk = { error: null, syncMs: 0 };
  /** Ms by which the wall clock is off. */
  clockOff = 0;
  visionPid = 0;
  /** Frames the camera has sent. */
  frames = 0;
  readonly modelsDir: string;
  /** Check-ins that anybody was told of, by id. */
  readonly acknowledged = new Set<string>();
  /** People whose saving was acknowledged. */
  readonly saved = new Set<string>();
  camera!: Page;
  kiosk!: Kiosk;
  #observer!: Page;
  #host!: BrowserHost;
  readonly #folder: string;
  readonly #visionProgram: string;
  #stranger = ENROLLED;
  /** Ms by which the kiosk's waiting went on at once. */
  #ticksOn = 0;

  private constructor(folder: string, visionProgram: string) {
    this.#folder = folder;
    this.#visionProgram = visionProgram;
    this.modelsDir = join(folder, 'models');
  }

  static async open(folder: string, visionProgram: string): Promise<Rig> {
    const rig = new Rig(folder, visionProgram);
    const rendererDir = join(folder, 'renderer');
    mkdirSync(rendererDir, { recursive: true });
    writeFileSync(join(rendererDir, 'index.html'), '<!doctype html>');
    standInModels(rig.modelsDir);
    await rig.#openKiosk();
    await rig.kiosk.models.ready();
    const picture = new Uint8Array(
      await sharp({ create: { width: 112, height: 112, channels: 3, background: '#987' } })
        .jpeg()
        .toBuffer(),
    );
    const quality = { score: 1, eyeDistance: 60, sharpness: 90, brightness: 120, truncated: 0, issues: [] };
    await rig.kiosk.people.save(
      drawnRecording(RECORDED_PEOPLE)
        .slice(0, ENROLLED)
        .map((takes, i) => ({
          kind: 'add' as const,
          name: `Person ${i}`,
          externalId: null,
          group: null,
          consentAt: 1,
          samples: takes.slice(0, 2).map((embedding) => ({
            source: 'camera' as const,
            pose: null,
            quality: { ...quality, pose: { yaw: 0, pitch: 0, roll: 0 } },
            pictureSha256: null,
            embedding,
            pictures: { aligned: picture, portrait: picture },
          })),
        })),
    );
    for (const person of rig.kiosk.people.all()) rig.saved.add(person.id);
    await rig.kiosk.updateSettings({ cooldownSeconds: 0 });
    await rig.kiosk.operator.create(PIN);
    rig.#host = await serveKiosk(rig.kiosk, {
      assets: { rendererDir, resourcesDir: rendererDir, mediapipeDir: rendererDir, landmarker: () => null },
    });
    rig.#observer = await rig.newPage();
    rig.camera = await rig.newPage();
    return rig;
  }

  newPage(): Promise<Page> {
    return Page.open(this.#host.url);
  }

  get status() {
    return this.kiosk.status();
  }

  /** States of vision that pages were told of since `from`. */
  visionStates(from = 0): string[] {
    return this.#observer.statuses.slice(from).map(({ vision }) => vision);
  }

  get told(): number {
    return this.#observer.statuses.length;
  }

  /** Codes of trouble that pages were told of since `from`. */
  troubles(from = 0): string[] {
    return this.#observer.statuses.slice(from).flatMap(({ trouble }) => (trouble === null ? [] : [trouble.code]));
  }

  get announced(): number {
    return this.#observer.checkedIn.length;
  }

  /**
   * Somebody enrolled stands before the camera for a while, then leaves.
   * @returns `checked-in`, or the code of the error on the screen at the end, or the phase it stayed in
   */
  async visit(person: number, forMs: number): Promise<string> {
    const name = `Person ${person}`;
    const ends = performance.now() + forMs;
    let outcome = 'nothing';
    for (let take = 0; performance.now() < ends; take++) {
      try {
        this.frames++;
        await this.camera.call('submitFrame', recordedFrame(person, take % 5));
        const view = this.camera.views.at(-1) ?? { phase: 'idle' };
        outcome = view.phase === 'error' ? view.error.code : view.phase;
        if (view.phase === 'match' && view.name === name) {
          this.acknowledged.add(view.checkInId);
          outcome = 'checked-in';
          break;
        }
      } catch (error) {
        if (!(error instanceof LintelError)) throw error;
        outcome = error.code;
      }
      await sleep(10);
    }
    // They step aside; whoever comes next is somebody else.
    for (let i = 0; i < 8; i++) {
      await this.camera.call('submitFrame', recordedFrame(null)).catch(() => undefined);
      this.#ticksOn += 200;
    }
    this.#collect();
    return outcome;
  }

  /** An operator enrolls somebody new. @returns `saved` or the code of the error */
  async enroll(): Promise<string> {
    const person = this.#stranger++;
    const admin = await this.newPage();
    try {
      await admin.call('unlock', { pin: PIN });
      const { enrollmentId } = await admin.call('startEnrollment');
      await admin.call('captureSample', { enrollmentId, pose: 'straight', frame: recordedFrame(person, 1) });
      const saved = await admin.call('saveEnrollment', {
        enrollmentId,
        target: { kind: 'new', name: `New ${person}`, externalId: null, group: null, consentAt: 1 },
      });
      this.saved.add(saved.id);
      return 'saved';
    } catch (error) {
      return error instanceof LintelError ? error.code : String(error);
    } finally {
      admin.leave();
    }
  }

  /** An operator's "try again" after vision stopped. */
  async restartVision(): Promise<void> {
    const admin = await this.newPage();
    await admin.call('unlock', { pin: PIN });
    await admin.call('restartVision');
    admin.leave();
  }

  async until(what: string, isSo: () => boolean, forMs: number): Promise<void> {
    const ends = performance.now() + forMs;
    while (!isSo()) {
      if (performance.now() > ends) throw new Error(`after ${forMs} ms still not: ${what}`);
      await sleep(20);
    }
  }

  /** Closes the kiosk and opens the folder anew. @returns everything that is on the disk */
  async afterRestart(): Promise<{ checkIns: CheckIn[]; people: Set<string>; notices: string[] }> {
    this.#collect();
    await this.close();
    await this.#openKiosk(true);
    const checkIns: CheckIn[] = [];
    for await (const checkIn of this.kiosk.checkIns.read(0, Date.UTC(2100, 0))) checkIns.push(checkIn);
    const people = new Set(this.kiosk.people.all().map(({ id }) => id));
    const notices = this.kiosk.status().notices.map(({ code }) => code);
    await this.kiosk.close();
    return { checkIns, people, notices };
  }

  async close(): Promise<void> {
    await this.#host.close();
    await this.kiosk.close();
  }

  #collect(): void {
    for (const { id } of this.#observer.checkedIn) this.acknowledged.add(id);
  }

  async #openKiosk(sound = false): Promise<void> {
    const { disk } = this;
    const before = async (step: string): Promise<void> => {
      if (disk.error !== null) throw errno(disk.error);
      if (disk.syncMs > 0 && /^(sync|datasync|syncFolder) /.test(step)) await sleep(disk.syncMs);
    };
    this.kiosk = await openKiosk({
      dataDir: recognitionOnly(join(this.#folder, 'data')),
      modelDirs: [this.modelsDir],
      version: '0.0.0-faults',
      embedder: '',
      clock: { wall: () => Date.now() + this.clockOff, ticks: () => performance.now() * FASTER + this.#ticksOn },
      fileOps: faultyOps(sound ? {} : { before }),
      vision: (models, onState) =>
        superviseVision(models, {
          launch: forkVision(this.#visionProgram, { onStart: (pid) => (this.visionPid = pid) }),
          onState,
        }),
    });
  }
}
