/** An operator's session on one connection: it ends by itself after a while in which nothing was done. */
import type { Session } from '../../shared/domain.ts';
import { LintelError } from '../../shared/errors.ts';
import type { Clock } from './clock.ts';

/** Ms without an operator call after which the session ends. */
export const IDLE_MS = 120_000;

export class OperatorSession {
  readonly #clock: Clock;
  readonly #onEnd: () => void;
  #timer: NodeJS.Timeout | null = null;
  #endsAtTick: number | null = null;

  /** @param onEnd called when the session ended by itself */
  constructor(clock: Clock, onEnd: () => void) {
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  get view(): Session {
    const left = this.#left();
    return left > 0 ? { unlocked: true, endsAt: this.#clock.wall() + left } : { unlocked: false, endsAt: null };
  }

  /** Opens it, or lets it begin anew. */
  open(): void {
    this.close();
    this.#endsAtTick = this.#clock.ticks() + IDLE_MS;
    this.#watch(IDLE_MS);
  }

  /** Something was done. @throws LintelError `pin-required` when the session is not open */
  touch(): void {
    if (this.#left() <= 0)
      throw new LintelError('pin-required', 'This is for the operator.', { todo: 'Enter the PIN.' });
    this.open();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#endsAtTick = null;
  }

  #left(): number {
    return this.#endsAtTick === null ? 0 : Math.max(0, this.#endsAtTick - this.#clock.ticks());
  }

  #watch(ms: number): void {
    this.#timer = setTimeout(() => {
      const left = this.#left();
      if (left > 0) return this.#watch(left);
      this.close();
      this.#onEnd();
    }, ms + 5);
    this.#timer.unref();
  }
}
