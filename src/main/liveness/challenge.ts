/**
 * The challenge: one random question, a short time to answer it, at most two tries, one and the same face throughout. A pure
 * state machine: `stepChallenge(state, input, config) -> state`; whoever owns the camera feeds it.
 *
 * What stops what: a print cannot do any of it; a print that is turned, tilted, zoomed or bent does not show the parallax of a head
 * (depth-motion.ts); a film of another answer meets the wrong question, or the right one too early; a film of the right answer is
 * left to chance, one in five, and to the passive cues (passive.ts). A face that is not the same from question to answer ends it.
 */
import type { Point } from '../../shared/geometry.ts';
import { type Landmarks5Observation, type Landmarks5, yawOfLandmarks5 } from './depth-motion.ts';
import {
  type Action,
  ACTIONS,
  type Evidence,
  EVIDENCE_LIMITS,
  type EvidenceLimits,
  evidenceOf,
  isTurn,
  type Rest,
  TURNS,
} from './evidence.ts';
import type { Blendshapes, MeshObservation } from './observation.ts';

interface ChallengeConfig {
  /** How long a question stands, ms. */
  readonly answerMs: number;
  readonly tries: 1 | 2;
  /** Frames up to this long after the question show the face at rest: nobody has reacted yet, ms. */
  readonly restMs: number;
  /** The least frames of rest that are needed. */
  readonly restFrames: number;
  /** How far from straight ahead the head may be at rest, degrees. */
  readonly restYaw: number;
  /** Movement during the rest that is an answer before the question could be read, degrees of yaw. */
  readonly restMovement: number;
  /** An answer, other than a blink, must be seen in two frames at least this far apart, ms. */
  readonly holdMs: number;
  /** A blink that was asked for is slower than those we make anyway (100 to 200 ms; Caffier et al. 2003): eyes closed this long, ms. */
  readonly blinkMs: number;
  /** ... and not asleep. */
  readonly blinkMaxMs: number;
  /** Another action seen this long instead of the asked one fails the try, ms. */
  readonly wrongMs: number;
  /** How clearly another action must be seen to count as the wrong one (1: as clearly as a right one). */
  readonly wrongClarity: number;
  /** No face for this long fails the try, ms. */
  readonly lostMs: number;
  /** Between the tries, for reading and for coming back to rest, ms. */
  readonly pauseMs: number;
  /**
   * Answers that prove nothing until the face has shown depth: eyes can blink through the holes of a cut-out print. The sway of a standing
   * person is mostly enough; when it is not, the second question is a turn.
   */
  readonly depthFor: readonly Action[];
  /** Degrees of parallax and the part of it explained that count as depth. */
  readonly depthDegrees: number;
  readonly depthExplained: number;
  readonly limits: EvidenceLimits;
}

export const CHALLENGE_CONFIG: ChallengeConfig = {
  answerMs: 4000,
  tries: 2,
  restMs: 350,
  restFrames: 2,
  restYaw: 15,
  restMovement: 8,
  holdMs: 100,
  blinkMs: 250,
  blinkMaxMs: 2500,
  wrongMs: 150,
  wrongClarity: 1.3,
  lostMs: 800,
  pauseMs: 700,
  depthFor: ['blink'],
  depthDegrees: 2,
  depthExplained: 0.85,
  limits: EVIDENCE_LIMITS,
};

export type ChallengeFailure =
  /** Nothing that answers the question within its time. */
  | 'no-answer'
  | 'wrong-action'
  /** Moving already when the question came. */
  | 'too-early'
  /** It turned, but as a picture turns. */
  | 'flat'
  /** Answered, but nothing yet showed that the face has depth: the next question is a turn. */
  | 'no-depth'
  | 'face-left'
  | 'face-changed';

/** A frame with a face in it, from the landmarker or from the detector; one challenge keeps to one of them. */
export type FaceObservation = MeshObservation | Landmarks5Observation;

export interface ChallengeState {
  readonly phase: 'asking' | 'passed' | 'failed';
  /** What is asked now. */
  readonly action: Action;
  readonly tryNumber: 1 | 2;
  /** From when the question stands, ms on the clock of the observations. Between tries it lies ahead. */
  readonly askedAt: number;
  readonly failures: readonly ChallengeFailure[];
  /** The face showed the parallax of a head at some time in this challenge. */
  readonly depthSeen: boolean;
  // ---- of this try
  readonly restSeen: readonly FaceObservation[];
  readonly rest: Rest | null;
  readonly lastFaceAt: number;
  /** When the asked action was first and last seen. */
  readonly doneFrom: number | null;
  readonly doneUntil: number | null;
  /** Turned by the head matrix, but flat. */
  readonly flatFrames: number;
  readonly wrong: { readonly action: Action; readonly from: number } | null;
  /** Eyes closed since, when no blink was asked; and whether they stayed closed as long as an answer takes. */
  readonly closedFrom: number | null;
  readonly blinked: boolean;
  /** The actions in the random order drawn at the beginning. */
  readonly order: readonly Action[];
}

export type ChallengeInput =
  | FaceObservation
  /** No face in the frame, or only time passing. */
  | { readonly kind: 'nobody'; readonly at: number };

/** A random order of `actions` (Fisher and Yates). `random` gives [0, 1): use a cryptographic one in the kiosk. */
function shuffled(actions: readonly Action[], random: () => number): Action[] {
  const order = [...actions];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

const freshTry = (at: number) => ({
  askedAt: at,
  restSeen: [],
  rest: null,
  lastFaceAt: at,
  doneFrom: null,
  doneUntil: null,
  flatFrames: 0,
  wrong: null,
  closedFrom: null,
  blinked: false,
});

/**
 * A new challenge, its question standing from `at` (ms, the clock of the observations).
 * @param random numbers in [0, 1) that nobody outside can foresee
 */
export function createChallenge(
  random: () => number,
  at: number,
  actions: readonly Action[] = ACTIONS,
): ChallengeState {
  const order = shuffled(actions, random);
  return { phase: 'asking', action: order[0]!, tryNumber: 1, failures: [], depthSeen: false, order, ...freshTry(at) };
}

/** The try is lost: ask something else, or give up. `given` is what was done instead, which is never asked next. */
function loseTry(
  state: ChallengeState,
  failure: ChallengeFailure,
  at: number,
  config: ChallengeConfig,
  given: Action | null = null,
): ChallengeState {
  const failures = [...state.failures, failure];
  if (failure === 'face-changed' || state.tryNumber >= config.tries) return { ...state, phase: 'failed', failures };
  const shown = given ?? (state.blinked ? 'blink' : null);
  const left = state.order.filter((action) => action !== state.action && action !== shown);
  const turns = left.filter(isTurn);
  // A face that has not shown depth yet is asked to turn: expressions alone prove too little.
  const next = (!state.depthSeen && turns.length > 0 ? turns[0] : left[0]) ?? TURNS.find((turn) => turn !== shown)!;
  return { ...state, action: next, tryNumber: 2, failures, ...freshTry(at + config.pauseMs) };
}

const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

const middleLandmarks5 = (all: readonly Landmarks5[]): Point[] =>
  [0, 1, 2, 3, 4].map((i) => [middle(all.map((five) => five[i]![0])), middle(all.map((five) => five[i]![1]))]);

/** The middle of the frames at rest, number by number. */
function restOf(seen: readonly FaceObservation[]): Rest {
  const meshes = seen.filter((o) => o.kind === 'mesh');
  if (meshes.length === 0) {
    return { kind: 'five', landmarks: middleLandmarks5(seen.flatMap((o) => (o.kind === 'five' ? [o.landmarks] : []))) };
  }
  const points = new Float32Array(meshes[0]!.points.length);
  for (let i = 0; i < points.length; i++) points[i] = middle(meshes.map((o) => o.points[i]!));
  const shape = (key: keyof Blendshapes): number => middle(meshes.map((o) => o.blendshapes[key]));
  return {
    kind: 'mesh',
    points,
    blendshapes: {
      eyeBlinkLeft: shape('eyeBlinkLeft'),
      eyeBlinkRight: shape('eyeBlinkRight'),
      mouthSmileLeft: shape('mouthSmileLeft'),
      mouthSmileRight: shape('mouthSmileRight'),
      jawOpen: shape('jawOpen'),
    },
    ...(meshes.every((o) => o.five !== undefined) ? { five: middleLandmarks5(meshes.map((o) => o.five!)) } : {}),
    yaw: middle(meshes.map((o) => o.yaw)),
    pitch: middle(meshes.map((o) => o.pitch)),
  };
}

const yawOf = (o: FaceObservation): number => (o.kind === 'mesh' ? o.yaw : yawOfLandmarks5(o.landmarks));

function collectRest(state: ChallengeState, now: FaceObservation, config: ChallengeConfig): ChallengeState {
  const before = state.restSeen.filter((o) => o.kind === now.kind);
  if (Math.abs(yawOf(now)) > config.restYaw) {
    // Not looking here yet. If it was, it has begun to answer before anyone could have read the question.
    return before.length > 0 ? loseTry(state, 'too-early', now.at, config) : state;
  }
  const restSeen = [...before, now];
  const yaws = restSeen.map(yawOf);
  if (Math.max(...yaws) - Math.min(...yaws) > config.restMovement) return loseTry(state, 'too-early', now.at, config);
  const enough = restSeen.length >= config.restFrames && now.at - state.askedAt >= config.restMs * 0.7;
  return { ...state, restSeen, rest: enough ? restOf(restSeen) : null };
}

/** A slow blink that nobody asked for loses no try, everyone blinks; but a film that answers "blink" is not asked for it next. */
function noteBlink(state: ChallengeState, evidence: Evidence, at: number, config: ChallengeConfig): ChallengeState {
  if (state.action === 'blink' || state.blinked) return state;
  if (evidence.eyes !== 'closed') return state.closedFrom === null ? state : { ...state, closedFrom: null };
  const closedFrom = state.closedFrom ?? at;
  return { ...state, closedFrom, blinked: at - closedFrom >= config.blinkMs };
}

/** Another action, clearly and for a while, and the asked one not at all. Blinks are never wrong: everyone blinks. */
function stepWrong(state: ChallengeState, evidence: Evidence, at: number, config: ChallengeConfig): ChallengeState {
  const other = ACTIONS.find(
    (action) =>
      action !== state.action &&
      action !== 'blink' &&
      evidence.done[action] >= config.wrongClarity &&
      evidence.done[state.action] < 0.5,
  );
  if (other === undefined || state.doneFrom !== null) return state.wrong === null ? state : { ...state, wrong: null };
  if (state.wrong?.action !== other) return { ...state, wrong: { action: other, from: at } };
  return at - state.wrong.from >= config.wrongMs ? loseTry(state, 'wrong-action', at, config, other) : state;
}

/** Answered as asked. */
function answered(state: ChallengeState, at: number, config: ChallengeConfig): ChallengeState {
  return state.depthSeen || !config.depthFor.includes(state.action)
    ? { ...state, phase: 'passed' }
    : loseTry(state, 'no-depth', at, config);
}

function stepBlink(state: ChallengeState, evidence: Evidence, at: number, config: ChallengeConfig): ChallengeState {
  if (evidence.eyes === 'closed') return { ...state, doneFrom: state.doneFrom ?? at, doneUntil: at };
  if (state.doneFrom === null || state.doneUntil === null || evidence.eyes === 'between') return state;
  const closed = state.doneUntil - state.doneFrom;
  if (closed >= config.blinkMs && closed <= config.blinkMaxMs) return answered(state, at, config);
  return { ...state, doneFrom: null, doneUntil: null };
}

function stepHeld(state: ChallengeState, evidence: Evidence, at: number, config: ChallengeConfig): ChallengeState {
  if (evidence.done[state.action] < 1)
    return state.doneFrom === null ? state : { ...state, doneFrom: null, doneUntil: null };
  if (isTurn(state.action) && !evidence.turnIsSolid) return { ...state, flatFrames: state.flatFrames + 1 };
  const from = state.doneFrom ?? at;
  if (at - from < config.holdMs) return { ...state, doneFrom: from, doneUntil: at };
  return answered(isTurn(state.action) ? { ...state, depthSeen: true } : state, at, config);
}

/**
 * One observation further. The state is not changed but replaced; the very same object comes back when the question is not yet
 * asked or the challenge is over.
 */
export function stepChallenge(
  state: ChallengeState,
  input: ChallengeInput,
  config: ChallengeConfig = CHALLENGE_CONFIG,
): ChallengeState {
  if (state.phase !== 'asking') return state;
  const at = input.at;
  if (input.kind !== 'nobody' && !input.sameFace) return loseTry(state, 'face-changed', at, config);
  if (at < state.askedAt) return state;
  if (at - state.askedAt > config.answerMs)
    return loseTry(state, state.flatFrames > 0 ? 'flat' : 'no-answer', at, config);
  if (input.kind === 'nobody')
    return at - state.lastFaceAt > config.lostMs ? loseTry(state, 'face-left', at, config) : state;
  const seen: ChallengeState = { ...state, lastFaceAt: at };
  if (seen.rest === null) return collectRest(seen, input, config);

  const evidence = evidenceOf(seen.rest, input, config.limits);
  if (evidence === null) return seen;
  const { parallaxYaw, parallaxPitch, explained } = evidence.depth;
  const depthSeen =
    seen.depthSeen ||
    (Math.max(Math.abs(parallaxYaw), Math.abs(parallaxPitch)) >= config.depthDegrees &&
      explained >= config.depthExplained);
  const stepped = (seen.action === 'blink' ? stepBlink : stepHeld)({ ...seen, depthSeen }, evidence, at, config);
  if (stepped.phase !== 'asking' || stepped.tryNumber !== seen.tryNumber) return stepped;
  return stepWrong(noteBlink(stepped, evidence, at, config), evidence, at, config);
}
