/** When a face is good enough to become a sample, for the guided capture and for picture files. */
import type { CapturePose, Quality, QualityIssue } from '../../shared/domain.ts';
import { area } from '../../shared/geometry.ts';
import { meanTemplate, similarity } from '../gallery/gallery.ts';
import type { SeenFace } from '../vision/vision.ts';

export type SampleProblem = QualityIssue | 'no-face' | 'several-faces' | 'wrong-pose' | 'different-person';

/** A second face of at least this fraction of the largest one's area: we can not know who is meant. */
const COMPARABLE = 0.5;

/** Degrees by which the head turns for a posed sample, from where it was when looking straight. */
const TURN = {
  left: { least: 8, most: 45 },
  right: { least: 8, most: 45 },
  up: { least: 6, most: 40 },
  down: { least: 6, most: 40 },
};
/** Looking straight, degrees. Wider for pitch, where five landmarks are off by up to ten: see vision/pose.ts. */
const STRAIGHT = { yaw: 14, pitch: 20 };

type Pose = Quality['pose'];

/**
 * Whether a head is posed as asked. Left and right are the person's own, as a mirrored picture shows them: turning to their
 * left is turning to the right of the camera's picture (yaw > 0).
 * @param straight the pose of the draft's straight sample, from which turns are measured; null: dead ahead
 */
export function poseFits(asked: CapturePose, pose: Pose, straight: Pose | null): boolean {
  if (asked === 'straight') return Math.abs(pose.yaw) <= STRAIGHT.yaw && Math.abs(pose.pitch) <= STRAIGHT.pitch;
  const yaw = pose.yaw - (straight?.yaw ?? 0);
  const pitch = pose.pitch - (straight?.pitch ?? 0);
  const turn = { left: yaw, right: -yaw, up: pitch, down: -pitch }[asked];
  return turn >= TURN[asked].least && turn <= TURN[asked].most;
}

/** What is wrong with the faces of a camera frame for a sample of pose `asked`; empty when nothing is. Largest face first. */
export function captureProblems(
  faces: readonly SeenFace[],
  asked: CapturePose,
  straight: Pose | null,
): SampleProblem[] {
  const counted = countProblems(faces);
  const [face] = faces;
  if (counted.length > 0 || face === undefined) return counted;
  // Turning is what was asked for.
  const issues = face.quality.issues.filter((issue) => issue !== 'turned');
  if (issues.length > 0) return issues;
  return poseFits(asked, face.quality.pose, straight) ? [] : ['wrong-pose'];
}

/**
 * Below these a picture file is refused: there is nothing in it to recognise anyone by. Far more lenient than at check-in,
 * where the next frame is only a moment away: a file is what it is.
 */
const FILE_LIMITS = { eyeDistance: 10, sharpness: 4, dark: 12, bright: 248 };

/** What is wrong with the faces of a picture file; empty when nothing is. Largest face first. */
export function fileProblems(faces: readonly SeenFace[]): SampleProblem[] {
  const counted = countProblems(faces);
  const [face] = faces;
  if (counted.length > 0 || face === undefined) return counted;
  const { eyeDistance, sharpness, brightness } = face.quality;
  const problems: SampleProblem[] = [];
  if (eyeDistance < FILE_LIMITS.eyeDistance) problems.push('too-small');
  if (brightness < FILE_LIMITS.dark) problems.push('too-dark');
  if (brightness > FILE_LIMITS.bright) problems.push('too-bright');
  if (sharpness < FILE_LIMITS.sharpness) problems.push('blurred');
  return problems;
}

function countProblems(faces: readonly SeenFace[]): SampleProblem[] {
  const [face, second] = faces;
  if (face === undefined) return ['no-face'];
  return second !== undefined && area(second.box) >= COMPARABLE * area(face.box) ? ['several-faces'] : [];
}

// How well each of a person's samples fits the others: is one of them somebody else's face?

/**
 * Of pairs of strangers this fraction is at least as similar as the limit below which a sample is marked. The limit is
 * calibrated on pairs of pictures, while here a picture meets the mean of several, to which its own person is nearer.
 * Measured on groups of 3, 5 and 8 pictures, all of one person or one of them somebody else's, with ghostfacenet-v1-1.3-2
 * (mobilefacenet-512): on 24 people in very different pictures 98 % (98 %) of the strangers are marked, and 2 to 3 % (1 %)
 * of the person's own; on the frames of a kiosk's camera 86 to 90 % (99 %) and none. At 0.02 fewer strangers, at 0.001 one
 * in twelve of the own.
 */
export const OUTLIER_FMR = 0.01;
/** With fewer samples nobody can say which of them is the odd one. */
const FEWEST = 3;

export interface SampleFit {
  /** Cosine with the template that all samples make together, -1 to 1. */
  readonly similarity: number;
  readonly outlier: boolean;
}

/**
 * A sample is an outlier when it is less similar to the mean of the other samples than `limit`: measured without itself,
 * because a template made of few samples is near each of them. Of two samples that do not fit together neither is marked.
 * @param vectors of unit length, all of one model and one person
 * @param limit a cosine, see `OUTLIER_FMR`
 */
export function sampleFits(vectors: readonly Float32Array[], limit: number): SampleFit[] {
  if (vectors.length === 0) return [];
  const template = meanTemplate(vectors);
  return vectors.map((vector, index) => ({
    similarity: similarity(vector, template),
    outlier:
      vectors.length >= FEWEST &&
      similarity(vector, meanTemplate(vectors.filter((_, other) => other !== index))) < limit,
  }));
}
