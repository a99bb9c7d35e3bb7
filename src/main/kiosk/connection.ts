/** One window or socket: what comes in is checked here, and goes to the one place that may answer it. */
import { calls, type CallName, type CallOutput, type EventName } from '../../shared/api.ts';
import type { Session } from '../../shared/domain.ts';
import { LintelError, reportOf } from '../../shared/errors.ts';
import { attendanceDesk } from './attendance-desk.ts';
import { badInput } from './bad-input.ts';
import { Enrollment } from './enrollment.ts';
import { evaluationDesk } from './evaluation-desk.ts';
import { done, type Handlers, type Parsed } from './handlers.ts';
import type { KioskConnection } from './host.ts';
import { importDesk } from './import-desk.ts';
import type { Kiosk } from './kiosk.ts';
import { peopleDesk } from './people-desk.ts';
import { photoDesk } from './photo-desk.ts';
import { OperatorSession } from './session.ts';
import { trustDesk } from './trust-desk.ts';
import { WalkUp } from './walk-up.ts';

export class Connection implements KioskConnection {
  readonly #kiosk: Kiosk;
  readonly #send: (name: EventName, payload: unknown) => void;
  readonly #onClose: () => void;
  readonly #session: OperatorSession;
  readonly #walkUp: WalkUp;
  readonly #enrollment: Enrollment;
  readonly #handlers: Handlers;
  readonly #inFlight = new Set<CallName>();
  #closed = false;

  constructor(kiosk: Kiosk, send: (name: EventName, payload: unknown) => void, onClose: () => void) {
    this.#kiosk = kiosk;
    this.#send = send;
    this.#onClose = onClose;
    this.#session = new OperatorSession(kiosk.clock, () => this.send('session', this.#session.view));
    this.#walkUp = new WalkUp(
      {
        clock: kiosk.clock,
        recognition: kiosk.recognition,
        vision: () => kiosk.vision,
        config: () => kiosk.checkInConfig,
        lastCheckIn: (id) => kiosk.checkIns.last(id),
        ask: (id) => kiosk.ask(id),
        record: (request) => kiosk.record(request),
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
      if (this.#closed || this.#kiosk.closed) throw new LintelError('internal', 'The kiosk is closed.');
      if (!Object.hasOwn(calls, name)) throw new LintelError('bad-input', 'There is no such call.');
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
    this.#walkUp.close();
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
    const { views, people, operator, disk } = kiosk;
    return {
      getStatus: () => kiosk.status(),
      getRecentCheckIns: () => kiosk.recentCheckIns(),
      submitFrame: (frame) => this.#oneFrame('submitFrame', () => this.#walkUp.frame(frame)),
      resetCheckIn: () => done(this.#walkUp.reset()),
      getSession: () => session.view,
      createPin: async ({ pin }) => {
        await disk.watch(() => operator.create(pin));
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
      changePin: ({ current, next }) => done(disk.watch(() => operator.change(current, next))),
      listPeople: async ({ query, offset, limit }) => {
        await kiosk.checkIns.readLastSeen();
        const found = views.search(query);
        const page = found.slice(offset, offset + limit);
        return { total: found.length, people: await Promise.all(page.map((person) => views.summary(person))) };
      },
      getPerson: async ({ id }) => {
        await kiosk.checkIns.readLastSeen();
        return views.whole(people.get(id));
      },
      removePerson: ({ id }) => done(kiosk.removePerson(id)),
      startEnrollment: () => ({ enrollmentId: enrollment.start() }),
      captureSample: ({ enrollmentId, pose, frame }) =>
        this.#oneFrame('captureSample', () => enrollment.capture(enrollmentId, pose, frame)),
      addSamplePicture: ({ enrollmentId, bytes }) => enrollment.addPicture(enrollmentId, bytes),
      discardSample: ({ enrollmentId, sampleId }) => done(enrollment.discard(enrollmentId, sampleId)),
      findLookAlikes: ({ enrollmentId }) =>
        Promise.all(
          enrollment
            .lookAlikes(enrollmentId)
            .map(async (found) => ({ ...found, person: await views.summary(found.person) })),
        ),
      saveEnrollment: async ({ enrollmentId, target }) => {
        const person = await disk.watch(() => enrollment.save(enrollmentId, target));
        kiosk.statusChanged();
        return views.whole(person);
      },
      cancelEnrollment: ({ enrollmentId }) => done(enrollment.cancel(enrollmentId)),
      updateSettings: (change) => kiosk.updateSettings(change),
      getLog: ({ day }) => kiosk.log(day),
      ...peopleDesk(kiosk),
      ...importDesk(kiosk),
      ...photoDesk(kiosk),
      chooseDirection: ({ direction }) => done(this.#walkUp.choose(direction)),
      ...attendanceDesk(kiosk),
      ...evaluationDesk(kiosk),
      ...trustDesk(kiosk),
      restartVision: () => done(kiosk.restartVision()),
      dismissNotices: () => done(kiosk.dismissNotices()),
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
    if (this.#inFlight.has(call))
      throw new LintelError('bad-input', 'A frame is being looked at already.', {
        todo: 'Send the next one after it.',
      });
    this.#inFlight.add(call);
    try {
      return await work();
    } finally {
      this.#inFlight.delete(call);
    }
  }
}

/** What only a mistake of ours can throw: its details may hold data, so they stay in the cause. */
function internal(error: unknown): LintelError {
  const { code, message, todo } = reportOf(error);
  return new LintelError(code, message, { todo, cause: error });
}
