/** What the screen shows of the machine's state, without flicker. */
import { QUALITY_ISSUES, type CheckInView, type QualityIssue } from '../../shared/domain.ts';
import { questionView } from './challenging.ts';
import {
  FAR_AFTER_MS,
  HINT_AFTER_MS,
  IDLE,
  OUTSIDE_AFTER_MS,
  READABLE_MS,
  RESULT_MS,
  type CheckInState,
  type FaceSeen,
  type Hint,
} from './checkin-state.ts';

/** The most important of a face's issues; the order of `QUALITY_ISSUES` is what to say first. */
export function firstIssue(issues: readonly QualityIssue[]): QualityIssue | null {
  return QUALITY_ISSUES.find((issue) => issues.includes(issue)) ?? null;
}

/**
 * What to tell the face being looked at, after one more frame. A hint replaces another only when it held for a while;
 * whoever appears is looked at first and criticised later.
 * @param before null when this face was not looked at before
 * @param since when the face appeared
 */
export function nextHint(
  before: CheckInState['hint'],
  face: FaceSeen,
  since: number,
  at: number,
): CheckInState['hint'] {
  const issue = firstIssue(face.issues);
  const raw: Hint = issue === 'too-small' && at - since < FAR_AFTER_MS ? 'far' : (issue ?? 'looking');
  if (before === null) return { shown: raw === 'far' ? 'far' : 'looking', raw, rawSince: at };
  const rawSince = raw === before.raw ? before.rawSince : at;
  const changes = before.shown === 'far' || at - rawSince >= HINT_AFTER_MS;
  return { shown: changes ? raw : before.shown, raw, rawSince };
}

/** The screen's view of a state at monotonic time `at`. */
export function viewOf(state: CheckInState, at: number): CheckInView {
  if (state.visionError !== null) return { phase: 'error', error: { ...state.visionError } };
  if (state.asking !== null) return state.asking.view;
  if (state.challenge !== null) return questionView(state.challenge, at);
  const { result, hint } = state;
  const front = state.tracks.find((track) => track.id === state.front);
  const someone = front !== undefined && hint?.shown !== 'far';
  const resultAge = result === null ? Number.POSITIVE_INFINITY : at - result.at;
  const own =
    front?.outcome?.kind === 'asking' || front?.outcome?.kind === 'challenged' ? null : (front?.outcome?.view ?? null);
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
export function sameView(a: CheckInView, b: CheckInView): boolean {
  return a === b || (a.phase === b.phase && JSON.stringify(a) === JSON.stringify(b));
}
