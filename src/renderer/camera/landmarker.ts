/** The page's side of the landmarker: one picture at a time, and never more than its share of the machine. */
import type { FrameMessage } from '../../shared/domain.ts';
import type { FaceMesh } from '../../shared/liveness.ts';
import { drawTurned, fitWithin, turnedSize } from './frame-sender.ts';
import { type FaceOval, isStill, type LandmarkerAnswer, type LandmarkerOrder } from './oval.ts';

/** Long side of the picture MediaPipe gets, pixels. Its own face detector works at 192 or less. */
const PICTURE_SIDE = 320;
/** Recognition comes first: the overlay may use at most about a third of one core. */
const SHARE = 3;
/** Never faster than this, ms. */
const FASTEST_MS = 33;
/** Without a word for this long it is given up: frames wait for it, ms. */
const LOAD_MS = 15_000;
const ANSWER_MS = 3000;

export interface Seen {
  /** Largest first. */
  readonly faces: readonly FaceOval[];
  readonly still: boolean;
  /** `performance.now()` of the picture. */
  readonly at: number;
}

/** Time between the starts of two looks, for looks that take `tookMs`. */
const restFor = (tookMs: number): number => Math.max(FASTEST_MS, SHARE * tookMs);

export class Landmarker {
  readonly #worker: Worker;
  readonly #onSeen: (seen: Seen) => void;
  #state: 'loading' | 'ready' | 'busy' | 'failed' = 'loading';
  #tookMs = 0;
  #lastStart = Number.NEGATIVE_INFINITY;
  #before: Seen | null = null;
  #tell: ((mesh: FaceMesh | null | undefined) => void) | null = null;
  #watch: ReturnType<typeof setTimeout>;

  /** Whether it gives meshes of frames (`meshOf`) or outlines of the video (`offer`). */
  readonly meshes: boolean;

  /** @param modelUrl of face_landmarker.task, on our own origin. */
  constructor(modelUrl: string, meshes: boolean, onSeen: (seen: Seen) => void) {
    this.meshes = meshes;
    this.#onSeen = onSeen;
    this.#worker = new Worker(new URL('./landmarker.worker.ts', import.meta.url), { type: 'module' });
    this.#worker.onmessage = (event: MessageEvent<LandmarkerAnswer>) => this.#hear(event.data);
    this.#worker.onerror = () => this.#fail();
    this.#watch = setTimeout(() => this.#fail(), LOAD_MS);
    const here = window.location.href;
    this.#post({
      type: 'load',
      wasmUrl: new URL('/mediapipe/wasm', here).href,
      modelUrl: new URL(modelUrl, here).href,
      meshes,
    });
  }

  /** False while loading and after a failure: then the kiosk's own boxes are drawn. */
  get works(): boolean {
    return this.#state === 'ready' || this.#state === 'busy';
  }

  get isLoading(): boolean {
    return this.#state === 'loading';
  }

  /**
   * The mesh of the very picture that goes to the kiosk, whatever share of the machine it takes. One at a time.
   * @returns null: no face in it; undefined: the landmarker does not work
   */
  async meshOf(frame: FrameMessage): Promise<FaceMesh | null | undefined> {
    if (this.#state !== 'ready') return undefined;
    this.#state = 'busy';
    this.#lastStart = performance.now();
    const at = this.#lastStart;
    const { width, height, data } = frame;
    const pixels = new Uint8ClampedArray(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    const answer = new Promise<FaceMesh | null | undefined>((tell) => (this.#tell = tell));
    this.#watch = setTimeout(() => this.#fail(), ANSWER_MS);
    try {
      const picture = await createImageBitmap(new ImageData(pixels, width, height));
      this.#post({ type: 'look', picture, at }, [picture]);
    } catch {
      this.#fail();
    }
    return answer;
  }

  /** A new camera frame; looked at if there is time for it. */
  offer(video: HTMLVideoElement): void {
    const now = performance.now();
    if (this.#state !== 'ready' || now - this.#lastStart < restFor(this.#tookMs) || video.videoWidth === 0) return;
    this.#state = 'busy';
    this.#lastStart = now;
    const turned = turnedSize(video);
    const { width, height } = fitWithin(turned.width, turned.height, PICTURE_SIDE);
    const context = new OffscreenCanvas(width, height).getContext('2d', { alpha: false });
    if (context === null) return this.#fail();
    drawTurned(context, video);
    const picture = context.canvas.transferToImageBitmap();
    this.#post({ type: 'look', picture, at: now }, [picture]);
  }

  close(): void {
    this.#fail();
    this.#worker.terminate();
  }

  #post(order: LandmarkerOrder, transfer: Transferable[] = []): void {
    this.#worker.postMessage(order, transfer);
  }

  #fail(): void {
    clearTimeout(this.#watch);
    this.#state = 'failed';
    this.#answer(undefined);
  }

  #answer(mesh: FaceMesh | null | undefined): void {
    const tell = this.#tell;
    this.#tell = null;
    tell?.(mesh);
  }

  #hear(answer: LandmarkerAnswer): void {
    if (this.#state === 'failed') return;
    if (answer.type === 'failed') return this.#fail();
    clearTimeout(this.#watch);
    if (answer.type === 'ready') this.#state = 'ready';
    else {
      this.#state = 'ready';
      this.#tookMs = answer.tookMs;
      const faces = [...answer.faces].sort((a, b) => b.box.width - a.box.width);
      const at = this.#lastStart;
      const was = this.#before?.faces[0];
      const is = faces[0];
      const still = was !== undefined && is !== undefined && isStill(was, is, at - (this.#before?.at ?? 0));
      this.#before = { faces, still, at };
      this.#onSeen(this.#before);
      this.#answer(answer.mesh);
    }
  }
}
