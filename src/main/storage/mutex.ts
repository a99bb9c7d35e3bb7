/** Changes that must not overlap take turns. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when everything before it is done, however that ended. */
  runExclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when nobody is waiting any more. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
