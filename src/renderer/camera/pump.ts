/**
 * Newest frame only, one in flight: a slow kiosk makes frames drop, never queue. Knows neither video nor kiosk. What a frame needs
 * before it is sent (`prepare`) is done for the next one while the kiosk still works on the last, so that neither waits for the other;
 * there too it is one at a time, and begun as late as will do, so that what is sent is not old.
 */

export interface PumpParts<Frame, Reply> {
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

export class FramePump<Frame, Reply> {
  readonly #parts: PumpParts<Frame, Reply>;
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

  constructor(parts: PumpParts<Frame, Reply>) {
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
