import type { CheckInView, FrameMessage } from '../../shared/domain.ts';
import { cameraTurn } from './camera-stream.ts';

/** Long side of what is sent, pixels: the detector's own input size; more would only be scaled away again. */
const SENT_SIDE = 640;

/** Width and height with the long side at most `side`, aspect kept, never enlarged, at least 16. */
export function fitWithin(width: number, height: number, side: number): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(16, Math.round(width * scale)), height: Math.max(16, Math.round(height * scale)) };
}

/** Size of the video's picture as the settings turn it, pixels. */
export function turnedSize({ videoWidth, videoHeight }: HTMLVideoElement): { width: number; height: number } {
  return cameraTurn() % 180 === 0
    ? { width: videoWidth, height: videoHeight }
    : { width: videoHeight, height: videoWidth };
}

/** Draws the video's picture of now, as the settings turn it, over the whole canvas. */
export function drawTurned(context: OffscreenCanvasRenderingContext2D, video: HTMLVideoElement): void {
  const turn = cameraTurn();
  const { width, height } = context.canvas;
  const [w, h] = turn % 180 === 0 ? [width, height] : [height, width];
  context.setTransform(1, 0, 0, 1, width / 2, height / 2);
  context.rotate((turn * Math.PI) / 180);
  context.drawImage(video, -w / 2, -h / 2, w, h);
}

export class FrameGrabber {
  // `willReadFrequently` keeps the canvas in memory: reading back from the graphics card costs more than drawing here.
  readonly #context = new OffscreenCanvas(16, 16).getContext('2d', { willReadFrequently: true, alpha: false });

  /** Size of the last frame taken, pixels. */
  get width(): number {
    return this.#context?.canvas.width ?? 1;
  }
  get height(): number {
    return this.#context?.canvas.height ?? 1;
  }

  /** The video's picture of now, or null while it has none. */
  grab(video: HTMLVideoElement): FrameMessage | null {
    const context = this.#context;
    if (context === null || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0)
      return null;
    const turned = turnedSize(video);
    const { width, height } = fitWithin(turned.width, turned.height, SENT_SIDE);
    if (context.canvas.width !== width || context.canvas.height !== height) {
      context.canvas.width = width;
      context.canvas.height = height;
    }
    drawTurned(context, video);
    const { data } = context.getImageData(0, 0, width, height);
    return {
      width,
      height,
      capturedAt: Date.now(),
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    };
  }
}

// How often to send frames: nobody there costs little, somebody there gets everything, a settled result gets less again.

/** Least time between two frames, ms. */
export const PACE = {
  /** Nobody seen: a look now and then, so that we never depend on MediaPipe alone to notice someone; on battery MediaPipe rests. */
  nobody: 200,
  /** Somebody is being looked at: as fast as the kiosk answers, up to 15 a second. */
  looking: 66,
  /** The result stands; watch for them leaving or someone else stepping up. */
  settled: 150,
} as const;

/** For how long after a face was last seen, by either detector, or on battery after something moved, frames go at full rate, ms. */
export const MEMORY_MS = 1500;

/** @param movedAgoMs since something moved before the camera; Infinity where nobody looks for that */
export function paceOf(phase: CheckInView['phase'], faceSeenAgoMs: number, movedAgoMs = Infinity): number {
  // An answer is only seen in frames: every one counts, also those without a face.
  if (phase === 'challenge') return PACE.looking;
  if (faceSeenAgoMs > MEMORY_MS) return movedAgoMs > MEMORY_MS ? PACE.nobody : PACE.looking;
  return phase === 'match' || phase === 'already' || phase === 'not-live' ? PACE.settled : PACE.looking;
}

/*
 * Newest frame only, one in flight: a slow kiosk makes frames drop, never queue. Knows neither video nor kiosk. What a frame needs
 * before it is sent (`prepare`) is done for the next one while the kiosk still works on the last, so that neither waits for the other;
 * there too it is one at a time, and begun as late as will do, so that what is sent is not old.
 */

interface FrameSenderDeps<Frame, Reply> {
  /** The newest picture, or null when there is none to take just now. */
  grab(): Frame | null;
  /** What is sent of it, when that is not the picture itself. Errors count as those of `send` do. */
  prepare?(frame: Frame): Frame | Promise<Frame>;
  send(frame: Frame): Promise<Reply>;
  onReply(reply: Reply): void;
  onError(error: unknown): void;
  /** Least time between the starts of two frames, ms. Asked before each, so that the pace can follow the scene. */
  interval(): number;
  /** Ms on any steady clock. */
  now(): number;
}

/** After an error the kiosk is left alone for this long, ms. */
const PAUSE_AFTER_ERROR_MS = 500;
/** The camera's next picture may be this far away, ms. */
const CAMERA_MS = 33;

/** A running mean that follows within a few values. */
const follow = (mean: number, value: number): number => mean + (value - mean) * 0.3;

export class FrameSender<Frame, Reply> {
  readonly #parts: FrameSenderDeps<Frame, Reply>;
  #preparing = false;
  /** Prepared while the kiosk was busy. */
  #waiting: { readonly frame: Frame } | null = null;
  #sentAt: number | null = null;
  /** 0 as long as nothing takes time: then no picture is taken before it can be sent. */
  #prepareMs = 0;
  #sendMs = 0;
  #stopped = false;
  #offered = false;
  #lastTaken = Number.NEGATIVE_INFINITY;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(parts: FrameSenderDeps<Frame, Reply>) {
    this.#parts = parts;
  }

  /** The camera has a new frame. It is taken now, or when the one in flight has been answered, or never. */
  offer(): void {
    if (this.#stopped) return;
    this.#offered = true;
    this.#tryTake();
  }

  /** No more frames; an answer still to come is dropped. */
  stop(): void {
    this.#stopped = true;
    this.#waiting = null;
  }

  #tryTake(): void {
    const parts = this.#parts;
    const now = parts.now();
    if (this.#preparing || this.#waiting !== null || this.#stopped || !this.#offered) return;
    if (now < this.#notBefore || now - this.#lastTaken < parts.interval()) return;
    if (this.#sentAt !== null) {
      if (this.#prepareMs === 0 || now - this.#sentAt < this.#sendMs - this.#prepareMs - CAMERA_MS) return;
    }
    const frame = parts.grab();
    this.#offered = false;
    if (frame === null) return;
    this.#lastTaken = now;
    const prepared = parts.prepare?.(frame) ?? frame;
    if (prepared instanceof Promise) void this.#prepare(prepared, now);
    else {
      this.#prepareMs = 0;
      this.#waiting = { frame: prepared };
      this.#trySend();
    }
  }

  async #prepare(prepared: Promise<Frame>, from: number): Promise<void> {
    this.#preparing = true;
    try {
      const frame = await prepared;
      this.#prepareMs = follow(this.#prepareMs, this.#parts.now() - from);
      if (!this.#stopped) this.#waiting = { frame };
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#preparing = false;
    }
    this.#trySend();
  }

  #trySend(): void {
    if (this.#sentAt !== null || this.#waiting === null || this.#stopped) return;
    const { frame } = this.#waiting;
    this.#waiting = null;
    this.#sentAt = this.#parts.now();
    void this.#send(frame, this.#sentAt);
  }

  async #send(frame: Frame, from: number): Promise<void> {
    try {
      const reply = await this.#parts.send(frame);
      this.#sendMs = follow(this.#sendMs, this.#parts.now() - from);
      if (!this.#stopped) this.#parts.onReply(reply);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#sentAt = null;
      this.#trySend();
      // A frame came while we waited: the video shows it (or a newer one) right now.
      this.#tryTake();
    }
  }

  #failed(error: unknown): void {
    this.#notBefore = this.#parts.now() + PAUSE_AFTER_ERROR_MS;
    this.#waiting = null;
    if (!this.#stopped) this.#parts.onError(error);
  }
}
