/** What the screen shows of the machine's state, without flicker. */
import { type CheckInView, type Direction, QUALITY_ISSUES, type QualityIssue } from '../../shared/domain.ts';
import { area, type Box, centre, contains, GUIDE, scaleBox } from '../../shared/geometry.ts';
import { withView } from '../liveness/background-motion.ts';
import {
  ask,
  NOT_LIVE,
  NOT_LIVE_PAUSE_MS,
  onQuestion,
  proofOf,
  questionView,
  READINGS_KEPT,
  soon,
  timePasses,
} from './liveness-challenge.ts';
import {
  agreed,
  type AlreadyView,
  ASK_AGAIN_MS,
  ASK_GONE_MS,
  ASK_MS,
  type DirectionPrompt,
  BACKGROUND_WIDTH,
  type Challenge,
  type CheckInConfig,
  type CheckInInput,
  type CheckInState,
  current,
  type FaceSeen,
  FAR_AFTER_MS,
  follow,
  type Hint,
  HINT_AFTER_MS,
  IDLE,
  initialState,
  type LivenessObservation,
  likeBefore,
  LOST_AFTER_MS,
  OTHERS_NEEDED,
  type Outcome,
  OUTSIDE_AFTER_MS,
  type Probe,
  READABLE_MS,
  type RecordRequest,
  RESULT_MS,
  RETRY_RECORD_MS,
  STALLED_MS,
  type Step,
  type Track,
  UNDECIDED_AFTER_MS,
  UNKNOWN_AFTER_MS,
  type Vote,
  voteWindow,
} from './state.ts';

/** The most important of a face's issues; the order of `QUALITY_ISSUES` is what to say first. */
function firstIssue(issues: readonly QualityIssue[]): QualityIssue | null {
  return QUALITY_ISSUES.find((issue) => issues.includes(issue)) ?? null;
}

/**
 * What to tell the face being looked at, after one more frame. A hint replaces another only when it held for a while;
 * whoever appears is looked at first and criticised later.
 * @param before null when this face was not looked at before
 * @param since when the face appeared
 */
function nextHint(before: CheckInState['hint'], face: FaceSeen, since: number, at: number): CheckInState['hint'] {
  const issue = firstIssue(face.issues);
  const raw: Hint = issue === 'too-small' && at - since < FAR_AFTER_MS ? 'far' : (issue ?? 'looking');
  if (before === null) return { shown: raw === 'far' ? 'far' : 'looking', raw, rawSince: at };
  const rawSince = raw === before.raw ? before.rawSince : at;
  const changes = before.shown === 'far' || at - rawSince >= HINT_AFTER_MS;
  return { shown: changes ? raw : before.shown, raw, rawSince };
}

/** The screen's view of a state at monotonic time `at`. */
function viewOf(state: CheckInState, at: number): CheckInView {
  if (state.visionError !== null) return { phase: 'error', error: { ...state.visionError } };
  if (state.prompt !== null) return state.prompt.view;
  if (state.challenge !== null) return questionView(state.challenge, at);
  const { result, hint } = state;
  const front = state.tracks.find((track) => track.id === state.front);
  const someone = front !== undefined && hint?.shown !== 'far';
  const resultAge = result === null ? Number.POSITIVE_INFINITY : at - result.at;
  const own =
    front?.outcome?.kind === 'prompted' || front?.outcome?.kind === 'challenged'
      ? null
      : (front?.outcome?.view ?? null);
  const ownIsNews = own !== null && own.phase !== 'unknown' && own.phase !== 'ambiguous';
  if (own !== null && (ownIsNews || result === null || result.trackId === front?.id || resultAge >= READABLE_MS))
    return own;
  if (result !== null) {
    const { phase } = result.view;
    const hasName = phase !== 'unknown' && phase !== 'ambiguous' && phase !== 'not-live';
    const lastVote = front?.votes.at(-1);
    const isBack = 'personId' in result.view && lastVote?.personId === result.view.personId;
    if (resultAge < (hasName && (!someone || isBack) ? RESULT_MS : READABLE_MS)) return result.view;
  }
  if (front !== undefined && hint !== null) {
    switch (hint.shown) {
      case 'far':
        return IDLE;
      case 'looking':
        return { phase: 'looking', several: state.several };
      default:
        return { phase: 'present', issue: hint.shown };
    }
  }
  if (state.outsideSince !== null && at - state.outsideSince >= OUTSIDE_AFTER_MS)
    return { phase: 'present', issue: 'outside' };
  return IDLE;
}

/** Whether two views show the same. */
function sameView(a: CheckInView, b: CheckInView): boolean {
  return a === b || (a.phase === b.phase && JSON.stringify(a) === JSON.stringify(b));
}

/*
 * The question "do you come or go?": when it stays, when it is dismissed, and what an answer leads to.
 *
 * It stays while the face of the person who is asked is the one in front, and `ASK_GONE_MS` longer, so that looking down at
 * the buttons does not take them away. It is dismissed, and nothing recorded, when they left, when somebody else stands in
 * front, and when nobody answers for `ASK_MS`.
 */

/** The question after one more frame; null when somebody else stands in front by now. */
function keepPrompt(
  prompt: DirectionPrompt | null,
  frame: {
    /** The faces in the frame. */
    readonly seen: readonly Track[];
    /** The one looked at, when there is one in the frame. */
    readonly front: Track | undefined;
    readonly probe: Probe | null;
    readonly at: number;
  },
): DirectionPrompt | null {
  if (prompt === null || prompt.answered) return prompt;
  const { personId } = prompt.request;
  const { seen, front, probe, at } = frame;
  if (front !== undefined && front.id !== prompt.trackId) {
    const named = front.votes.some((vote) => vote.personId === personId);
    if (!named && front.votes.length >= OTHERS_NEEDED) return null;
  }
  const isThere =
    seen.some(({ id }) => id === prompt.trackId) || (probe?.kind === 'match' && probe.best?.id === personId);
  return isThere ? { ...prompt, seenAt: at } : prompt;
}

/** The state without a question that has waited too long. */
function putAway(state: CheckInState, at: number): CheckInState {
  const { prompt } = state;
  if (prompt === null || prompt.answered) return state;
  if (at - prompt.seenAt <= ASK_GONE_MS && at - prompt.askedAt <= ASK_MS) return state;
  const tracks = state.tracks.map((track) =>
    track.id === prompt.trackId ? { ...track, outcome: { kind: 'declined', view: IDLE, at } as const } : track,
  );
  return { ...state, prompt: null, tracks };
}

/** They have answered: a record to write, or nothing when the question is gone or was answered already. */
function answer(
  before: CheckInState,
  direction: Direction,
  at: number,
): { readonly state: CheckInState; readonly record?: RecordRequest } {
  const state = putAway(before, at);
  const { prompt, view } = state;
  if (prompt === null || prompt.answered || view.phase !== 'choose') return { state };
  const tracks = state.tracks.map((track) =>
    track.id === prompt.trackId ? { ...track, outcome: { kind: 'pending', view: prompt.view } as const } : track,
  );
  return {
    state: { ...state, tracks, prompt: { ...prompt, answered: true } },
    record: { ...prompt.request, direction },
  };
}

// One frame's verdict about one face: its vote, whether it is still the same face, and what follows from the votes.

/** How many embeddings of a face are remembered: to notice that somebody else took its place, and to be averaged with the next. */
const REMEMBERED = 9;
/** How many frames in a row must look like somebody else before a result already shown is taken back. */
const STRANGERS_NEEDED = 2;
const VOTES_KEPT = 15;

const newTrack = (id: number, box: Box, at: number): Track => ({
  id,
  box,
  seenAt: at,
  since: at,
  votes: [],
  memory: [],
  lookedSince: null,
  strangers: 0,
  outcome: null,
  passedAt: null,
  unseenSince: null,
  readings: [],
  views: [],
});

const voteOf = (probe: Probe, at: number): Vote => ({
  at,
  kind: probe.kind,
  personId: probe.kind === 'match' ? (probe.best?.id ?? null) : null,
  similarity: probe.best?.similarity ?? -1,
  threshold: probe.threshold,
});

/**
 * The track with a good frame's vote. When the face no longer looks like the one followed so far, somebody else took its
 * place within the overlap: it begins anew under `freshId`, without votes and without a result. One odd frame does not
 * take back a result that is already on the screen, but it does not vote either.
 */
function vote(track: Track, probe: Probe, at: number, freshId: number, config: CheckInConfig): Track {
  const cast = voteOf(probe, at);
  const begin = (): Track => ({
    ...newTrack(freshId, track.box, at),
    votes: [cast],
    memory: [probe.embedding],
    lookedSince: at,
  });
  if (track.memory.length > 0 && likeBefore(track.memory, probe.embedding) < config.sameFace) {
    const strangers = track.strangers + 1;
    return track.outcome === null || strangers >= STRANGERS_NEEDED ? begin() : { ...track, strangers };
  }
  // A result for one person and now votes that agree on another: two people who look alike changed places.
  const settled = track.outcome?.view;
  if (settled !== undefined && settled !== null && 'personId' in settled) {
    const live = current([...track.votes, cast], config.votes, at, config.votes.withinMs);
    const now = agreed(live, config.votes);
    if (now?.kind === 'match' && now.personId !== settled.personId) return { ...begin(), votes: live };
  }
  return {
    ...track,
    strangers: 0,
    lookedSince: track.lookedSince ?? at,
    votes: [...track.votes, cast].slice(-VOTES_KEPT),
    memory: [...track.memory, probe.embedding].slice(-REMEMBERED),
  };
}

/**
 * What the votes of a face lead to, in the frame that cast the last of them: nothing yet, a result, a question, or a record
 * to write. Only here does somebody become recorded or asked, so only a face that is in the frame in hand and that this frame
 * itself named. The cooldown goes before the questions: whoever was just checked in is not asked anything. The sign of life, where
 * one is wanted, goes before everything else, and the votes that lead to the record are cast after it by the same face.
 */
function accept(
  track: Track,
  probe: Probe,
  now: {
    readonly at: number;
    readonly wallAt: number;
    readonly interval: number;
    readonly result: CheckInState['result'];
    readonly prompt: DirectionPrompt | null;
    readonly pause: CheckInState['pause'];
    readonly observation: LivenessObservation | undefined;
  },
  config: CheckInConfig,
): {
  readonly track: Track;
  readonly record?: RecordRequest;
  readonly prompt?: DirectionPrompt;
  readonly challenge?: Challenge;
  readonly pause?: CheckInState['pause'];
} {
  const { at } = now;
  const { outcome } = track;
  if (outcome?.kind === 'pending' || outcome?.kind === 'challenged') return { track };
  if (outcome?.kind === 'prompted' && now.prompt?.trackId === track.id) return { track };
  if (outcome?.kind === 'declined' && at - outcome.at < ASK_AGAIN_MS) return { track };
  if (outcome?.kind === 'shown' && ['match', 'already', 'not-live'].includes(outcome.view.phase)) return { track };
  if (outcome?.kind === 'failed' && at - outcome.at < RETRY_RECORD_MS) return { track };

  const live = current(track.votes, config.votes, at, voteWindow(config.votes, now.interval));
  const agreement = agreed(live, config.votes);
  const lookedFor = at - (track.lookedSince ?? at);
  const show = (view: Extract<Outcome, { kind: 'shown' }>['view']): { track: Track } => ({
    track: { ...track, outcome: { kind: 'shown', view, at } },
  });

  if (agreement?.kind === 'match' && agreement.personId !== null) {
    const { best } = probe;
    if (probe.kind !== 'match' || best === null || best.id !== agreement.personId) return { track };
    const before = now.result;
    // Looked away for a moment and is back while the result is still on the screen: it still stands.
    if (
      before !== null &&
      at - before.at < RESULT_MS &&
      (before.view.phase === 'match' || before.view.phase === 'already') &&
      before.view.personId === best.id
    )
      return show(before.view);
    const last = probe.lastCheckIn;
    const sinceLast = last === null ? Number.POSITIVE_INFINITY : now.wallAt - last.at;
    // A last check-in in the future means that the clock was set back: it says nothing about how long ago it was.
    if (last !== null && sinceLast >= 0 && sinceLast < config.cooldownMs) {
      const view: AlreadyView = {
        phase: 'already',
        personId: best.id,
        name: best.name,
        direction: last.direction,
        at: last.at,
        picture: last.picture,
      };
      return show(view);
    }
    // Whoever is asked "in or out?" has shown it already.
    if (now.prompt?.request.personId !== best.id) {
      const proof = proofOf(track, best.id, now, config);
      if (proof === 'wait') return { track };
      if (proof === 'not-live')
        return { ...show(NOT_LIVE), pause: { personId: best.id, until: at + NOT_LIVE_PAUSE_MS, failed: true } };
      if (proof === 'soon') return { track: soon(track, best, probe) };
      if (proof === 'ask') return ask(track, best, probe, now, config);
    }
    const record: RecordRequest = {
      trackId: track.id,
      personId: best.id,
      similarity: agreement.similarity,
      threshold: agreement.threshold,
    };
    if (probe.choice === undefined)
      return { track: { ...track, outcome: { kind: 'pending', view: outcome?.view ?? null } }, record };
    // Found again while their question is on the screen: it goes on.
    const going = now.prompt?.request.personId === best.id ? now.prompt : null;
    if (going?.answered === true) return { track };
    const { id: personId, name } = best;
    const view = going?.view ?? ({ phase: 'choose', personId, name, ...probe.choice } as const);
    const prompt = { trackId: track.id, request: record, view, askedAt: going?.askedAt ?? at, seenAt: at };
    return { track: { ...track, outcome: { kind: 'prompted', view } }, prompt: { ...prompt, answered: false } };
  }
  if (outcome !== null) return { track }; // unknown or ambiguous stays on the screen while we quietly go on looking
  if (agreement !== null && lookedFor < UNKNOWN_AFTER_MS) return { track };
  if (agreement?.kind === 'ambiguous')
    return show({ phase: 'ambiguous', ...(probe.repeated === true ? { repeated: true } : {}) });
  if (agreement !== null) return show({ phase: 'unknown' });
  return lookedFor >= UNDECIDED_AFTER_MS ? show({ phase: 'unknown' }) : { track };
}

/*
 * The check-in decision: one pure state machine. It is told what each frame showed and answers what the screen shows and,
 * when the votes agree, whom to record. It reads no clock, no disk and no gallery; times are given to it, in monotonic ms
 * (`at`) so that a clock set back cannot freeze it, and in Unix ms (`wallAt`) only for the cooldown.
 *
 * idle -> looking (or present: what to do) -> votes agree -> `record` is asked for -> `recorded` -> match.
 * Where the person says whether they come or go: votes agree -> choose -> `choose` -> `record` ..., see `keepPrompt`.
 * Where a sign of life is wanted it stands between the agreement and `record`, see liveness-challenge.ts.
 */

/** Another face inside the guide is company from this fraction of the target's area ... */
const COMPANY = 0.4;
/** ... and remains it down to this one, so that the screen's words do not flicker. */
const COMPANY_STAYS = 0.25;

const inGuide = (box: Box, width: number, height: number): boolean =>
  contains(scaleBox(GUIDE, width, height), centre(box));

/** The face to look at: the largest whose centre is inside the guide and that is not background; -1: none. */
export function chooseTarget(faces: readonly FaceSeen[], width: number, height: number): number {
  let best = -1;
  faces.forEach((face, index) => {
    if (face.box.width < BACKGROUND_WIDTH * width || !inGuide(face.box, width, height)) return;
    const chosen = faces[best];
    if (chosen === undefined || area(face.box) > area(chosen.box)) best = index;
  });
  return best;
}

/** One step of the machine. Pure: the same arguments give the same answer. */
export function step(state: CheckInState, input: CheckInInput, config: CheckInConfig): Step {
  switch (input.kind) {
    case 'frame':
      return onFrame(state, input, config);
    case 'read':
      return finish(onRead(state, input), input.at);
    case 'recorded':
    case 'record-failed':
      return onRecorded(state, input);
    case 'choose':
      return onChoice(state, input);
    case 'vision-error':
      return finish({ ...state, visionError: input.error }, input.at);
    case 'tick': {
      const stalled = state.lastFrameAt !== null && input.at - state.lastFrameAt > STALLED_MS;
      const now = timePasses(stalled ? { ...state, ...NOBODY } : state, input.at);
      return finish(putAway(now, input.at), input.at);
    }
    case 'reset':
      // The pause stays: leaving the screen is no way to be asked something else.
      return finish({ ...initialState, nextTrack: state.nextTrack, pause: state.pause, view: state.view }, 0);
  }
}

const NOBODY = { tracks: [], front: null, target: null, several: false, hint: null, outsideSince: null } as const;

function onFrame(state: CheckInState, frame: Extract<CheckInInput, { kind: 'frame' }>, config: CheckInConfig): Step {
  const { at, faces, width, height } = frame;
  const gap = state.lastFrameAt === null ? state.interval : Math.min(at - state.lastFrameAt, STALLED_MS);
  const interval = state.interval * 0.5 + gap * 0.5;

  // Follow every face, also those outside the guide: someone who steps in keeps what is known of them.
  const boxes = faces.map((face) => face.box);
  const links = follow(state.tracks, boxes, at);
  let { nextTrack } = state;
  const seen: Track[] = boxes.map((box, index) => {
    const before = state.tracks[links[index] ?? -1];
    return before === undefined ? newTrack(nextTrack++, box, at) : { ...before, box, seenAt: at };
  });
  const waiting = state.tracks.filter((track, index) => !links.includes(index) && at - track.seenAt < LOST_AFTER_MS);

  const target = chooseTarget(faces, width, height);
  const face = faces[target];
  let { result, prompt, challenge, pause } = state;
  let record: RecordRequest | undefined;
  const before = looked(seen[target], frame);
  if (before !== undefined) seen[target] = before;
  if (before !== undefined && face?.issues.length === 0 && frame.probe?.face === target) {
    const voted = vote(before, frame.probe, at, nextTrack, config);
    if (voted.id !== before.id) nextTrack++;
    const now = { at, wallAt: frame.wallAt, interval, result, prompt, pause, observation: frame.observation };
    const accepted = accept(voted, frame.probe, now, config);
    seen[target] = accepted.track;
    record = accepted.record;
    prompt = accepted.prompt ?? prompt;
    challenge = accepted.challenge ?? challenge;
    pause = accepted.pause ?? pause;
    const { outcome } = accepted.track;
    // An old view that is shown again keeps its own age: it was not announced anew.
    if (outcome?.kind === 'shown' && outcome !== before.outcome)
      result = { view: outcome.view, trackId: accepted.track.id, at: outcome.view === result?.view ? result.at : at };
  }

  const frontTrack = seen[target] ?? waiting.find((track) => track.id === state.front);
  const front = frontTrack?.id ?? null;
  const hintBefore = front === state.front ? state.hint : null;
  const next: CheckInState = {
    ...state,
    tracks: [...seen, ...waiting],
    nextTrack,
    front,
    target: face === undefined ? null : target,
    several: face === undefined ? state.several && front !== null : hasCompany(frame, target, state.several),
    hint:
      face === undefined || frontTrack === undefined ? hintBefore : nextHint(hintBefore, face, frontTrack.since, at),
    result,
    challenge,
    pause,
    prompt: keepPrompt(prompt, { seen, front: seen[target], probe: frame.probe, at }),
    outsideSince: face === undefined && standsOutside(frame) ? (state.outsideSince ?? at) : null,
    visionError: null,
    lastFrameAt: at,
    interval,
  };
  // A question just put has not been read by anyone yet.
  const asked = challenge === state.challenge ? onQuestion(next, frame) : next;
  const done = finish(putAway(asked, at), at);
  return record === undefined ? done : { ...done, record };
}

type FrameInput = Extract<CheckInInput, { kind: 'frame' }>;

/** The face looked at, with what this frame says about its life. */
function looked(track: Track | undefined, { at, observation }: FrameInput): Track | undefined {
  if (track === undefined || observation === undefined) return track;
  return { ...track, unseenSince: observation.mesh === null ? (track.unseenSince ?? at) : null };
}

/** The state with what was read about a face kept beside it; nothing when that face is gone. */
function onRead(state: CheckInState, { trackId, reading }: Extract<CheckInInput, { kind: 'read' }>): CheckInState {
  const tracks = state.tracks.map((track) =>
    track.id === trackId
      ? {
          ...track,
          readings: [...track.readings, reading].slice(-READINGS_KEPT),
          views: withView(track.views, reading),
        }
      : track,
  );
  return { ...state, tracks };
}

function hasCompany({ faces, width, height }: FrameInput, target: number, before: boolean): boolean {
  const least = (before ? COMPANY_STAYS : COMPANY) * area(faces[target]?.box ?? { x: 0, y: 0, width: 0, height: 0 });
  return faces.some((other, i) => i !== target && inGuide(other.box, width, height) && area(other.box) >= least);
}

function standsOutside({ faces, width, height }: FrameInput): boolean {
  return faces.some((face) => face.box.width >= 2 * BACKGROUND_WIDTH * width && !inGuide(face.box, width, height));
}

function onChoice(state: CheckInState, { direction, at }: Extract<CheckInInput, { kind: 'choose' }>): Step {
  const { state: next, record } = answer(state, direction, at);
  const done = finish(next, at);
  return record === undefined ? done : { ...done, record };
}

function onRecorded(state: CheckInState, input: Extract<CheckInInput, { kind: 'recorded' | 'record-failed' }>): Step {
  const { at, trackId } = input;
  const view = input.kind === 'recorded' ? input.view : ({ phase: 'error', error: { ...input.error } } as const);
  const kind = input.kind === 'recorded' ? 'shown' : 'failed';
  const tracks = state.tracks.map((track) =>
    track.id === trackId ? ({ ...track, outcome: { kind, view, at } } satisfies Track) : track,
  );
  const prompt = state.prompt?.trackId === trackId ? null : state.prompt;
  return finish({ ...state, tracks, prompt, result: { view, trackId, at } }, at);
}

function finish(state: CheckInState, at: number): Step {
  const view = viewOf(state, at);
  if (sameView(state.view, view)) return { state, view: state.view };
  return { state: { ...state, view }, view };
}
