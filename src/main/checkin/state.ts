/** Votes of single frames about one face, and when they agree. */
import type { CheckInView, DecisionKind, Direction, QualityIssue } from '../../shared/domain.ts';
import type { ErrorReport } from '../../shared/errors.ts';
import { area, type Box, centre, iou, type Point } from '../../shared/geometry.ts';
import type { View } from '../liveness/background-motion.ts';
import type { ChallengeState } from '../liveness/challenge.ts';
import type { MeshObservation } from '../liveness/observation.ts';
import type { PassiveReading } from '../liveness/passive.ts';

export interface Vote {
  /** Monotonic ms. */
  readonly at: number;
  readonly kind: DecisionKind;
  /** Who, when `kind` is `match`; null otherwise. */
  readonly personId: string | null;
  readonly similarity: number;
  readonly threshold: number;
}

interface VoteRule {
  readonly needed: number;
  readonly of: number;
  readonly withinMs: number;
}

/** The window may stretch to this on a slow machine, ms. */
const LONGEST_WINDOW_MS = 4000;

/**
 * How old a vote may be, ms. Normally the rule's `withinMs`. On a machine so slow that `needed` frames do not fit into it
 * nobody could ever be checked in, so there it stretches to what they need: the face is still followed all the while.
 * @param frameInterval ms between analysed frames
 */
export function voteWindow(rule: VoteRule, frameInterval: number): number {
  const neededMs = (rule.needed - 1) * frameInterval * 1.25;
  return Math.max(rule.withinMs, Math.min(neededMs, LONGEST_WINDOW_MS));
}

/** The votes that still count at `at`: the last `of`, none older than `windowMs`. */
export function current(votes: readonly Vote[], rule: VoteRule, at: number, windowMs: number): readonly Vote[] {
  return votes.filter((vote) => at - vote.at <= windowMs).slice(-Math.max(rule.of, rule.needed));
}

/**
 * What the votes agree on, as the best of the agreeing votes; null while they do not.
 * A match also needs that no vote of the window names anybody else: two names in a second mean that we do not know.
 */
export function agreed(votes: readonly Vote[], rule: VoteRule): Vote | null {
  for (const kind of ['match', 'ambiguous', 'unknown'] as const) {
    const same = votes.filter((vote) => vote.kind === kind);
    if (same.length < rule.needed) continue;
    if (kind === 'match' && new Set(same.map((vote) => vote.personId)).size > 1) continue;
    return same.reduce((best, vote) => (vote.similarity > best.similarity ? vote : best));
  }
  return null;
}

// Following faces from frame to frame, so that what was learnt about one face is never credited to another.

interface Followed {
  readonly id: number;
  readonly box: Box;
  /** Monotonic ms of the last frame this face was in. */
  readonly seenAt: number;
}

/** Overlap above which two boxes of consecutive frames are the same face. Two people side by side overlap far less. */
const SAME_IOU = 0.3;
/** Without overlap (a quick step at a low frame rate): centres nearer than this many face sizes ... */
const NEAR = 0.75;
/** ... and sizes within this ratio of each other. */
const SIZE_RATIO = 1.6;
/** A face not seen for this long is gone, ms. Shorter gaps are a missed detection or a blink of the detector. */
export const LOST_AFTER_MS = 400;
/** Two frames further apart than this cannot be linked at all, ms: anybody may have stepped in between. */
const FOLLOW_WITHIN_MS = 1000;

const side = (box: Box): number => Math.sqrt(Math.max(area(box), 1e-9));

/** How likely two boxes are the same face: overlap first, nearness second; 0: not the same. */
function likeness(a: Box, b: Box): number {
  const overlap = iou(a, b);
  if (overlap >= SAME_IOU) return 1 + overlap;
  const size = (side(a) + side(b)) / 2;
  const ratio = side(a) > side(b) ? side(a) / side(b) : side(b) / side(a);
  const [ax, ay] = centre(a);
  const [bx, by] = centre(b);
  const distance = Math.hypot(ax - bx, ay - by) / size;
  return ratio <= SIZE_RATIO && distance < NEAR ? 1 - distance : 0;
}

/**
 * Which known face each box of a new frame continues: for each box the index into `known`, or -1 for a new face.
 * The best pairs are linked first; no known face is continued twice. Times are monotonic ms.
 */
export function follow(known: readonly Followed[], boxes: readonly Box[], at: number): number[] {
  const pairs: { from: number; to: number; likeness: number }[] = [];
  known.forEach((track, from) => {
    if (at - track.seenAt > FOLLOW_WITHIN_MS) return;
    boxes.forEach((box, to) => {
      const score = likeness(track.box, box);
      if (score > 0) pairs.push({ from, to, likeness: score });
    });
  });
  pairs.sort((a, b) => b.likeness - a.likeness);
  const result = boxes.map(() => -1);
  const taken = new Set<number>();
  for (const pair of pairs) {
    if (taken.has(pair.from) || result[pair.to] !== -1) continue;
    taken.add(pair.from);
    result[pair.to] = pair.from;
  }
  return result;
}

// What the check-in machine is told, remembers and answers. The rules are in machine.ts; times `at` are monotonic ms.

/** Faces narrower than this fraction of the frame's width are people in the background: not even told to come closer. */
export const BACKGROUND_WIDTH = 0.05;
/** A face too small to look at must stay this long before it is told to come closer, ms: it may be walking past. */
export const FAR_AFTER_MS = 700;
/** A face outside the guide must stand there this long before it is told where to stand, ms. */
export const OUTSIDE_AFTER_MS = 1200;
/** What to do changes on the screen only when it held for this long, ms. */
export const HINT_AFTER_MS = 250;
/** Nobody is called unknown before we have looked for this long, ms: the first frames of an approach are the worst. */
export const UNKNOWN_AFTER_MS = 800;
/** Good frames without any agreement for this long are an unknown, ms. */
export const UNDECIDED_AFTER_MS = 4000;
/** A result stays on the screen at least this long after it appeared, ms, even when the face left ... */
export const RESULT_MS = 2500;
/** ... unless somebody else stepped up: then it stays readable for this long. */
export const READABLE_MS = 1200;
/** After a record that failed, try again after this long, ms. */
export const RETRY_RECORD_MS = 3000;
/**
 * A question (`choose`) stays while the person's face is in front, and this long after it was last seen there, ms: whoever
 * looks down at the screen to press a button shows the camera the top of their head.
 */
export const ASK_GONE_MS = 4000;
/** A question nobody answers is dismissed after this long, ms, even when the face stays: it may be somebody at work nearby ... */
export const ASK_MS = 20_000;
/** ... and the same face is asked again only after this long, ms, so that slow people are not locked out either. */
export const ASK_AGAIN_MS = 10_000;
/** So many good frames of a face in front that do not name the person who is asked put the question away. */
export const OTHERS_NEEDED = 2;
/** Without any frame for this long the camera has stalled: whoever was there is forgotten, ms. */
export const STALLED_MS = 3000;

type MatchView = Extract<CheckInView, { phase: 'match' }>;
export type AlreadyView = Extract<CheckInView, { phase: 'already' }>;
export type ChallengeView = Extract<CheckInView, { phase: 'challenge' }>;
type ChooseView = Extract<CheckInView, { phase: 'choose' }>;
export type Hint = QualityIssue | 'looking' | 'outside' | 'far';

export interface CheckInConfig {
  readonly votes: VoteRule;
  readonly cooldownMs: number;
  /** Cosine below which two frames cannot show the same face. */
  readonly sameFace: number;
  /** Absent: nobody is asked for a sign of life. `random` gives [0, 1), unforeseeable in front of the kiosk. */
  readonly liveness?: { readonly mode: 'passive' | 'challenge'; readonly random: () => number };
}

export interface FaceSeen {
  /** Pixels of the frame. */
  readonly box: Box;
  readonly issues: readonly QualityIssue[];
  /** The detector's five points, pixels, and the yaw they show, degrees. Only liveness reads them. */
  readonly landmarks?: readonly Point[];
  readonly yaw?: number;
}

/** What a frame says about whether the face looked at lives. */
export interface LivenessObservation {
  /** When the camera took the frame, monotonic ms. */
  readonly at: number;
  /**
   * The landmarker's answer about that face; null: it ran and did not find this face; `loading`: it has not looked yet;
   * undefined: none runs.
   */
  readonly mesh: MeshObservation | 'loading' | null | undefined;
}

/** What the gallery said about one face of the frame. */
export interface Probe {
  /** Index into the frame's faces. */
  readonly face: number;
  readonly embedding: Float32Array;
  readonly kind: DecisionKind;
  readonly best: { readonly id: string; readonly name: string; readonly similarity: number } | null;
  readonly threshold: number;
  /** When `kind` is `ambiguous`: this happened with the same two people before. */
  readonly repeated?: boolean;
  /** The last check-in of `best`, when there is one. */
  readonly lastCheckIn: {
    readonly at: number;
    readonly direction: Direction;
    readonly picture: string | null;
  } | null;
  /** In `ask` mode: the person is asked for the direction before anything is recorded. */
  readonly choice?: { readonly suggested: Direction; readonly picture: string | null };
  /** Of `best`, for the question of liveness. */
  readonly picture?: string | null;
}

export type CheckInInput =
  | {
      readonly kind: 'frame';
      readonly at: number;
      readonly wallAt: number;
      readonly width: number;
      readonly height: number;
      readonly faces: readonly FaceSeen[];
      readonly probe: Probe | null;
      /** Only where a sign of life is asked for. */
      readonly observation?: LivenessObservation;
    }
  /** What the passive cues read in an earlier frame, about that frame's face in front. */
  | { readonly kind: 'read'; readonly at: number; readonly trackId: number; readonly reading: PassiveReading }
  /** The record asked for is on disk (`match`), or somebody else wrote one a moment ago (`already`). */
  | { readonly kind: 'recorded'; readonly at: number; readonly trackId: number; readonly view: MatchView | AlreadyView }
  | { readonly kind: 'record-failed'; readonly at: number; readonly trackId: number; readonly error: ErrorReport }
  /** The person who is asked has answered. Answered by a `record`, or by nothing when nobody is asked (any more). */
  | { readonly kind: 'choose'; readonly at: number; readonly direction: Direction }
  | { readonly kind: 'vision-error'; readonly at: number; readonly error: ErrorReport }
  | { readonly kind: 'tick'; readonly at: number }
  /** The camera is gone or the screen was left. */
  | { readonly kind: 'reset' };

/** What has been decided about one face. */
export type Outcome =
  /** Asked to be recorded; `view` is what stays on the screen meanwhile, null: looking. */
  | { readonly kind: 'pending'; readonly view: CheckInView | null }
  | { readonly kind: 'shown'; readonly view: CheckInView; readonly at: number }
  /** Asked for the direction; what they are asked is in the state's `prompt`. */
  | { readonly kind: 'prompted'; readonly view: ChooseView }
  /** Will be asked for a sign of life as soon as the landmarker is there; the view names them meanwhile. */
  | { readonly kind: 'soon'; readonly view: ChallengeView }
  /** Asked for a sign of life; the state's `challenge` has the rest. */
  | { readonly kind: 'challenged'; readonly view: ChallengeView }
  /** Did not answer. */
  | { readonly kind: 'declined'; readonly view: CheckInView; readonly at: number }
  | { readonly kind: 'failed'; readonly view: CheckInView; readonly at: number };

export interface Track extends Followed {
  readonly since: number;
  readonly votes: readonly Vote[];
  readonly memory: readonly Float32Array[];
  /** When the first frame good enough to vote came. */
  readonly lookedSince: number | null;
  readonly strangers: number;
  readonly outcome: Outcome | null;
  /** When this face answered a challenge. */
  readonly passedAt: number | null;
  /** Since when the landmarker has not found this face. */
  readonly unseenSince: number | null;
  /** What the passive cues are read from, oldest first. */
  readonly readings: readonly PassiveReading[];
  /** The room behind it, over a longer time. */
  readonly views: readonly View[];
}

/** A sign of life somebody is asked for, see liveness-challenge.ts. */
export interface Challenge {
  readonly trackId: number;
  /** The face when it was asked. */
  readonly embedding: Float32Array;
  /** What its answer is read from; one challenge keeps to one of them. */
  readonly from: 'mesh' | 'five';
  readonly state: ChallengeState;
  /** Unix ms less monotonic ms when it began. */
  readonly wallOffset: number;
  readonly view: ChallengeView;
}

/** A question on the screen. It outlives the track for a moment, see `ASK_GONE_MS`. */
export interface DirectionPrompt {
  readonly trackId: number;
  /** What is recorded when they answer. */
  readonly request: RecordRequest;
  readonly view: ChooseView;
  readonly askedAt: number;
  /** When the person was last seen in front. */
  readonly seenAt: number;
  /** Being recorded already: a second tap does nothing. */
  readonly answered: boolean;
}

export interface CheckInState {
  readonly tracks: readonly Track[];
  readonly nextTrack: number;
  /** The face being looked at. */
  readonly front: number | null;
  /** Its index in the last frame's faces; null when it is not in it. */
  readonly target: number | null;
  readonly several: boolean;
  readonly hint: { readonly shown: Hint; readonly raw: Hint; readonly rawSince: number } | null;
  /** The last result shown, and whose it was. */
  readonly result: { readonly view: CheckInView; readonly trackId: number; readonly at: number } | null;
  readonly prompt: DirectionPrompt | null;
  readonly challenge: Challenge | null;
  /** Who is not asked for a sign of life again yet: a question cannot be declined until one comes that suits a film. */
  readonly pause: { readonly personId: string; readonly until: number; readonly failed: boolean } | null;
  readonly outsideSince: number | null;
  readonly visionError: ErrorReport | null;
  readonly lastFrameAt: number | null;
  /** Smoothed ms between analysed frames. */
  readonly interval: number;
  readonly view: CheckInView;
}

export interface RecordRequest {
  readonly trackId: number;
  readonly personId: string;
  readonly similarity: number;
  readonly threshold: number;
  /** What the person chose; absent: the kiosk's mode says. */
  readonly direction?: Direction;
}

export interface Step {
  readonly state: CheckInState;
  /** The same object as before as long as its content is the same. */
  readonly view: CheckInView;
  /** Somebody to write down. Answer with `recorded` or `record-failed`. */
  readonly record?: RecordRequest;
}

export const IDLE: CheckInView = { phase: 'idle' };

export const initialState: CheckInState = {
  tracks: [],
  nextTrack: 1,
  front: null,
  target: null,
  several: false,
  hint: null,
  result: null,
  prompt: null,
  challenge: null,
  pause: null,
  outsideSince: null,
  visionError: null,
  lastFrameAt: null,
  interval: 100,
  view: IDLE,
};

/** Cosine of `embedding` (unit length) with the mean of the remembered ones. */
export function likeBefore(memory: readonly Float32Array[], embedding: Float32Array): number {
  let dot = 0;
  let norm = 0;
  for (let i = 0; i < embedding.length; i++) {
    let sum = 0;
    for (const one of memory) sum += one[i] ?? 0;
    dot += sum * (embedding[i] ?? 0);
    norm += sum * sum;
  }
  return norm === 0 ? 0 : dot / Math.sqrt(norm);
}

/**
 * The embeddings of a face in the frames that voted lately, to be averaged with that of one more frame; none once somebody was
 * named, as then each frame has to say by itself whether it is still them, and none when this one looks like somebody else.
 * @param boxes of all faces of the frame of `at`; `index` is the face's
 */
export function earlierFrames(
  { tracks }: CheckInState,
  boxes: readonly Box[],
  index: number,
  embedding: Float32Array,
  at: number,
  { votes, sameFace }: CheckInConfig,
): readonly Float32Array[] {
  const track = tracks[follow(tracks, boxes, at)[index] ?? -1];
  if (track === undefined || likeBefore(track.memory, embedding) < sameFace) return [];
  const view = track.outcome?.view ?? null;
  if (view !== null && 'personId' in view) return [];
  // Votes from before an answer to a question are gone, and with them what was seen then.
  const count = current(track.votes, { ...votes, of: track.votes.length }, at, votes.withinMs).length;
  return count === 0 ? [] : track.memory.slice(-count);
}
