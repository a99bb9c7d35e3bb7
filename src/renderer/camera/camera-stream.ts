import { create } from 'zustand';
import type { CameraTurn } from '../../shared/domain.ts';
import { useKiosk } from '../state/kiosk.ts';
import type { FrameVerdict } from './frame-watch.ts';

// Which camera was chosen, in a form that lasts. A browser's device ids change with the page's origin, and the browser
// host's port may differ at every start, so a camera is remembered by its label and its place among cameras of that label.

interface CameraDevice {
  readonly deviceId: string;
  readonly label: string;
}

const PREFIX = 'label:';

/** What to remember for `device`, one of `devices`. Without a label (no permission yet) it is the device id itself. */
export function choiceOf(device: CameraDevice, devices: readonly CameraDevice[]): string {
  if (device.label === '') return device.deviceId;
  const place = devices.filter((d) => d.label === device.label).findIndex((d) => d.deviceId === device.deviceId);
  return place > 0 ? `${PREFIX}${place}:${device.label}` : `${PREFIX}0:${device.label}`;
}

/** The device a remembered choice means, or null when it is not plugged in (or nothing was chosen). */
export function deviceOf(choice: string | null, devices: readonly CameraDevice[]): CameraDevice | null {
  if (choice === null) return null;
  if (!choice.startsWith(PREFIX)) return devices.find((d) => d.deviceId === choice) ?? null;
  const parts = /^label:(\d+):(.*)$/s.exec(choice);
  if (parts === null) return null;
  return devices.filter((d) => d.label === parts[2])[Number(parts[1])] ?? null;
}

/** What can be wrong with the camera, each with its own words on the screen. */
export const CAMERA_PROBLEMS = ['none', 'refused', 'busy', 'unplugged', 'failed', 'silent', 'still', 'blind'] as const;
export type CameraProblem = (typeof CAMERA_PROBLEMS)[number];

/** Those of a camera that is open and says that all is well. */
const isInFrames = (problem: CameraProblem | null): problem is 'silent' | 'still' | 'blind' =>
  problem === 'silent' || problem === 'still' || problem === 'blind';

/**
 * The problem behind a rejected `getUserMedia`, by the error's name (W3C Media Capture and Streams, 10.2).
 * @param wasLive the camera had been delivering: one that cannot be found now was unplugged.
 */
export function problemOf(error: unknown, wasLive: boolean): CameraProblem {
  switch ((error as { name?: unknown } | null)?.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return wasLive ? 'unplugged' : 'none';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}

// Keeps one camera open: the chosen one, or any while that is away; and opens it again by itself when it comes back.

interface CameraRequest {
  /** See `choiceOf`; null: the system's own choice. */
  readonly choice: string | null;
  readonly width: number;
  readonly height: number;
}

export interface CameraState {
  readonly stream: MediaStream | null;
  readonly problem: CameraProblem | null;
  /** What was wrong with the frames is right again; it stays on the screen until it can have been read. */
  readonly mended: boolean;
  /** The picture has been the same for a while, as that of a virtual camera may be. */
  readonly unchanged: boolean;
  readonly devices: readonly CameraDevice[];
}

/** The part of `navigator.mediaDevices` that is used. */
export type MediaSource = Pick<
  MediaDevices,
  'getUserMedia' | 'enumerateDevices' | 'addEventListener' | 'removeEventListener'
>;

const RETRY_MS = 2000;
/** Asking again opens the browser's question again when it was only waved away: not so often. */
const RETRY_REFUSED_MS = 6000;
/** Pauses before a camera that gives no frames is opened again, ms; the last one from then on. */
const PAUSES_MS = [0, 1000, 2000, 4000, 5000] as const;
/** A camera that gives nothing but black may have to be opened again; more likely it is covered, so not as often. */
const BLANK_PAUSES_MS = [5000, 15_000, 60_000] as const;
/** A camera that may be used opens within this time, ms, or something is said, and within this, or it is tried anew. */
const OPENING_MS = 4000;
const HANGING_MS = 8000;
/** What was said of the frames stays so long at least, ms: a line that flashes up can not be read. */
const READABLE_MS = 2000;

export class CameraStream {
  readonly #media: MediaSource | undefined;
  readonly #tell: (state: CameraState) => void;
  #request: CameraRequest | null = null;
  #stream: MediaStream | null = null;
  #problem: CameraProblem | null = null;
  #devices: readonly CameraDevice[] = [];
  #wasLive = false;
  #unchanged = false;
  /** When the problem was first said, `performance.now()`; whether it is over since. */
  #saidAt = 0;
  #mended = false;
  /** How often it was opened again without frames coming. */
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** Counts openings, so that one that was overtaken throws its stream away. */
  #opening = 0;

  /** `media` is undefined where the page is not a secure context. */
  constructor(media: MediaSource | undefined, tell: (state: CameraState) => void) {
    this.#media = media;
    this.#tell = tell;
  }

  /** Opens the camera, or changes it to what is now asked for. */
  start(request: CameraRequest): void {
    const now = this.#request;
    const same = now?.choice === request.choice && now.width === request.width && now.height === request.height;
    if (same) return;
    this.#request = request;
    if (now === null) this.#media?.addEventListener('devicechange', this.#onDeviceChange);
    void this.#open();
  }

  stop(): void {
    this.#request = null;
    this.#media?.removeEventListener('devicechange', this.#onDeviceChange);
    this.#opening += 1;
    this.#drop();
    this.#clearTimer();
    this.#problem = null;
    this.#say();
  }

  /**
   * What a look at the frames of the stream says: see `FrameWatch`. A camera without frames is opened again, with growing pauses; what
   * is said of it stays until there are frames again.
   */
  hear(verdict: FrameVerdict): void {
    if (this.#request === null || this.#stream === null) return;
    const track = this.#stream.getVideoTracks()[0];
    const isBlind = verdict === 'blind' || verdict === 'blank';
    // Nobody says `ended` when a program stops its own track; a muted one may give black frames.
    if (verdict === 'silent' || track === undefined || track.readyState === 'ended' || (isBlind && track.muted))
      this.#trouble('silent', PAUSES_MS);
    else if (verdict === 'still') this.#trouble(verdict, PAUSES_MS);
    // What covers the lens is not taken away by opening the camera again.
    else if (isBlind) this.#trouble('blind', verdict === 'blank' ? BLANK_PAUSES_MS : null);
    else this.#seen(verdict);
  }

  /** Frames come, or came until now. */
  #seen(verdict: 'fine' | 'waiting' | 'unsure' | 'unchanged'): void {
    const problem = this.#problem;
    const over = {
      fine: true,
      unchanged: problem !== 'still',
      unsure: problem === 'silent',
      waiting: false,
    }[verdict];
    const news = over && !this.#mended && problem !== null;
    if (over) {
      this.#mended = true;
      this.#attempts = 0;
      this.#clearTimer();
    }
    const unchanged = verdict === 'unchanged' || (this.#unchanged && verdict !== 'fine');
    const clears = isInFrames(problem) && this.#mended && performance.now() - this.#saidAt >= READABLE_MS;
    if (!clears && !news && unchanged === this.#unchanged) return;
    if (clears) this.#problem = null;
    this.#unchanged = unchanged;
    this.#say();
  }

  /** @param pauses before it is opened again, ms; null: it is not */
  #trouble(problem: 'silent' | 'still' | 'blind', pauses: readonly number[] | null): void {
    const isNews = this.#problem !== problem || this.#mended;
    this.#mended = false;
    if (isNews) this.#report(problem);
    if (pauses === null || this.#timer !== null) return;
    this.#timer = setTimeout(() => void this.#open(), pauses[Math.min(this.#attempts++, pauses.length - 1)]);
  }

  /** The machine or the page woke up, or a device came: what waits for its turn has it now. */
  wake(): void {
    this.#attempts = 0;
    if (this.#timer !== null) void this.#open();
  }

  readonly #onDeviceChange = (): void => {
    this.#attempts = 0;
    if (this.#problem === 'silent' || this.#problem === 'still') void this.#open();
    else void this.#refresh();
  };

  /** Something was plugged in or out: try a missing camera at once, and go back to the chosen one when it is there. */
  async #refresh(): Promise<void> {
    await this.#listDevices();
    if (this.#request === null) return;
    if (this.#stream === null) return this.#open();
    const wanted = deviceOf(this.#request.choice, this.#devices);
    const used = this.#stream.getVideoTracks()[0]?.getSettings().deviceId;
    if (wanted !== null && wanted.deviceId !== used) return this.#open();
    this.#say();
  }

  async #listDevices(): Promise<void> {
    try {
      const all = (await this.#media?.enumerateDevices()) ?? [];
      this.#devices = all
        .filter((d) => d.kind === 'videoinput' && d.deviceId !== '')
        .map(({ deviceId, label }) => ({ deviceId, label }));
    } catch {
      this.#devices = [];
    }
  }

  async #open(): Promise<void> {
    const request = this.#request;
    if (request === null) return;
    let turn = ++this.#opening;
    let isGivenUp = false;
    this.#clearTimer();
    if (this.#media === undefined) return this.#fail('failed');
    await this.#listDevices();
    if (turn !== this.#opening) return;
    const device = deviceOf(request.choice, this.#devices);
    // Some drivers refuse to open twice: let go of the old camera first.
    this.#drop();
    this.#clearTimer();
    // The first time somebody may be asked for permission, and that may take as long as they like; cameras have names once it was given.
    const listedNames = this.#devices.some((d) => d.label !== '');
    const hanging = this.#wasLive ? 'silent' : 'failed';
    const later = (ms: number, work: () => void): ReturnType<typeof setTimeout> | undefined =>
      listedNames || this.#wasLive ? setTimeout(() => turn === this.#opening && work(), ms) : undefined;
    const slow = later(OPENING_MS, () => this.#problem ?? this.#report(hanging));
    const hangs = later(HANGING_MS, () => {
      isGivenUp = true;
      this.#fail(isInFrames(this.#problem) ? this.#problem : hanging);
    });
    try {
      const stream = await this.#media.getUserMedia({
        audio: false,
        video: {
          width: { ideal: request.width },
          height: { ideal: request.height },
          frameRate: { ideal: 30 },
          ...(device === null ? {} : { deviceId: { exact: device.deviceId } }),
        },
      });
      // One that comes late is better than none: the next may take as long.
      if (isGivenUp && this.#stream === null && this.#request === request) turn = ++this.#opening;
      if (turn !== this.#opening) return stopTracks(stream);
      this.#clearTimer();
      this.#stream = stream;
      this.#wasLive = true;
      // That frames were missing is over when there are some.
      if (!isInFrames(this.#problem)) this.#problem = null;
      stream.getVideoTracks()[0]?.addEventListener('ended', () => {
        if (this.#stream === stream) this.#fail('unplugged');
      });
      if (!listedNames) {
        // Names can only be read once permission was given: now the chosen camera can be told from the others.
        await this.#refresh();
        if (turn !== this.#opening) return;
      }
      this.#say();
    } catch (error) {
      if (turn === this.#opening) this.#fail(problemOf(error, this.#wasLive));
    } finally {
      clearTimeout(slow);
      clearTimeout(hangs);
    }
  }

  #fail(problem: CameraProblem): void {
    this.#drop();
    this.#opening += 1; // one that still hangs comes too late
    this.#mended = false;
    this.#clearTimer();
    this.#timer = setTimeout(() => void this.#open(), problem === 'refused' ? RETRY_REFUSED_MS : RETRY_MS);
    this.#report(problem);
  }

  #report(problem: CameraProblem): void {
    this.#problem = problem;
    this.#saidAt = performance.now();
    this.#say();
  }

  #drop(): void {
    const stream = this.#stream;
    this.#stream = null;
    if (stream !== null) stopTracks(stream);
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #say(): void {
    this.#tell({
      stream: this.#stream,
      problem: this.#problem,
      mended: this.#mended,
      unchanged: this.#unchanged,
      devices: this.#devices,
    });
  }
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

// The one camera of the page, for every screen that shows it.

interface PageCamera extends CameraState {
  /** The setting with which faces that the kiosk has seen for a while would be upright; null: it is as it should be. */
  readonly turned: CameraTurn | null;
}

export const useCamera = create<PageCamera>(() => ({
  stream: null,
  problem: null,
  mended: false,
  unchanged: false,
  devices: [],
  turned: null,
}));

/** By how much the camera's picture is turned before anything looks at it, degrees clockwise. */
export const cameraTurn = (): CameraTurn => useKiosk.getState().status?.settings.camera.turn ?? 0;

let camera: CameraStream | null = null;

export function startCamera(request: CameraRequest): void {
  if (camera === null) {
    const stream = new CameraStream(navigator.mediaDevices as MediaDevices | undefined, (state) =>
      useCamera.setState(state),
    );
    camera = stream;
    const wake = (): void => {
      if (document.visibilityState === 'visible') stream.wake();
    };
    for (const event of ['visibilitychange', 'resume'] as const) document.addEventListener(event, wake);
    window.addEventListener('pageshow', wake);
  }
  camera.start(request);
}

export const hearOfFrames = (verdict: FrameVerdict): void => camera?.hear(verdict);
