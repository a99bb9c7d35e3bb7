/** The kiosk's side of [Note: the vision process]: `Vision` over a child that is started again when it dies or hangs. */
import type { VisionState } from '../../shared/domain.ts';
import { LintelError } from '../../shared/errors.ts';
import type { VisionLaunch, VisionPort, VisionReply, VisionRequest } from './process.ts';
import {
  type AnalyzeOptions,
  checkFrame,
  type Frame,
  type SeenFace,
  type SeenPicture,
  type Vision,
  type VisionModels,
} from './vision.ts';

export interface SuperviseOptions {
  readonly launch: VisionLaunch;
  /** Told of every change. `reason` is what stopped it, for the screen. */
  readonly onState?: (state: VisionState, reason: LintelError | null) => void;
  /** Threads each model may use; default: `defaultThreads`. */
  readonly threads?: number;
  /** So many deaths within `deathWindowMs` stop the restarts. Default 3 in a minute. */
  readonly maxDeaths?: number;
  readonly deathWindowMs?: number;
  /** A child that does not answer a frame within this long hangs, and is killed. Default 5 s. */
  readonly answerMs?: number;
  /** The same for loading the models (a cold disk) and for a picture (decoding may take long). Default 30 s. */
  readonly patienceMs?: number;
}

interface SupervisedVision extends Vision {
  readonly state: Extract<VisionState, 'starting' | 'ready' | 'restarting' | 'stopped'>;
  /** Resolves when the models are loaded. @throws LintelError what stopped it */
  ready(): Promise<void>;
  /** An operator's "try again": forgets the deaths and starts a new child. Resolves as `ready`. */
  restart(): Promise<void>;
}

/** A timer that goes off so much too late did not run all the time, ms. */
const LATE_MS = 250;

/** Crops sent in one message: small enough that an answer is never long in coming. */
const CROPS_PER_CALL = 16;

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
type Question = WithoutId<VisionRequest>;

interface Job {
  readonly question: Question;
  readonly limitMs: number;
  resolve(value: unknown): void;
  reject(error: LintelError): void;
}

const restarting = (): LintelError => new LintelError('vision-restarting');
const timedOut = (): LintelError => new LintelError('vision-timeout');
const stopped = (): LintelError => new LintelError('vision-stopped.failing');
const closed = (): LintelError => new LintelError('vision-stopped.closed');

/**
 * Starts a child at once and returns without waiting: calls made while it starts for the first time wait for it. When a
 * child dies, every call in flight fails with `vision-restarting`, and so do new ones until the next child answers. After
 * too many deaths in a row every call fails with `vision-stopped` until `restart` is called. A model that cannot be
 * loaded stops it at once, with the model's own error: another try would end the same.
 */
export function superviseVision(models: VisionModels, options: SuperviseOptions): SupervisedVision {
  return new Supervisor(models, options);
}

class Supervisor implements SupervisedVision {
  readonly models: VisionModels;
  readonly #options: Required<Omit<SuperviseOptions, 'threads' | 'onState'>> & SuperviseOptions;
  #state: SupervisedVision['state'] = 'starting';
  #reason: LintelError | null = null;
  #port: VisionPort | null = null;
  /** What the current child works on. One at a time, so that a limit means this call and not those before it. */
  #running: { readonly id: number; readonly job: Job; readonly timer: NodeJS.Timeout } | null = null;
  #queue: Job[] = [];
  #deaths: number[] = [];
  #nextId = 1;
  #closed = false;
  #waiters: { resolve: () => void; reject: (error: LintelError) => void }[] = [];

  constructor(models: VisionModels, options: SuperviseOptions) {
    this.models = models;
    this.#options = {
      maxDeaths: 3,
      deathWindowMs: 60_000,
      answerMs: 5000,
      patienceMs: 30_000,
      ...options,
    };
    this.#start();
  }

  get state(): SupervisedVision['state'] {
    return this.#state;
  }

  ready(): Promise<void> {
    if (this.#closed) return Promise.reject(closed());
    if (this.#state === 'ready') return Promise.resolve();
    if (this.#state === 'stopped') return Promise.reject(this.#reason ?? stopped());
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  restart(): Promise<void> {
    if (this.#closed) return Promise.reject(closed());
    this.#deaths = [];
    this.#abandon(restarting());
    this.#enter('starting');
    this.#start();
    return this.ready();
  }

  async analyze(frame: Frame, options: AnalyzeOptions): Promise<readonly SeenFace[]> {
    checkFrame(frame);
    return (await this.#ask({ kind: 'analyze', frame, options }, this.#options.answerMs)) as readonly SeenFace[];
  }

  async analyzePicture(bytes: Uint8Array, options: AnalyzeOptions): Promise<SeenPicture> {
    return (await this.#ask({ kind: 'picture', bytes, options }, this.#options.patienceMs)) as SeenPicture;
  }

  async embedAligned(
    pictures: readonly Uint8Array[],
    options: { readonly mirror?: boolean } = {},
  ): Promise<readonly Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (let at = 0; at < pictures.length; at += CROPS_PER_CALL) {
      const part = pictures.slice(at, at + CROPS_PER_CALL);
      const answer = await this.#ask(
        { kind: 'aligned', pictures: part, mirror: options.mirror ?? false },
        this.#options.patienceMs,
      );
      vectors.push(...(answer as readonly Float32Array[]));
    }
    return vectors;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#abandon(closed());
    this.#settleWaiters(closed());
  }

  #ask(question: Question, limitMs: number): Promise<unknown> {
    if (this.#closed) return Promise.reject(closed());
    if (this.#state === 'stopped') return Promise.reject(this.#reason ?? stopped());
    if (this.#state === 'restarting') return Promise.reject(restarting());
    return new Promise((resolve, reject) => {
      this.#queue.push({ question, limitMs, resolve, reject });
      this.#sendNext();
    });
  }

  #sendNext(): void {
    if (this.#state !== 'ready' || this.#running !== null) return;
    const job = this.#queue.shift();
    if (job !== undefined) this.#send(job);
  }

  #send(job: Job): void {
    const port = this.#port;
    if (port === null) return;
    const id = this.#nextId++;
    const wait = (): NodeJS.Timeout => {
      const due = performance.now() + job.limitMs;
      return setTimeout(() => {
        // Who was asleep, or stopped, has not listened: the answer may be there.
        if (performance.now() - due < LATE_MS) return this.#lost(port, timedOut());
        this.#running = { id, job, timer: wait() };
      }, job.limitMs);
    };
    this.#running = { id, job, timer: wait() };
    port.postMessage({ ...job.question, id } as VisionRequest);
  }

  #start(): void {
    let port: VisionPort;
    try {
      port = this.#options.launch();
    } catch (cause) {
      this.#stop(new LintelError('vision-stopped.start', undefined, { cause }));
      return;
    }
    this.#port = port;
    port.onMessage((message) => this.#answered(port, message as VisionReply));
    port.onExit(() => this.#lost(port, restarting()));
    this.#send({
      question: { kind: 'open', models: this.models, threads: this.#options.threads ?? null },
      limitMs: this.#options.patienceMs,
      resolve: () => {
        this.#enter('ready');
        this.#settleWaiters(null);
      },
      reject: (error) => {
        // Only an answer is a verdict on the models; a child that died while loading is handled as any other death.
        if (this.#closed) return;
        if (error.code !== 'vision-restarting' && error.code !== 'vision-timeout') this.#stop(error);
      },
    });
  }

  #answered(port: VisionPort, reply: VisionReply): void {
    const running = this.#running;
    if (port !== this.#port || running === null || reply.id !== running.id) return;
    clearTimeout(running.timer);
    this.#running = null;
    if (reply.ok) running.job.resolve(reply.value);
    else running.job.reject(LintelError.fromReport(reply.error));
    this.#sendNext();
  }

  /** The current child died or hangs. `why` is what its caller is told; everyone waiting is told that it restarts. */
  #lost(port: VisionPort, why: LintelError): void {
    if (port !== this.#port || this.#closed) return;
    const now = performance.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < this.#options.deathWindowMs), now];
    if (this.#deaths.length >= this.#options.maxDeaths) {
      this.#stop(stopped(), why);
      return;
    }
    this.#abandon(restarting(), why);
    this.#enter('restarting');
    this.#start();
  }

  #stop(reason: LintelError, running: LintelError = reason): void {
    this.#abandon(reason, running);
    this.#enter('stopped', reason);
    this.#settleWaiters(reason);
  }

  /** Lets go of the current child and of everyone who waits for it. */
  #abandon(queued: LintelError, running: LintelError = queued): void {
    const port = this.#port;
    const current = this.#running;
    const queue = this.#queue;
    this.#port = null;
    this.#running = null;
    this.#queue = [];
    try {
      port?.kill();
    } catch {
      // It is dead already, which is what was wanted.
    }
    if (current !== null) {
      clearTimeout(current.timer);
      current.job.reject(running);
    }
    for (const job of queue) job.reject(queued);
  }

  #enter(state: SupervisedVision['state'], reason: LintelError | null = null): void {
    this.#reason = reason;
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState?.(state, reason);
  }

  #settleWaiters(error: LintelError | null): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { resolve, reject } of waiters) {
      if (error === null) resolve();
      else reject(error);
    }
  }
}
