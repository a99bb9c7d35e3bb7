/** How a host (Electron's IPC, the loopback WebSocket) holds a kiosk. Rules live behind it; hosts only carry messages. */
import type { z } from 'zod';
import {
  type CallName,
  type CallOutput,
  calls,
  type EventName,
  type Handlers,
  type Parsed,
} from '../../shared/calls.ts';
import type { KioskStatus, Session, Settings } from '../../shared/domain.ts';
import { LintelError } from '../../shared/errors.ts';
import type { DataState } from '../../shared/security.ts';
import { done } from '../../shared/given.ts';
import { attendanceCalls } from '../attendance/service.ts';
import { checkInCalls, CheckInController } from '../checkin/controller.ts';
import { evaluationCalls } from '../evaluation/service.ts';
import type { Recognition } from '../gallery/recognition.ts';
import { Enrollment } from '../people/enrollment.ts';
import { importCalls } from '../people/import.ts';
import { photoCalls } from '../people/photos.ts';
import type { PeopleRepository } from '../people/repository.ts';
import { peopleCalls } from '../people/service.ts';
import type { Clock } from '../storage/context.ts';
import type { Vision } from '../vision/vision.ts';
import type { Operator } from './operator.ts';
import { securityCalls } from './security-service.ts';

type Send = (name: EventName, payload: unknown) => void;

/** One window or one socket. Each has its own operator session and its own check-in track. */
export interface KioskConnection {
  /**
   * Runs one call of `KioskApi`. `name` and `input` come from outside and are validated here.
   * @throws LintelError always: whatever else is thrown inside becomes `internal`.
   */
  call(name: string, input: unknown): Promise<unknown>;
  /** The window or socket is gone: forget its session, its drafts and its track. */
  close(): void;
}

export interface KioskHost {
  /** `send` is called with every event meant for this connection; it must not throw. */
  connect(send: Send): KioskConnection;
  /** Called when an operator leaves kiosk mode. The Electron host sets it. */
  onLeaveKiosk: (() => void) | null;
  /** Flushes and closes everything; calls after it are refused. */
  close(): Promise<void>;
}

// An operator's session on one connection: it ends by itself after a while in which nothing was done.

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
    if (this.#left() <= 0) throw new LintelError('pin-required');
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

// What is said of an input that its schema refuses: the first field that is wrong, never what it held.

/** The parts of a zod definition that hold other schemas. */
interface Inside {
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
}

/**
 * The path as far as its parts are words of the contract. Keys of a record are somebody's own words, say the names of groups:
 * there it ends.
 */
function fieldOf(path: readonly PropertyKey[], schema: z.ZodType | undefined): readonly string[] {
  const [first, ...rest] = path;
  if (first === undefined || schema === undefined) return [];
  const { shape, element, options, innerType, in: from } = schema.def as Inside;
  const next = innerType ?? from;
  if (next !== undefined) return fieldOf(path, next);
  if (options !== undefined)
    return options.map((option) => fieldOf(path, option)).reduce((a, b) => (b.length > a.length ? b : a), []);
  if (element !== undefined && typeof first === 'number') return [String(first), ...fieldOf(rest, element)];
  const word = String(first);
  if (shape === undefined || !Object.hasOwn(shape, word)) return [];
  return [word, ...fieldOf(rest, shape[word])];
}

export function badInput(error: z.ZodError, schema: z.ZodType): LintelError {
  const field = fieldOf(error.issues[0]?.path ?? [], schema).join('.');
  return field === '' ? new LintelError('bad-input', { field }) : new LintelError('bad-input.field', { field });
}

// One window or socket: what comes in is checked here, and goes to the one place that may answer it.

/** What a connection asks of the kiosk behind it. */
type ConnectionDeps = Parameters<typeof peopleCalls>[0] &
  Parameters<typeof importCalls>[0] &
  Parameters<typeof photoCalls>[0] &
  Parameters<typeof attendanceCalls>[0] &
  Parameters<typeof evaluationCalls>[0] &
  Parameters<typeof securityCalls>[0] &
  Parameters<typeof checkInCalls>[0] & {
    readonly closed: boolean;
    readonly clock: Clock;
    readonly operator: Operator;
    readonly people: PeopleRepository;
    readonly recognition: Recognition;
    /** @throws LintelError when there is none at the moment */
    readonly vision: Vision;
    readonly onLeaveKiosk: (() => void) | null;
    status(): KioskStatus;
    statusChanged(): void;
    updateSettings(change: Parsed<'updateSettings'>): Promise<Settings>;
    readonly models: { restart(): Promise<void> };
    dismissNotices(codes: readonly string[] | null): Promise<void>;
  };

export class Connection implements KioskConnection {
  readonly #kiosk: ConnectionDeps;
  readonly #send: Send;
  readonly #onClose: () => void;
  readonly #session: OperatorSession;
  readonly #controller: CheckInController;
  readonly #enrollment: Enrollment;
  readonly #handlers: Handlers;
  readonly #inFlight = new Set<CallName>();
  #closed = false;

  constructor(kiosk: ConnectionDeps, send: Send, onClose: () => void) {
    this.#kiosk = kiosk;
    this.#send = send;
    this.#onClose = onClose;
    this.#session = new OperatorSession(kiosk.clock, () => this.send('session', this.#session.view));
    this.#controller = new CheckInController(
      {
        clock: kiosk.clock,
        recognition: kiosk.recognition,
        vision: () => kiosk.vision,
        checkIns: kiosk.checkInService,
        pictureOf: (id) => kiosk.views.picture(id),
      },
      (view) => this.send('view', view),
    );
    this.#enrollment = new Enrollment({
      people: kiosk.people,
      recognition: kiosk.recognition,
      vision: () => kiosk.vision,
      wall: kiosk.clock.wall,
    });
    this.#handlers = this.#answers();
  }

  async call(name: string, input: unknown): Promise<unknown> {
    try {
      if (this.#closed || this.#kiosk.closed) throw new LintelError('internal.closed');
      if (!Object.hasOwn(calls, name)) throw new LintelError('bad-input.call');
      return await this.#run(name as CallName, input);
    } catch (error) {
      throw error instanceof LintelError ? error : internal(error);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#session.close();
    this.#enrollment.forgetAll();
    this.#controller.close();
    this.#onClose();
  }

  send(name: EventName, payload: unknown): void {
    if (!this.#closed) this.#send(name, payload);
  }

  async #run<N extends CallName>(name: N, input: unknown): Promise<CallOutput<N>> {
    const { access, input: schema } = calls[name];
    // Whoever has no session learns nothing about what the call would have wanted.
    if (access === 'operator') {
      this.#session.touch();
      this.send('session', this.#session.view);
    }
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw badInput(parsed.error, schema);
    return await this.#handlers[name](parsed.data as Parsed<N>);
  }

  #answers(): Handlers {
    const kiosk = this.#kiosk;
    const enrollment = this.#enrollment;
    const session = this.#session;
    const { views, operator, disk } = kiosk;
    return {
      getStatus: () => kiosk.status(),
      submitFrame: (frame) => this.#oneFrame('submitFrame', () => this.#controller.frame(frame)),
      getSession: () => session.view,
      createPin: async ({ pin }) => {
        await disk.track(() => operator.create(pin));
        kiosk.statusChanged();
        return this.#unlocked();
      },
      unlock: async ({ pin }) => {
        await operator.check(pin);
        return this.#unlocked();
      },
      lock: () => {
        session.close();
        enrollment.forgetAll();
        this.send('session', session.view);
        return session.view;
      },
      changePin: ({ current, next }) => done(disk.track(() => operator.change(current, next))),
      startEnrollment: () => ({ enrollmentId: enrollment.start() }),
      captureSample: ({ enrollmentId, pose, frame }) =>
        this.#oneFrame('captureSample', () => enrollment.capture(enrollmentId, pose, frame)),
      addSamplePicture: ({ enrollmentId, bytes }) => enrollment.addPicture(enrollmentId, bytes),
      discardSample: ({ enrollmentId, sampleId }) => done(enrollment.discard(enrollmentId, sampleId)),
      checkSamples: ({ enrollmentId, ...than }) => ({ misfits: enrollment.misfits(enrollmentId, than) }),
      findLookAlikes: ({ enrollmentId, leaveOut }) =>
        Promise.all(
          enrollment
            .lookAlikes(enrollmentId, leaveOut)
            .map(async (found) => ({ ...found, person: await views.summary(found.person) })),
        ),
      saveEnrollment: async ({ enrollmentId, target }) => {
        const person = await disk.track(() => enrollment.save(enrollmentId, target));
        kiosk.statusChanged();
        return views.whole(person);
      },
      cancelEnrollment: ({ enrollmentId }) => done(enrollment.cancel(enrollmentId)),
      updateSettings: (change) => kiosk.updateSettings(change),
      ...checkInCalls(kiosk, this.#controller),
      ...peopleCalls(kiosk),
      ...importCalls(kiosk),
      ...photoCalls(kiosk),
      ...attendanceCalls(kiosk),
      ...evaluationCalls(kiosk),
      ...securityCalls(kiosk),
      restartVision: () => done(kiosk.models.restart()),
      dismissNotices: ({ codes }) => done(kiosk.disk.track(() => kiosk.dismissNotices(codes))),
      leaveKiosk: () => done(kiosk.onLeaveKiosk?.()),
    };
  }

  #unlocked(): Session {
    this.#session.open();
    this.send('session', this.#session.view);
    return this.#session.view;
  }

  /** Frames never queue: one that comes while another is being looked at is refused, and the camera sends a newer one. */
  async #oneFrame<T>(call: CallName, work: () => Promise<T>): Promise<T> {
    if (this.#inFlight.has(call)) throw new LintelError('bad-input.busy');
    this.#inFlight.add(call);
    try {
      return await work();
    } finally {
      this.#inFlight.delete(call);
    }
  }
}

/** What only a mistake of ours can throw: its details may hold data, so they stay in the cause. */
const internal = (error: unknown): LintelError => new LintelError('internal', undefined, { cause: error });

/** The data that a kiosk opens. */
interface OpenableData {
  readonly state: DataState;
  openData(passphrase: string | null): Promise<DataState>;
}

/** One screen, whatever kiosk is behind it: it outlives the kiosk, which may be closed and opened again, see lifecycle.ts. */
export class ClientSession implements KioskConnection {
  readonly #data: OpenableData;
  readonly #send: Send;
  readonly #onClose: () => void;
  #inner: KioskConnection | null = null;
  #closed = false;

  constructor(data: OpenableData, send: Send, onClose: () => void) {
    this.#data = data;
    this.#send = send;
    this.#onClose = onClose;
  }

  /** From now on this kiosk is behind it; null: none. The one before closes its own end. */
  attach(kiosk: Pick<KioskHost, 'connect'> | null): void {
    this.#inner?.close();
    this.#inner = this.#closed ? null : (kiosk?.connect((name, payload) => this.send(name, payload)) ?? null);
  }

  send(name: EventName, payload: unknown): void {
    if (!this.#closed) this.#send(name, payload);
  }

  async call(name: string, input: unknown): Promise<unknown> {
    if (this.#inner !== null && this.#data.state.state === 'open') return this.#inner.call(name, input);
    if (!Object.hasOwn(calls, name)) throw new LintelError('bad-input.call');
    if (name === 'getDataState') return this.#data.state;
    if (name !== 'openData') throw notOpen(this.#data.state);
    const asked = calls.openData.input.safeParse(input);
    if (!asked.success) throw badInput(asked.error, calls.openData.input);
    return this.#data.openData(asked.data.passphrase);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#inner?.close();
    this.#inner = null;
    this.#onClose();
  }
}

const notOpen = ({ state }: DataState): LintelError =>
  state === 'locked' ? new LintelError('vault-locked.screen') : new LintelError('data-closed');
