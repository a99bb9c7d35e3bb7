/** What the check-in machine is told, remembers and answers. The rules are in checkin.ts; times `at` are monotonic ms. */
import type { CheckInView, DecisionKind, Direction, QualityIssue } from '../../shared/domain.ts';
import type { ErrorReport } from '../../shared/errors.ts';
import type { Box } from '../../shared/geometry.ts';
import type { Followed } from './tracks.ts';
import type { Vote, VoteRule } from './votes.ts';

/** Faces narrower than this fraction of the frame's width are people in the background: not even told to come closer. */
export const BACKGROUND_WIDTH = 0.05;
/** A face too small to look at must stay this long before it is told to come closer, ms: it may be walking past. */
export const FAR_AFTER_MS = 700;
/** A face outside the guide must stand there this long before it is told where to stand, ms. */
export const OUTSIDE_AFTER_MS = 1200;
/** What to do changes on the screen only when it held for this long, ms. */
export const HINT_AFTER_MS = 250;
/** Nobody is called unknown before we have looked for this long, ms: the first frames of a walk-up are the worst. */
export const UNKNOWN_AFTER_MS = 800;
/** Good frames without any agreement for this long are an unknown, ms. */
export const UNDECIDED_AFTER_MS = 4000;
/** A result stays on the screen at least this long after it appeared, ms, even when the face left ... */
export const RESULT_MS = 2500;
/** ... unless somebody else stepped up: then it stays readable for this long. */
export const READABLE_MS = 1200;
/** After a record that failed, try again after this long, ms. */
export const RETRY_RECORD_MS = 3000;
/** Without any frame for this long the camera has stalled: whoever was there is forgotten, ms. */
export const STALLED_MS = 3000;

export type MatchView = Extract<CheckInView, { phase: 'match' }>;
export type AlreadyView = Extract<CheckInView, { phase: 'already' }>;
export type Hint = QualityIssue | 'looking' | 'outside' | 'far';

export interface CheckInConfig {
  readonly votes: VoteRule;
  readonly cooldownMs: number;
  /** Cosine below which two frames cannot show the same face. */
  readonly sameFace: number;
}

export interface FaceSeen {
  /** Pixels of the frame. */
  readonly box: Box;
  readonly issues: readonly QualityIssue[];
}

/** What the gallery said about one face of the frame. */
export interface Probe {
  /** Index into the frame's faces. */
  readonly face: number;
  readonly embedding: Float32Array;
  readonly kind: DecisionKind;
  readonly best: { readonly id: string; readonly name: string; readonly similarity: number } | null;
  readonly threshold: number;
  /** The last check-in of `best`, when there is one. */
  readonly lastCheckIn: {
    readonly at: number;
    readonly direction: Direction;
    readonly picture: string | null;
  } | null;
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
    }
  /** The record asked for is on disk (`match`), or somebody else wrote one a moment ago (`already`). */
  | { readonly kind: 'recorded'; readonly at: number; readonly trackId: number; readonly view: MatchView | AlreadyView }
  | { readonly kind: 'record-failed'; readonly at: number; readonly trackId: number; readonly error: ErrorReport }
  | { readonly kind: 'vision-error'; readonly at: number; readonly error: ErrorReport }
  | { readonly kind: 'tick'; readonly at: number }
  /** The camera is gone or the screen was left. */
  | { readonly kind: 'reset' };

/** What has been decided about one face. */
export type Outcome =
  /** Asked to be recorded; `view` is what stays on the screen meanwhile, null: looking. */
  | { readonly kind: 'pending'; readonly view: CheckInView | null }
  | { readonly kind: 'shown'; readonly view: CheckInView; readonly at: number }
  | { readonly kind: 'failed'; readonly view: CheckInView; readonly at: number };

export interface Track extends Followed {
  readonly since: number;
  readonly votes: readonly Vote[];
  readonly memory: readonly Float32Array[];
  /** When the first frame good enough to vote came. */
  readonly lookedSince: number | null;
  readonly strangers: number;
  readonly outcome: Outcome | null;
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
  outsideSince: null,
  visionError: null,
  lastFrameAt: null,
  interval: 100,
  view: IDLE,
};
