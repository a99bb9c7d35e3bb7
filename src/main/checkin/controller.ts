/** One connection's check-in: frames in, the machine's view out, check-ins written on the way. */
import { randomInt } from 'node:crypto';
import type { FrameReply, Handlers } from '../../shared/calls.ts';
import type {
  CameraTurn,
  CheckIn,
  CheckInView,
  Direction,
  FrameMessage,
  RecentCheckIn,
  Settings,
} from '../../shared/domain.ts';
import { LintelError, reportOf } from '../../shared/errors.ts';
import { done, given } from '../../shared/given.ts';
import { type Box, GUIDE, Motion, scaleBox } from '../../shared/geometry.ts';
import { type CheckInLog, nextDirection, type Recorded } from '../attendance/log.ts';
import { dayOf } from '../attendance/rules.ts';
import type { AttendanceService } from '../attendance/service.ts';
import type { Recognition } from '../gallery/recognition.ts';
import type { Clock } from '../storage/context.ts';
import type { DiskMonitor } from '../storage/disk-monitor.ts';
import { shrunkFrame } from '../vision/picture.ts';
import { SURELY_UPRIGHT, uprightTurn } from '../vision/upright.ts';
import type { Frame, SeenFace, Vision } from '../vision/vision.ts';
import { LOADING_MS, observationOf, meshOf, readFrame, takenAt, wantsReading } from './liveness-challenge.ts';
import { chooseTarget, step } from './machine.ts';
import {
  BACKGROUND_WIDTH,
  type CheckInConfig,
  type CheckInInput,
  type CheckInState,
  earlierFrames,
  initialState,
  type LivenessObservation,
  type Probe,
  type RecordRequest,
} from './state.ts';

interface CheckInDeps {
  readonly clock: Clock;
  readonly recognition: Recognition;
  /** @throws LintelError when there is none at the moment */
  readonly vision: () => Vision;
  /** The check-ins of the kiosk: see `CheckInService`. */
  readonly checkIns: {
    readonly config: CheckInConfig;
    last(personId: string): CheckIn | null;
    /** In `ask` mode what the person's last check-in suggests; null: nobody is asked. */
    ask(personId: string): Direction | null;
    /** The two were not told apart before, repeatedly. */
    isConfused(a: string, b: string): boolean;
    /** Somebody could have been either of the two; they were told so. */
    confused(a: string, b: string): Promise<void>;
    record(request: RecordRequest): Promise<Recorded>;
  };
  readonly pictureOf: (personId: string) => Promise<string | null>;
}

/** How often the view is looked at again while no frames come, ms: results fade by themselves. */
const TICK_MS = 500;

/** Somebody who is alone is looked for where they were; the whole frame, who else is there, is looked at this often, ms. */
const WHOLE_EVERY_MS = 250;

/** Before a room in which nothing has moved for so long nobody looks for turned faces, ms: what there is was looked at. */
const TURNS_MOVED_MS = 3000;
/** How wide, in pixels, is what movement is told from. */
const MOTION_WIDTH = 32;
/** How often a frame in which nobody is recognised is looked at in all four turns, ms; and once a face was seen turned. */
const TURNS_EVERY_MS = 500;
const TURNS_AGAIN_MS = 300;
/** Whoever steps up is recognised within this time, ms, and needs the machine for it. */
const TURNS_AFTER_MS = 700;
/** So many such looks in a row must agree before it is said that the picture is turned. */
const TURNS_AGREED = 3;
/** What was seen turned is believed for so long after it was last seen, ms. */
const TURNS_KEPT_MS = 60_000;

/** Where to look for the only face that is not background; undefined: everywhere. */
function whereabouts({ tracks, front, target, challenge }: CheckInState, width: number): Box | undefined {
  // The liveness cues are also read from who stands beside the one who is asked.
  if (target === null || challenge !== null) return undefined;
  const [only, ...others] = tracks.filter(({ box }) => box.width >= BACKGROUND_WIDTH * width);
  return others.length === 0 && only?.id === front ? only?.box : undefined;
}

/**
 * Embeddings cost as much as the detector's look around a face. Whoever a decision was shown about is compared again only this
 * often, ms: is it still them, or does a stranger show more by now? One who was asked something turns the head meanwhile.
 */
const COMPARED_EVERY_MS = { match: 300, already: 300, unknown: 120, ambiguous: 120, challenge: 350 } as const;

/** Whether a frame needs embeddings. `last`: when there was one, monotonic ms. */
function wantsEmbedding({ challenge, front, tracks }: CheckInState, at: number, last: number): boolean {
  const track = tracks.find(({ id }) => id === front);
  // A face that no longer looks like before is compared until it is clear whose it is.
  if (track === undefined || track.strangers > 0) return true;
  const { outcome } = track;
  const phase = challenge?.trackId === front ? 'challenge' : outcome?.kind === 'shown' ? outcome.view.phase : null;
  const every: Partial<Record<string, number>> = COMPARED_EVERY_MS;
  return phase === null || at - last >= (every[phase] ?? 0);
}

export class CheckInController {
  readonly #deps: CheckInDeps;
  readonly #onView: (view: CheckInView) => void;
  #state = initialState;
  #timer: NodeJS.Timeout | null = null;
  /** Counts resets: what was seen before one says nothing about who is there after it. */
  #epoch = 0;
  #closed = false;
  /** When the whole frame was last looked at, a face last embedded, and since when the page says that its landmarker is loading; monotonic ms. */
  #wholeAt = Number.NEGATIVE_INFINITY;
  #embeddedAt = Number.NEGATIVE_INFINITY;
  #loadingSince: number | null = null;
  /** Whom the last ambiguous face could have been. */
  #rivals: readonly [string, string] | null = null;
  /** By how much frames must be turned for their faces to be upright, how often that was seen in a row, and when last. */
  #turned: { readonly turn: CameraTurn; readonly times: number; readonly at: number } = { turn: 0, times: 0, at: 0 };
  #turnsAt = Number.NEGATIVE_INFINITY;
  readonly #motion = new Motion();
  #movedAt = Number.NEGATIVE_INFINITY;
  /** When nobody was there last; null: nothing was looked at yet. */
  #idleAt: number | null = null;

  /** @param onView told of every change of the view */
  constructor(deps: CheckInDeps, onView: (view: CheckInView) => void) {
    this.#deps = deps;
    this.#onView = onView;
  }

  get view(): CheckInView {
    return this.#state.view;
  }

  /**
   * One frame: what it changed of the view is told before it resolves. While vision is away there are no faces, and the view says why.
   * @throws LintelError `bad-input` when its face mesh can not be read
   */
  async frame(frame: FrameMessage): Promise<FrameReply> {
    const { clock, vision } = this.#deps;
    const epoch = this.#epoch;
    const at = clock.ticks();
    const taken = takenAt(frame, at, clock.wall());
    const mesh = this.#bounded(meshOf(frame), at);
    const { width, height } = frame;
    const embed = wantsEmbedding(this.#state, at, this.#embeddedAt) ? 'largest' : 'none';
    if (embed === 'largest') this.#embeddedAt = at;
    const around = at - this.#wholeAt < WHOLE_EVERY_MS ? whereabouts(this.#state, width) : undefined;
    if (around === undefined) this.#wholeAt = at;
    // Of somebody who is asked something every embedding tells whether it is still them.
    const onlyGood = this.#state.challenge === null && this.#state.prompt === null;
    let faces: readonly SeenFace[];
    try {
      faces = await vision().analyze(
        { width, height, channels: 4, data: frame.data },
        { embed, within: scaleBox(GUIDE, width, height), onlyGood, ...given({ around }) },
      );
    } catch (error) {
      if (epoch === this.#epoch) this.#step({ kind: 'vision-error', at: clock.ticks(), error: reportOf(error) });
      return { faces: [] };
    }
    if (epoch !== this.#epoch) return { faces: faces.map((face) => faceReply(face, false)) };
    const probe = await this.#probe(faces, at);
    const seen = faces.map(({ box, quality, landmarks }) => ({
      box,
      issues: quality.issues,
      landmarks,
      yaw: quality.pose.yaw,
    }));
    const config = this.#deps.checkIns.config;
    const front = seen[chooseTarget(seen, width, height)]?.box ?? null;
    const observation = config.liveness === undefined ? null : observationOf(mesh, front, taken);
    const record = this.#step({
      kind: 'frame',
      at,
      wallAt: clock.wall(),
      width,
      height,
      faces: seen,
      probe,
      ...(observation === null ? {} : { observation }),
    });
    const { target, front: trackId } = this.#state;
    if (observation !== null && trackId !== null && target !== null && wantsReading(this.#state, taken, config)) {
      const [face, ...others] = [seen[target]!, ...seen.filter((_, index) => index !== target)].map(({ box }) => box);
      // After the answer is on its way: the page makes its next frame meanwhile.
      setImmediate(() => this.#read(frame, observation, trackId, face!, others));
    }
    if (record !== undefined) await this.#record(record);
    this.#lookTurned(frame, at, Math.max(0, ...faces.map(({ score }) => score)));
    const { turn, times } = this.#turned;
    return {
      faces: faces.map((face, index) => faceReply(face, index === target)),
      ...(turn === 0 || times < TURNS_AGREED ? {} : { turned: turn }),
    };
  }

  /** A camera that is mounted on its side or upside down shows faces to nobody, or faces that nobody knows. */
  #lookTurned(frame: FrameMessage, at: number, score: number): void {
    if (score >= SURELY_UPRIGHT) {
      this.#turned = { turn: 0, times: 0, at };
      return;
    }
    const { phase } = this.view;
    const isKnown = phase === 'match' || phase === 'already' || phase === 'challenge' || phase === 'choose';
    if (at - this.#turned.at > TURNS_KEPT_MS) this.#turned = { turn: 0, times: 0, at };
    if (phase === 'idle' || this.#idleAt === null) this.#idleAt = at;
    const stepsUp = phase !== 'idle' && !isKnown && at - this.#idleAt < TURNS_AFTER_MS;
    if (at < this.#turnsAt || stepsUp) return;
    const { width, height, data } = frame;
    const picture = { width, height, channels: 4, data } as const;
    if (this.#motion.look(shrunkFrame(picture, Math.max(1, Math.round(width / MOTION_WIDTH))), at)) this.#movedAt = at;
    const isDoubtful = this.#turned.turn !== 0 && this.#turned.times < TURNS_AGREED;
    if (!isDoubtful && at - this.#movedAt > TURNS_MOVED_MS) {
      this.#turnsAt = at + TURNS_EVERY_MS;
      return;
    }
    this.#turnsAt = Number.POSITIVE_INFINITY; // one at a time
    const { clock, vision } = this.#deps;
    const epoch = this.#epoch;
    // After the answer is on its way, as `#read`.
    setImmediate(() => {
      const found = async (): Promise<void> => {
        const eyes = vision();
        const look = (turned: Frame): Promise<readonly SeenFace[]> =>
          eyes.analyze(turned, { embed: 'none', once: true });
        const turn = await uprightTurn(picture, look, isDoubtful ? [0, this.#turned.turn] : undefined);
        if (turn === null || epoch !== this.#epoch) return;
        const now = this.#turned;
        this.#turned = { turn, times: turn === now.turn ? now.times + 1 : 1, at };
      };
      void found()
        .catch(() => undefined) // vision is away: the next frame says so
        .finally(() => {
          const now = clock.ticks();
          // On a slow machine most of its time stays with recognition, unless there is something to be told.
          this.#turnsAt = now + (this.#turned.turn === 0 ? Math.max(TURNS_EVERY_MS, now - at) : TURNS_AGAIN_MS);
        });
    });
  }

  /** The page's word that the landmarker is on its way, taken for so long: one that never comes must not keep everybody out. */
  #bounded(mesh: LivenessObservation['mesh'], at: number): LivenessObservation['mesh'] {
    if (mesh !== 'loading') {
      this.#loadingSince = null;
      return mesh;
    }
    this.#loadingSince ??= at;
    return at - this.#loadingSince < LOADING_MS ? mesh : undefined;
  }

  #read(
    frame: FrameMessage,
    observation: LivenessObservation,
    trackId: number,
    face: Box,
    others: readonly Box[],
  ): void {
    if (this.#closed || !this.#state.tracks.some((track) => track.id === trackId)) return;
    this.#step({ kind: 'read', at: observation.at, trackId, reading: readFrame(frame, observation, face, others) });
  }

  /**
   * The person who is asked comes or goes. Resolves when it is recorded (or could not be: the view says so). A second tap
   * meanwhile does nothing.
   * @throws LintelError `question-over` when nobody is asked (any more)
   */
  async choose(direction: Direction): Promise<void> {
    const answered = this.#state.prompt?.answered === true;
    const record = this.#step({ kind: 'choose', at: this.#deps.clock.ticks(), direction });
    if (record !== undefined) return this.#record(record);
    if (!answered) throw new LintelError('question-over');
  }

  /** The camera is gone or the screen was left. */
  reset(): void {
    this.#epoch++;
    this.#turned = { turn: 0, times: 0, at: 0 };
    this.#step({ kind: 'reset' });
  }

  close(): void {
    this.#closed = true;
    this.#epoch++;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #probe(faces: readonly SeenFace[], at: number): Promise<Probe | null> {
    const index = faces.findIndex((face) => face.embedding !== undefined);
    const embedding = faces[index]?.embedding;
    if (embedding === undefined) return null;
    const { recognition, checkIns, pictureOf } = this.#deps;
    const challenges = this.#deps.checkIns.config.liveness?.mode === 'challenge';
    const boxes = faces.map(({ box }) => box);
    const earlier = earlierFrames(this.#state, boxes, index, embedding, at, checkIns.config);
    const { kind, candidates, threshold } = recognition.recognise(embedding, earlier);
    const [best = null, second] = candidates;
    if (kind === 'ambiguous' && best !== null && second !== undefined) this.#rivals = [best.id, second.id];
    const last = kind === 'match' && best !== null ? checkIns.last(best.id) : null;
    const suggested = kind === 'match' && best !== null ? checkIns.ask(best.id) : null;
    const picture =
      best === null || (last === null && suggested === null && !challenges)
        ? null
        : await pictureOf(last?.personId ?? best.id);
    return {
      face: index,
      embedding,
      kind,
      best,
      threshold,
      picture,
      repeated: kind === 'ambiguous' && this.#rivals !== null && checkIns.isConfused(...this.#rivals),
      lastCheckIn: last === null ? null : { at: last.at, direction: last.direction, picture },
      ...(suggested === null ? {} : { choice: { suggested, picture } }),
    };
  }

  async #record(request: RecordRequest): Promise<void> {
    const { clock, checkIns, pictureOf } = this.#deps;
    const { trackId } = request;
    try {
      const { kind, checkIn } = await checkIns.record(request);
      const { personId, name, direction, at } = checkIn;
      const picture = await pictureOf(personId);
      const view =
        kind === 'recorded'
          ? ({ phase: 'match', checkInId: checkIn.id, personId, name, direction, at, picture } as const)
          : ({ phase: 'already', personId, name, direction, at, picture } as const);
      this.#step({ kind: 'recorded', at: clock.ticks(), trackId, view });
    } catch (error) {
      this.#step({ kind: 'record-failed', at: clock.ticks(), trackId, error: reportOf(error) });
    }
  }

  #step(input: CheckInInput): RecordRequest | undefined {
    const { view: before, result } = this.#state;
    const done = step(this.#state, input, this.#deps.checkIns.config);
    this.#state = done.state;
    if (done.view !== before && !this.#closed) this.#onView(done.view);
    const news = done.state.result;
    if (news !== null && news !== result && news.view.phase === 'ambiguous' && this.#rivals !== null)
      void this.#deps.checkIns.confused(...this.#rivals);
    if (done.view.phase !== 'idle' && this.#timer === null && !this.#closed) this.#tickLater();
    return done.record;
  }

  #tickLater(): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#step({ kind: 'tick', at: this.#deps.clock.ticks() });
    }, TICK_MS);
    this.#timer.unref();
  }
}

const faceReply = (face: SeenFace, target: boolean): FrameReply['faces'][number] => ({
  box: face.box,
  landmarks: face.landmarks,
  score: face.score,
  issues: face.quality.issues,
  target,
});

// Check-ins of this kiosk: the settings they are decided by, the record, and what was recorded.

interface CheckInServiceDeps {
  readonly people: {
    readonly model: { readonly id: string } | null;
    find(id: string): { readonly group: string | null } | undefined;
    /** @throws LintelError `not-found` */
    get(id: string): { readonly name: string };
  };
  readonly checkIns: CheckInLog;
  readonly attendance: AttendanceService;
  readonly recognition: Recognition;
  readonly settings: () => Settings;
  readonly disk: DiskMonitor;
  /** Unix ms. */
  readonly wall: () => number;
  readonly pictureOf: (personId: string) => Promise<string | null>;
  /** Whom the kiosk did not tell apart before. */
  readonly ambiguous: {
    isRepeated(a: string, b: string): boolean;
    count(a: string, b: string): Promise<void>;
  };
  /** Told when a pair was counted there. */
  readonly onAmbiguous: () => void;
  /** Told of each check-in that is on disk. */
  readonly onCheckIn: (checkIn: RecentCheckIn) => void;
}

/** A consistent limit for "these two frames can not show the same face": what one stranger in a hundred pairs reaches. */
const SAME_FACE_FMR = 0.01;

export class CheckInService {
  readonly #deps: CheckInServiceDeps;

  constructor(deps: CheckInServiceDeps) {
    this.#deps = deps;
  }

  get config(): CheckInConfig {
    const { settings, recognition } = this.#deps;
    const { votes, cooldownSeconds, liveness: mode } = settings();
    const liveness = mode === 'off' ? {} : { liveness: { mode, random: unforeseeable } };
    return {
      votes,
      cooldownMs: cooldownSeconds * 1000,
      sameFace: recognition.similarityAt(SAME_FACE_FMR),
      ...liveness,
    };
  }

  last(personId: string): CheckIn | null {
    return this.#deps.checkIns.last(personId);
  }

  /** Writes a check-in and tells everybody. Resolves when it is on disk. @throws LintelError `disk-full` and the like */
  async record(request: Omit<RecordRequest, 'trackId'>): Promise<Recorded> {
    const { people, settings, disk, checkIns, onCheckIn } = this.#deps;
    const { personId, similarity, threshold } = request;
    const { name } = people.get(personId);
    const { direction, cooldownSeconds, kioskName } = settings();
    const recorded = await disk.track(() =>
      checkIns.record(
        { personId, name, similarity, threshold, model: people.model?.id ?? '' },
        {
          cooldownMs: cooldownSeconds * 1000,
          direction: request.direction ?? direction,
          dayOf: this.#workingDays(personId),
          kiosk: kioskName,
        },
      ),
    );
    if (recorded.kind === 'recorded') onCheckIn(await this.#recentOf(recorded.checkIn));
    return recorded;
  }

  isConfused(a: string, b: string): boolean {
    return this.#deps.ambiguous.isRepeated(a, b);
  }

  /** Never throws: what hinders it is on the screen already. */
  async confused(a: string, b: string): Promise<void> {
    const { ambiguous, disk, onAmbiguous } = this.#deps;
    await disk.track(() => ambiguous.count(a, b)).then(onAmbiguous, () => undefined);
  }

  /** Where people are asked: what the person's last check-in suggests. Null: nobody is asked. */
  ask(personId: string): Direction | null {
    const { settings, checkIns, wall } = this.#deps;
    if (settings().direction !== 'ask') return null;
    return nextDirection('alternate', checkIns.lastDirection(personId), wall(), this.#workingDays(personId));
  }

  recent(): Promise<RecentCheckIn[]> {
    return Promise.all(this.#deps.checkIns.recent.map((checkIn) => this.#recentOf(checkIn)));
  }

  /** The check-ins of a day (`YYYY-MM-DD` in the settings' time zone); null: today. As the kiosk wrote them. */
  async log(day: string | null): Promise<{ day: string; checkIns: CheckIn[] }> {
    const { attendance, wall, checkIns } = this.#deps;
    const { timeZone } = attendance;
    const wanted = day ?? dayOf(wall(), timeZone);
    return { day: wanted, checkIns: await checkIns.forDay(wanted, timeZone) };
  }

  #workingDays(personId: string): (at: number) => string {
    const { people, attendance } = this.#deps;
    const person = people.find(personId);
    return (at) => attendance.workingDay(person, at);
  }

  async #recentOf({ id, at, name, direction, personId }: CheckIn): Promise<RecentCheckIn> {
    return { id, at, name, direction, picture: await this.#deps.pictureOf(personId) };
  }
}

/** [0, 1) that nobody in front of the kiosk can guess. */
const unforeseeable = (): number => randomInt(2 ** 32) / 2 ** 32;

/** @param controller of the connection that asks */
export const checkInCalls = (
  { checkInService }: { readonly checkInService: CheckInService },
  controller: CheckInController,
) =>
  ({
    getRecentCheckIns: () => checkInService.recent(),
    resetCheckIn: () => done(controller.reset()),
    chooseDirection: ({ direction }) => done(controller.choose(direction)),
    getLog: ({ day }) => checkInService.log(day),
  }) satisfies Partial<Handlers>;
