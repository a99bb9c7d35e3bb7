/**
 * The question "do you come or go?": when it stays, when it is put away, and what an answer leads to. Pure, like checkin.ts.
 *
 * It stays while the face of the person who is asked is the one in front, and `ASK_GONE_MS` longer, so that looking down at
 * the buttons does not take them away. It is put away, and nothing recorded, when they left, when somebody else stands in
 * front, and when nobody answers for `ASK_MS`.
 */
import type { Direction } from '../../shared/domain.ts';
import {
  ASK_GONE_MS,
  ASK_MS,
  IDLE,
  OTHERS_NEEDED,
  type Asking,
  type CheckInState,
  type Probe,
  type RecordRequest,
  type Track,
} from './checkin-state.ts';

/** The question after one more frame; null when somebody else stands in front by now. */
export function keepAsking(
  asking: Asking | null,
  frame: {
    /** The faces in the frame. */
    readonly seen: readonly Track[];
    /** The one looked at, when there is one in the frame. */
    readonly front: Track | undefined;
    readonly probe: Probe | null;
    readonly at: number;
  },
): Asking | null {
  if (asking === null || asking.answered) return asking;
  const { personId } = asking.request;
  const { seen, front, probe, at } = frame;
  if (front !== undefined && front.id !== asking.trackId) {
    const named = front.votes.some((vote) => vote.personId === personId);
    if (!named && front.votes.length >= OTHERS_NEEDED) return null;
  }
  const isThere =
    seen.some(({ id }) => id === asking.trackId) || (probe?.kind === 'match' && probe.best?.id === personId);
  return isThere ? { ...asking, seenAt: at } : asking;
}

/** The state without a question that has waited too long. */
export function putAway(state: CheckInState, at: number): CheckInState {
  const { asking } = state;
  if (asking === null || asking.answered) return state;
  if (at - asking.seenAt <= ASK_GONE_MS && at - asking.askedAt <= ASK_MS) return state;
  const tracks = state.tracks.map((track) =>
    track.id === asking.trackId ? { ...track, outcome: { kind: 'declined', view: IDLE, at } as const } : track,
  );
  return { ...state, asking: null, tracks };
}

/** They have answered: a record to write, or nothing when the question is gone or was answered already. */
export function answer(
  before: CheckInState,
  direction: Direction,
  at: number,
): { readonly state: CheckInState; readonly record?: RecordRequest } {
  const state = putAway(before, at);
  const { asking, view } = state;
  if (asking === null || asking.answered || view.phase !== 'choose') return { state };
  const tracks = state.tracks.map((track) =>
    track.id === asking.trackId ? { ...track, outcome: { kind: 'pending', view: asking.view } as const } : track,
  );
  return {
    state: { ...state, tracks, asking: { ...asking, answered: true } },
    record: { ...asking.request, direction },
  };
}
