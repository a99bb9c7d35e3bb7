/** One frame's verdict about one face: its vote, whether it is still the same face, and what follows from the votes. */
import type { Box } from '../../shared/geometry.ts';
import { ask, NOT_LIVE, NOT_LIVE_PAUSE_MS, proofOf, soon } from './challenging.ts';
import {
  ASK_AGAIN_MS,
  RESULT_MS,
  RETRY_RECORD_MS,
  UNDECIDED_AFTER_MS,
  UNKNOWN_AFTER_MS,
  type AlreadyView,
  type Asking,
  type Challenge,
  type CheckInConfig,
  type CheckInState,
  type Look,
  type Outcome,
  type Probe,
  type RecordRequest,
  type Track,
} from './checkin-state.ts';
import { agreed, current, voteWindow, type Vote } from './votes.ts';

/** How many embeddings of a face are remembered to notice that somebody else took its place. */
const REMEMBERED = 5;
/** How many frames in a row must look like somebody else before a result already shown is taken back. */
const STRANGERS_NEEDED = 2;
const VOTES_KEPT = 15;

export const newTrack = (id: number, box: Box, at: number): Track => ({
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

/** Cosine of `embedding` (unit length) with the mean of the remembered ones. */
function likeBefore(memory: readonly Float32Array[], embedding: Float32Array): number {
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
export function vote(track: Track, probe: Probe, at: number, freshId: number, config: CheckInConfig): Track {
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
export function accept(
  track: Track,
  probe: Probe,
  now: {
    readonly at: number;
    readonly wallAt: number;
    readonly interval: number;
    readonly result: CheckInState['result'];
    readonly asking: Asking | null;
    readonly pause: CheckInState['pause'];
    readonly look: Look | undefined;
  },
  config: CheckInConfig,
): {
  readonly track: Track;
  readonly record?: RecordRequest;
  readonly asking?: Asking;
  readonly challenge?: Challenge;
  readonly pause?: CheckInState['pause'];
} {
  const { at } = now;
  const { outcome } = track;
  if (outcome?.kind === 'pending' || outcome?.kind === 'challenged') return { track };
  if (outcome?.kind === 'asking' && now.asking?.trackId === track.id) return { track };
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
    if (now.asking?.request.personId !== best.id) {
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
    const going = now.asking?.request.personId === best.id ? now.asking : null;
    if (going?.answered === true) return { track };
    const { id: personId, name } = best;
    const view = going?.view ?? ({ phase: 'choose', personId, name, ...probe.choice } as const);
    const asking = { trackId: track.id, request: record, view, askedAt: going?.askedAt ?? at, seenAt: at };
    return { track: { ...track, outcome: { kind: 'asking', view } }, asking: { ...asking, answered: false } };
  }
  if (outcome !== null) return { track }; // unknown or ambiguous stays on the screen while we quietly go on looking
  if (agreement !== null)
    return lookedFor >= UNKNOWN_AFTER_MS ? show({ phase: agreement.kind as 'unknown' }) : { track };
  return lookedFor >= UNDECIDED_AFTER_MS ? show({ phase: 'unknown' }) : { track };
}
