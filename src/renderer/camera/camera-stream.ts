import { create } from 'zustand';

// Which camera was chosen, in a form that lasts. A browser's device ids change with the page's origin, and the browser
// shell's port may differ at every start, so a camera is remembered by its label and its place among cameras of that label.

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
export const CAMERA_PROBLEMS = ['none', 'refused', 'busy', 'unplugged', 'failed'] as const;
export type CameraProblem = (typeof CAMERA_PROBLEMS)[number];

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

export class CameraStream {
  readonly #media: MediaSource | undefined;
  readonly #tell: (state: CameraState) => void;
  #request: CameraRequest | null = null;
  #stream: MediaStream | null = null;
  #problem: CameraProblem | null = null;
  #devices: readonly CameraDevice[] = [];
  #wasLive = false;
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

  readonly #onDeviceChange = (): void => {
    void this.#refresh();
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
    const turn = ++this.#opening;
    this.#clearTimer();
    if (this.#media === undefined) return this.#fail('failed');
    await this.#listDevices();
    if (turn !== this.#opening) return;
    const device = deviceOf(request.choice, this.#devices);
    // Some drivers refuse to open twice: let go of the old camera first.
    this.#drop();
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
      if (turn !== this.#opening) return stopTracks(stream);
      const listedNames = this.#devices.some((d) => d.label !== '');
      this.#stream = stream;
      this.#wasLive = true;
      this.#problem = null;
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
    }
  }

  #fail(problem: CameraProblem): void {
    this.#drop();
    this.#problem = problem;
    this.#clearTimer();
    this.#timer = setTimeout(() => void this.#open(), problem === 'refused' ? RETRY_REFUSED_MS : RETRY_MS);
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
    this.#tell({ stream: this.#stream, problem: this.#problem, devices: this.#devices });
  }
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

// The one camera of the page, for every screen that shows it.

export const useCamera = create<CameraState>(() => ({ stream: null, problem: null, devices: [] }));

let camera: CameraStream | null = null;

export function startCamera(request: CameraRequest): void {
  camera ??= new CameraStream(navigator.mediaDevices as MediaDevices | undefined, (state) => useCamera.setState(state));
  camera.start(request);
}
