/** Newest frame only, one in flight: a slow kiosk makes frames drop, never queue. Knows neither video nor kiosk. */

export interface PumpParts<Frame, Reply> {
  /** The newest picture, or null when there is none to take just now. */
  grab(): Frame | null;
  send(frame: Frame): Promise<Reply>;
  onReply(reply: Reply): void;
  onError(error: unknown): void;
  /** Least time between the starts of two sends, ms. Asked before each, so that the pace can follow the scene. */
  interval(): number;
  /** Ms on any steady clock. */
  now(): number;
}

/** After an error the kiosk is left alone for this long, ms. */
const PAUSE_AFTER_ERROR_MS = 500;

export class FramePump<Frame, Reply> {
  readonly #parts: PumpParts<Frame, Reply>;
  #inFlight = false;
  #stopped = false;
  #offered = false;
  #lastSent = Number.NEGATIVE_INFINITY;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(parts: PumpParts<Frame, Reply>) {
    this.#parts = parts;
  }

  /** The camera has a new frame. It is taken now, or when the one in flight has been answered, or never. */
  offer(): void {
    if (this.#stopped) return;
    this.#offered = true;
    this.#trySend();
  }

  /** No more frames; an answer still to come is dropped. */
  stop(): void {
    this.#stopped = true;
  }

  #trySend(): void {
    const parts = this.#parts;
    const now = parts.now();
    if (this.#inFlight || this.#stopped || !this.#offered) return;
    if (now < this.#notBefore || now - this.#lastSent < parts.interval()) return;
    const frame = parts.grab();
    this.#offered = false;
    if (frame === null) return;
    this.#inFlight = true;
    this.#lastSent = now;
    void this.#send(frame);
  }

  async #send(frame: Frame): Promise<void> {
    try {
      const reply = await this.#parts.send(frame);
      if (!this.#stopped) this.#parts.onReply(reply);
    } catch (error) {
      this.#notBefore = this.#parts.now() + PAUSE_AFTER_ERROR_MS;
      if (!this.#stopped) this.#parts.onError(error);
    } finally {
      this.#inFlight = false;
      // A frame came while we waited: the video shows it (or a newer one) right now.
      this.#trySend();
    }
  }
}
