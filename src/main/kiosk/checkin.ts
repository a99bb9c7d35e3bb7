/**
 * The check-in decision: one pure state machine. It is told what each frame showed and answers what the screen shows and,
 * when the votes agree, whom to record. It reads no clock, no disk and no gallery; times are given to it, in monotonic ms
 * (`at`) so that a clock set back cannot freeze it, and in Unix ms (`wallAt`) only for the cooldown.
 *
 * idle -> looking (or present: what to do) -> votes agree -> `record` is asked for -> `recorded` -> match.
 * Where the person says whether they come or go: votes agree -> choose -> `choose` -> `record` ..., see asking.ts.
 * Where a sign of life is wanted it stands between the agreement and `record`, see challenging.ts.
 */
import { area, centre, contains, GUIDE, scaleBox, type Box } from '../../shared/geometry.ts';
import { answer, keepAsking, putAway } from './asking.ts';
import { onQuestion, READINGS_KEPT, timePasses } from './challenging.ts';
import { withView } from '../liveness/index.ts';
import {
  BACKGROUND_WIDTH,
  initialState,
  STALLED_MS,
  type CheckInConfig,
  type CheckInInput,
  type CheckInState,
  type FaceSeen,
  type RecordRequest,
  type Step,
  type Track,
} from './checkin-state.ts';
import { nextHint, sameView, viewOf } from './checkin-view.ts';
import { accept, newTrack, vote } from './judge.ts';
import { follow, LOST_AFTER_MS } from './tracks.ts';

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
  let { result, asking, challenge, pause } = state;
  let record: RecordRequest | undefined;
  const before = looked(seen[target], frame);
  if (before !== undefined) seen[target] = before;
  if (before !== undefined && face?.issues.length === 0 && frame.probe?.face === target) {
    const voted = vote(before, frame.probe, at, nextTrack, config);
    if (voted.id !== before.id) nextTrack++;
    const now = { at, wallAt: frame.wallAt, interval, result, asking, pause, look: frame.look };
    const accepted = accept(voted, frame.probe, now, config);
    seen[target] = accepted.track;
    record = accepted.record;
    asking = accepted.asking ?? asking;
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
    asking: keepAsking(asking, { seen, front: seen[target], probe: frame.probe, at }),
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
function looked(track: Track | undefined, { at, look }: FrameInput): Track | undefined {
  if (track === undefined || look === undefined) return track;
  return { ...track, unseenSince: look.mesh === null ? (track.unseenSince ?? at) : null };
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
  const asking = state.asking?.trackId === trackId ? null : state.asking;
  return finish({ ...state, tracks, asking, result: { view, trackId, at } }, at);
}

function finish(state: CheckInState, at: number): Step {
  const view = viewOf(state, at);
  if (sameView(state.view, view)) return { state, view: state.view };
  return { state: { ...state, view }, view };
}
