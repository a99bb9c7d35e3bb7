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
/** Looking straight, degrees. Wider for pitch, where five landmarks are off by up to ten: see vision/quality.ts. */
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

// Do a person's samples show one person? Asked before samples are stored, and of those that are.

/**
 * Two groups of samples show one person when their means are as similar as this fraction of pairs of strangers' pictures are.
 * A picture of the person's own that is called somebody else's costs an operator a question; a stranger's that is not, lets the
 * stranger in: so the limit is where two pictures would be taken for one person at the door of a kiosk with one enrolled.
 * Measured with ghostfacenet-v1-1.3-2 (tests/shared/misfits.test.ts): of 377 people of LFW with three pictures or more 21
 * lose one (23 of 1,681 pictures), of five people before a camera and eight in portraits none; 3 in 1,000 pairs of two strangers before
 * one camera are taken for one person, and 1 to 3 in 1,000 groups of 2 + 1, 2 + 2, 3 + 2 and 5 + 1 pictures.
 */
export const SAME_PERSON_FMR = 1e-3;

/**
 * Which samples show the person that the most of them show. Groups are made from the most similar pair upwards, for as long
 * as the means of two groups are at least `limit` similar (average-linkage clustering of unit vectors); the largest group is
 * the person. Of two groups of the same size nobody can say which one it is: then no sample fits.
 * @param samples unit vectors of one model
 * @param limit a cosine, see `SAME_PERSON_FMR`
 * @param trusted samples that are the person for certain: the ones stored before, or those an operator vouches for. They are
 *   one group from the start, and that group is the person
 * @returns for each of `samples` whether it fits
 */
export function fittingSamples(
  samples: readonly Float32Array[],
  limit: number,
  trusted: readonly Float32Array[] = [],
): boolean[] {
  const all = [...trusted, ...samples];
  const groups = samples.map((_, index) => [trusted.length + index]);
  if (trusted.length > 0) groups.unshift(trusted.map((_, index) => index));
  // Sums of the cosines between the members of two groups: the cosine of their means follows from these alone.
  const cosines = all.map((one) => all.map((other) => similarity(one, other)));
  const sums = groups.map((group) =>
    groups.map((other) => group.reduce((sum, a) => other.reduce((more, b) => more + cosines[a]![b]!, sum), 0)),
  );
  const open = new Set(groups.keys());
  for (;;) {
    let best: readonly [number, number] | null = null;
    let most = limit;
    for (const a of open)
      for (const b of open) {
        if (b <= a) continue;
        const cosine = sums[a]![b]! / Math.sqrt(sums[a]![a]! * sums[b]![b]!);
        if (cosine >= most) [best, most] = [[a, b], cosine];
      }
    if (best === null) break;
    const [kept, gone] = best;
    groups[kept]!.push(...groups[gone]!);
    open.delete(gone);
    const own = sums[kept]![kept]! + sums[gone]![gone]! + 2 * sums[kept]![gone]!;
    for (const other of open) sums[kept]![other] = sums[other]![kept] = sums[kept]![other]! + sums[gone]![other]!;
    sums[kept]![kept] = own;
  }
  const left = [...open].map((group) => groups[group]!);
  const [largest, second] = [...left].sort((a, b) => b.length - a.length);
  const isTie = second !== undefined && second.length === largest?.length;
  const person = new Set(trusted.length > 0 ? left[0] : isTie ? [] : largest);
  return samples.map((_, index) => person.has(trusted.length + index));
}

export interface SampleFit {
  /** Cosine with the template that all samples make together, -1 to 1. */
  readonly similarity: number;
  readonly outlier: boolean;
}

/** How each of a person's stored samples fits the others. @param limit see `fittingSamples` */
export function sampleFits(vectors: readonly Float32Array[], limit: number): SampleFit[] {
  if (vectors.length === 0) return [];
  const template = meanTemplate(vectors);
  const fits = fittingSamples(vectors, limit);
  return vectors.map((vector, index) => ({ similarity: similarity(vector, template), outlier: !fits[index] }));
}
