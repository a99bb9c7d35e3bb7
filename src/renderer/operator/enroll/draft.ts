/** What has been typed and captured so far, as pure data: the dialog shows it, `useEnrollment` changes it. */
import { CAPTURE_POSES, type CapturePose, type PersonSummary, type Sample } from '../../../shared/domain.ts';

export interface Details {
  readonly name: string;
  readonly externalId: string;
  readonly group: string;
  /** When the consent was ticked, Unix ms; null: not ticked. */
  readonly consentAt: number | null;
}

export const NO_DETAILS: Details = { name: '', externalId: '', group: '', consentAt: null };

export interface Captured {
  /** In the order they came. */
  readonly samples: readonly Sample[];
  readonly skipped: readonly CapturePose[];
}

export const NOTHING_CAPTURED: Captured = { samples: [], skipped: [] };

/** Whom an enrollment is about, when it is not simply somebody new before the camera. */
export interface Subject {
  /** Somebody enrolled already, whom the samples are added to; null: somebody new. */
  readonly person: PersonSummary | null;
  /** A sample the new ones take the place of. */
  readonly replace: Sample | null;
  /** Pictures to begin with. The camera then waits: whoever stands before it may be the operator. */
  readonly pictures: readonly File[];
}

export const NEW_PERSON: Subject = { person: null, replace: null, pictures: [] };

/** Nothing captured, and only the poses asked for that this subject needs. */
export function beginningOf({ replace, pictures }: Subject): Captured {
  if (pictures.length > 0) return { samples: [], skipped: CAPTURE_POSES };
  if (replace === null) return NOTHING_CAPTURED;
  const wanted = replace.pose ?? 'straight';
  return { samples: [], skipped: CAPTURE_POSES.filter((pose) => pose !== wanted) };
}

export const sampleOf = (captured: Captured, pose: CapturePose): Sample | undefined =>
  captured.samples.find((s) => s.source === 'camera' && s.pose === pose);

/** The pose to ask for now: the first that is neither captured nor skipped; null when all are dealt with. */
export function nextPose(captured: Captured): CapturePose | null {
  const open = (pose: CapturePose): boolean =>
    sampleOf(captured, pose) === undefined && !captured.skipped.includes(pose);
  return CAPTURE_POSES.find(open) ?? null;
}

export const withSample = (captured: Captured, sample: Sample): Captured => ({
  samples: [...captured.samples.filter((s) => s.id !== sample.id), sample],
  skipped: captured.skipped.filter((pose) => pose !== sample.pose),
});

export const withoutSample = (captured: Captured, id: string): Captured => ({
  ...captured,
  samples: captured.samples.filter((s) => s.id !== id),
});

export const withSkipped = (captured: Captured, pose: CapturePose): Captured => ({
  ...captured,
  skipped: [...captured.skipped.filter((p) => p !== pose), pose],
});

/** A skipped pose is asked for again. */
export const withPoseAgain = (captured: Captured, pose: CapturePose): Captured => ({
  ...captured,
  skipped: captured.skipped.filter((p) => p !== pose),
});

export const detailsComplete = (details: Details): boolean => details.name.trim() !== '' && details.consentAt !== null;
