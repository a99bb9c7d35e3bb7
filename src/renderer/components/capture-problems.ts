/** The ways in which a picture is no good as a sample: those `enroll.fileProblem` has words for. */
import type { CaptureReply } from '../../shared/calls.ts';

const PROBLEMS = {
  truncated: true,
  'too-small': true,
  'too-dark': true,
  'too-bright': true,
  turned: true,
  tilted: true,
  blurred: true,
  'no-face': true,
  'several-faces': true,
  'wrong-pose': true,
  'different-person': true,
} as const satisfies Record<CaptureReply['problems'][number], true>;

export const captureProblems: readonly string[] = Object.keys(PROBLEMS);
