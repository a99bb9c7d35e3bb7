/** What a camera frame says about whether the face looked at lives: the landmarker's answer about that face, and the passive cues. */
import type { FrameMessage } from '../../shared/domain.ts';
import { type Box, iou } from '../../shared/geometry.ts';
import { given } from '../../shared/given.ts';
import { CHALLENGE_CONFIG, type ChallengeInput, createChallenge, stepChallenge } from '../liveness/challenge.ts';
import { TURNS } from '../liveness/evidence.ts';
import { passiveFrame } from '../liveness/image-motion.ts';
import { meshObservation, type MeshObservation } from '../liveness/observation.ts';
import { type PassiveReading, passiveScores, passiveVerdict, readPassive } from '../liveness/passive.ts';
import {
  type Challenge,
  type ChallengeView,
  type CheckInConfig,
  type CheckInInput,
  type CheckInState,
  type LivenessObservation,
  OTHERS_NEEDED,
  type Outcome,
  type Probe,
  type Track,
} from './state.ts';

/** How much of each other the mesh's box and the detector's must cover. Two faces beside each other share nothing. */
const SAME_PLACE = 0.35;
/** A frame said to be older than this was taken by another clock, ms. */
const OLDEST_MS = 1000;

/** A landmarker that is still loading after this long, ms, never comes: then the detector's five points have to do. */
export const LOADING_MS = 20_000;

/**
 * The mesh that came with a frame; null, `loading` and undefined as they came.
 * @throws LintelError `bad-input` when it holds what is no number
 */
export function meshOf(frame: FrameMessage): LivenessObservation['mesh'] {
  const { liveness } = frame;
  return liveness === null || liveness === undefined || liveness === 'loading'
    ? liveness
    : meshObservation(liveness, frame, true);
}

function boxOf(mesh: MeshObservation): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < mesh.points.length; i += 3) {
    left = Math.min(left, mesh.points[i]!);
    right = Math.max(right, mesh.points[i]!);
    top = Math.min(top, mesh.points[i + 1]!);
    bottom = Math.max(bottom, mesh.points[i + 1]!);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** When a frame was taken, on the monotonic clock, out of what its sender says; `at` and `wallAt` are when it arrived. */
export function takenAt(frame: FrameMessage, at: number, wallAt: number): number {
  const age = wallAt - frame.capturedAt;
  return age >= 0 && age <= OLDEST_MS ? at - age : at;
}

/**
 * @param face the box of the face looked at; null: none
 * @param at when the frame was taken, monotonic ms
 */
export function observationOf(mesh: LivenessObservation['mesh'], face: Box | null, at: number): LivenessObservation {
  if (mesh === null || mesh === undefined || mesh === 'loading') return { at, mesh };
  // Somebody's living face must not answer for the picture they hold up.
  return { at, mesh: face === null || iou(boxOf(mesh), face) < SAME_PLACE ? null : mesh };
}

/**
 * What the passive cues say about a frame; some milliseconds of work.
 * @param face the detector's box of the face looked at; where there is a mesh its own box is used, as where the limits were measured
 * @param others the boxes of the other faces
 */
export function readFrame(
  frame: FrameMessage,
  observation: LivenessObservation,
  face: Box,
  others: readonly Box[],
): PassiveReading {
  const { width, height, data } = frame;
  const box = typeof observation.mesh === 'object' && observation.mesh !== null ? boxOf(observation.mesh) : face;
  return readPassive(passiveFrame({ width, height, channels: 4, data }, box, observation.at, others));
}

/*
 * "Please turn your head": the sign of life between the agreement of the votes and the record. Pure, like machine.ts; what an
 * answer is, src/main/liveness knows.
 *
 * votes agree -> challenge (one random question, at most two tries) -> passed -> the votes agree anew, and the passive cues have
 * nothing against it -> choose or record. Failed: `not-live`, until the face leaves. A question ends, with nothing recorded,
 * when the face leaves or somebody else steps up, and the next one is a while off: otherwise one could walk away from
 * every question until the one comes that a film answers. While the landmarker is still loading there is no question yet, but
 * whoever the votes agree on is named.
 */

export const NOT_LIVE = { phase: 'not-live' } as const;

/** Cosine with the face at the question below which it is another one; scripts/pad/bench.mjs measured with it. */
const SAME_FACE = 0.4;
/** Faces turned further than this are not compared, degrees: embeddings of half profiles say little. */
const COMPARED_YAW = 20;
/** A view is on the screen so long after it was decided, ms. */
const SHOWN_AFTER_MS = 100;
/** An answered question is worth a record for this long, ms: long enough to look straight again and be recognised. */
const PASSED_MS = 8000;
/** A face the landmarker does not find for this long is no face to ask, ms. The five points are not the way round it. */
const UNSEEN_MS = 4000;
/** Whoever failed is asked again after this long, ms, ... */
export const NOT_LIVE_PAUSE_MS = 10_000;
/** ... whoever left in the middle after this long. */
const LEFT_PAUSE_MS = 5000;
/** Readings of the passive cues: at least, at most, and how far apart, ms. */
const READINGS_NEEDED = 4;
export const READINGS_KEPT = 8;
const READING_EVERY_MS = 100;

/** Whether the frame of monotonic time `at` that was just worked in should be read for the passive cues. */
export function wantsReading(state: CheckInState, at: number, config: CheckInConfig): boolean {
  if (state.target === null) return false;
  const front = state.tracks.find((track) => track.id === state.front);
  if (config.liveness === undefined || front === undefined) return false;
  const kind = front.outcome?.kind ?? null;
  const wanted =
    kind === 'challenged' ||
    kind === 'soon' ||
    (kind === null && (config.liveness.mode === 'passive' || front.passedAt !== null));
  return wanted && at - (front.readings.at(-1)?.at ?? Number.NEGATIVE_INFINITY) >= READING_EVERY_MS;
}

/** What stands between a face that the votes agree on and its record. */
export function proofOf(
  track: Track,
  personId: string,
  now: Pick<CheckInState, 'pause' | 'prompt'> & {
    readonly at: number;
    readonly observation: LivenessObservation | undefined;
  },
  { liveness }: CheckInConfig,
): 'live' | 'wait' | 'soon' | 'ask' | 'not-live' {
  if (liveness === undefined) return 'live';
  const { at, observation, pause, prompt } = now;
  if (pause !== null && pause.personId === personId && at < pause.until) return pause.failed ? 'not-live' : 'wait';
  if (liveness.mode === 'challenge' && (track.passedAt === null || at - track.passedAt > PASSED_MS)) {
    if (track.unseenSince !== null && at - track.unseenSince >= UNSEEN_MS) return 'not-live';
    if (observation === undefined || observation.mesh === null || prompt !== null) return 'wait';
    return observation.mesh === 'loading' ? 'soon' : 'ask';
  }
  if (track.readings.length < READINGS_NEEDED) return 'wait';
  return passiveVerdict(passiveScores(track.readings, track.views)).live ? 'live' : 'not-live';
}

const viewFor = (person: { readonly id: string; readonly name: string }, probe: Probe): ChallengeView => ({
  phase: 'challenge',
  personId: person.id,
  name: person.name,
  picture: probe.picture ?? null,
  action: null,
  tryNumber: 1,
  answerMs: CHALLENGE_CONFIG.answerMs,
  endsAt: 0,
});

/** The face is named; the question follows when the landmarker is there. */
export function soon(track: Track, person: { readonly id: string; readonly name: string }, probe: Probe): Track {
  if (track.outcome?.kind === 'soon' && track.outcome.view.personId === person.id) return track;
  return { ...track, outcome: { kind: 'soon', view: viewFor(person, probe) } };
}

/** Puts a question to a face, out of the frame whose votes agreed on it. Only turns when there is no landmarker. */
export function ask(
  track: Track,
  person: { readonly id: string; readonly name: string },
  probe: Probe,
  now: { readonly at: number; readonly wallAt: number; readonly observation: LivenessObservation | undefined },
  { liveness }: CheckInConfig,
): { readonly track: Track; readonly challenge: Challenge } {
  const from = now.observation?.mesh === undefined ? 'five' : 'mesh';
  const random = liveness?.random ?? Math.random;
  const askedAt = now.at + SHOWN_AFTER_MS;
  const state = from === 'five' ? createChallenge(random, askedAt, TURNS) : createChallenge(random, askedAt);
  const wallOffset = now.wallAt - now.at;
  const { answerMs } = CHALLENGE_CONFIG;
  const view = { ...viewFor(person, probe), action: state.action, endsAt: askedAt + answerMs + wallOffset };
  const { embedding } = probe;
  const challenge: Challenge = { trackId: track.id, embedding, from, state, wallOffset, view };
  return { track: { ...track, outcome: { kind: 'challenged', view } }, challenge };
}

/** What the screen shows of a question at `at`: the second one only from when it stands. */
export function questionView({ state, view, wallOffset }: Challenge, at: number): ChallengeView {
  return {
    ...view,
    action: at + SHOWN_AFTER_MS >= state.askedAt ? state.action : null,
    tryNumber: state.tryNumber,
    endsAt: state.askedAt + view.answerMs + wallOffset,
  };
}

/** Cosine of two vectors of unit length. */
function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  for (let i = 0; i < a.length; i++) dot += a[i]! * (b[i] ?? 0);
  return dot;
}

/** What a frame shows the challenge. */
function observe(
  challenge: Challenge,
  state: CheckInState,
  frame: Extract<CheckInInput, { kind: 'frame' }>,
): ChallengeInput {
  const { observation, probe } = frame;
  // The camera's moment, but never before one that was seen already.
  const at = Math.max(observation?.at ?? frame.at, challenge.state.lastFaceAt);
  const face = state.target === null ? undefined : frame.faces[state.target];
  if (state.front !== challenge.trackId || face === undefined || observation === undefined)
    return { kind: 'nobody', at };
  const comparable = probe !== null && probe.face === state.target && Math.abs(face.yaw ?? 0) < COMPARED_YAW;
  const sameFace = !comparable || cosine(probe.embedding, challenge.embedding) >= SAME_FACE;
  const { landmarks } = face;
  if (challenge.from === 'mesh') {
    const { mesh } = observation;
    if (mesh === null || mesh === undefined || mesh === 'loading') return { kind: 'nobody', at };
    return { ...mesh, at, sameFace, ...given({ five: landmarks }) };
  }
  return landmarks === undefined ? { kind: 'nobody', at } : { kind: 'five', at, sameFace, landmarks };
}

/** The state with the question stepped on by a frame that is otherwise worked in already. */
export function onQuestion(state: CheckInState, frame: Extract<CheckInInput, { kind: 'frame' }>): CheckInState {
  const { challenge } = state;
  if (challenge === null) return state;
  const front = state.target === null ? undefined : state.tracks.find((track) => track.id === state.front);
  const other = front !== undefined && front.id !== challenge.trackId && front.votes.length >= OTHERS_NEEDED;
  return other ? left(state, challenge, frame.at) : stepped(state, observe(challenge, state, frame), frame.at);
}

/** The state with the question after a while without a frame. */
export function timePasses(state: CheckInState, at: number): CheckInState {
  return stepped(state, { kind: 'nobody', at }, at);
}

function stepped(state: CheckInState, input: ChallengeInput, at: number): CheckInState {
  const { challenge } = state;
  if (challenge === null) return state;
  const { trackId } = challenge;
  if (!state.tracks.some((track) => track.id === trackId)) return left(state, challenge, at);
  const next = stepChallenge(challenge.state, input);
  if (next.phase === 'asking') return { ...state, challenge: { ...challenge, state: next } };
  const change = (to: Partial<Track>): Track[] =>
    state.tracks.map((track) => (track.id === trackId ? { ...track, ...to } : track));
  // Who it is, is asked anew after the answer: only a face that is named then is recorded.
  if (next.phase === 'passed')
    return {
      ...state,
      challenge: null,
      tracks: change({ outcome: null, passedAt: at, votes: [], lookedSince: at }),
    };
  const outcome: Outcome = { kind: 'shown', view: NOT_LIVE, at };
  return {
    ...state,
    challenge: null,
    tracks: change({ outcome }),
    result: { view: NOT_LIVE, trackId, at },
    pause: { personId: challenge.view.personId, until: at + NOT_LIVE_PAUSE_MS, failed: true },
  };
}

/** The question is gone with whoever was asked. */
function left(state: CheckInState, { trackId, view }: Challenge, at: number): CheckInState {
  return {
    ...state,
    challenge: null,
    tracks: state.tracks.map((track) => (track.id === trackId ? { ...track, outcome: null, votes: [] } : track)),
    pause: { personId: view.personId, until: at + LEFT_PAUSE_MS, failed: false },
  };
}
