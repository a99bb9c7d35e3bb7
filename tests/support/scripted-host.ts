/** A `KioskHost` that shows whatever a test wants shown, for looking at every screen without waiting for it to happen. */
import type { KioskConnection, KioskHost } from '../../src/main/server/connection.ts';
import type { CallName, EventName } from '../../src/shared/calls.ts';
import {
  type CheckInView,
  DEFAULT_SETTINGS,
  type KioskStatus,
  type RecentCheckIn,
  type Session,
  type Settings,
} from '../../src/shared/domain.ts';
import { LintelError } from '../../src/shared/errors.ts';
import type { DataState } from '../../src/shared/security.ts';

type Answer = (input: never) => unknown;

export class ScriptedHost implements KioskHost {
  onLeaveKiosk: (() => void) | null = null;
  readonly calls: { name: string; input: unknown }[] = [];
  /** What a call gives; tests add to it or replace. */
  readonly answers: Partial<Record<CallName, Answer>>;
  status: KioskStatus = {
    version: '0.1.0',
    vision: 'ready',
    models: [],
    people: 3,
    enrollAgain: 0,
    threshold: 0.42,
    pinSet: true,
    trouble: null,
    notices: [],
    settings: DEFAULT_SETTINGS,
    landmarkerUrl: null,
  };
  view: CheckInView = { phase: 'idle' };
  recent: RecentCheckIn[] = [];
  session: Session = { unlocked: false, endsAt: null };
  data: DataState = { state: 'open' };
  readonly #senders = new Set<(name: EventName, payload: unknown) => void>();

  constructor() {
    const open = (): Session => (this.session = { unlocked: true, endsAt: Date.now() + 120_000 });
    this.answers = {
      getDataState: () => this.data,
      getStatus: () => this.status,
      getRecentCheckIns: () => this.recent,
      submitFrame: () => ({ faces: [] }),
      resetCheckIn: () => null,
      getSession: () => this.session,
      createPin: open,
      unlock: ({ pin }: { pin: string }) => {
        if (pin !== '1234') throw new LintelError('pin-wrong');
        return open();
      },
      lock: () => (this.session = { unlocked: false, endsAt: null }),
      listPeople: () => ({ total: 0, people: [] }),
      getLog: () => ({ day: '2026-11-22', checkIns: [] }),
      startEnrollment: () => ({ enrollmentId: 'draft-1' }),
      cancelEnrollment: () => null,
      checkSamples: () => ({ misfits: [] }),
      listAmbiguous: () => [],
      updateSettings: (change: Partial<Settings>) => {
        this.show({ settings: { ...this.status.settings, ...change } });
        return this.status.settings;
      },
    };
  }

  connect(send: (name: EventName, payload: unknown) => void): KioskConnection {
    this.#senders.add(send);
    return {
      call: async (name, input) => {
        this.calls.push({ name, input });
        // As the real one: whoever has no data answers nothing else.
        if (this.data.state !== 'open' && name !== 'getDataState' && name !== 'openData')
          throw new LintelError('vault-locked.screen');
        const answer = this.answers[name as CallName];
        if (answer === undefined) throw new LintelError('internal', { nothingScriptedFor: name });
        return answer(input as never);
      },
      close: () => this.#senders.delete(send),
    };
  }

  /** Changes the status and tells every page. */
  show(change: Partial<KioskStatus>): void {
    this.status = { ...this.status, ...change };
    this.#tell('status', this.status);
  }

  /** Changes the check-in view and tells every page. */
  showView(view: CheckInView): void {
    this.view = view;
    this.#tell('view', view);
  }

  /** Closes, works on or opens the data, and tells every page; sessions end as they do when a kiosk closes. */
  showData(data: DataState): void {
    this.data = data;
    if (data.state !== 'open') this.session = { unlocked: false, endsAt: null };
    this.#tell('dataState', data);
  }

  endSession(): void {
    this.session = { unlocked: false, endsAt: null };
    this.#tell('session', this.session);
  }

  async close(): Promise<void> {
    this.#senders.clear();
  }

  #tell(name: EventName, payload: unknown): void {
    for (const send of this.#senders) send(name, payload);
  }
}
