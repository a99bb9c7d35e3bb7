/** Turns among the things a person can be asked to do. */
import type { Point } from '../../shared/geometry.ts';
import { LIVENESS_ACTIONS, type LivenessAction } from '../../shared/liveness.ts';
import {
  depthMotion,
  type DepthMotion,
  eyeDistance,
  type Landmarks5Observation,
  type Landmarks5,
  LEFT_EYE,
  type MeshPoints,
  MOUTH,
  parallaxOfLandmarks5,
  RIGHT_EYE,
  RIGID,
  shapeOfLandmarks5,
  yawOfLandmarks5,
} from './depth-motion.ts';
import type { Blendshapes, MeshObservation } from './observation.ts';
import { applyHomography, fitHomography } from './plane-fit.ts';

export const ACTIONS = LIVENESS_ACTIONS;
export type Action = LivenessAction;
export const TURNS = ['turn-left', 'turn-right'] as const satisfies readonly Action[];

export const isTurn = (action: Action): action is (typeof TURNS)[number] =>
  action === 'turn-left' || action === 'turn-right';

/** Which way the face goes in the (unmirrored) picture: a person's left is the picture's right, where yaw is positive. */
const turnSign = (action: (typeof TURNS)[number]): 1 | -1 => (action === 'turn-left' ? 1 : -1);

// What one frame shows of each action, against the face at rest. Pure numbers, no memory.

/** The face at rest: the middle of a few frames after the question and before the answer. */
export type Rest = MeshRest | FiveRest;
interface FiveRest {
  readonly kind: 'five';
  readonly landmarks: Landmarks5;
}
interface MeshRest {
  readonly kind: 'mesh';
  readonly points: MeshPoints;
  readonly blendshapes: Blendshapes;
  readonly yaw: number;
  readonly pitch: number;
  readonly five?: Landmarks5;
}

export interface EvidenceLimits {
  /** Degrees of turn, by the head matrix and by parallax, that answer "turn". */
  readonly turnDegrees: number;
  /** The parallax must show at least this part of the turn that the head matrix claims. */
  readonly turnParallaxPart: number;
  /** Of what a smooth warp leaves over, the depth of the points must explain at least this part. */
  readonly turnExplained: number;
  /** What the best homography must leave over in a real turn, eye distances. */
  readonly turnPlaneResidual: number;
  /** In a turn seen by the mesh the detector's points must agree: so much of the turn as parallax of the nose, ... */
  readonly witnessPart: number;
  /** ... and the eyes nearer to each other by the turn's cosine, not below this part of that: a bent print is narrower. */
  readonly witnessShape: number;
  /** The turn asked of the detector's five points, degrees: its landmarks are coarser, and a strongly tilted print shows up to 17. */
  readonly fiveTurnDegrees: number;
  /** The eyes come nearer by the cosine of the turn; a print that shows as much parallax is tilted further and is narrower than this part. */
  readonly fiveShape: number;
  /** Eyes count as closed when their opening is below this part of that at rest. */
  readonly eyesClosed: number;
  /** ... and as open again above this part. */
  readonly eyesOpenAgain: number;
  readonly blinkRise: number;
  /** Growth of the gap between the lips, eye distances. */
  readonly mouthGap: number;
  readonly jawRise: number;
  /** Mouth's width against that at rest. */
  readonly smileWidth: number;
  /** Rise of the mouth's corners, eye distances. */
  readonly smileLift: number;
  readonly smileRise: number;
  /** Beyond this turn, degrees, the mouth and the eyes are not read: they are seen from the side. */
  readonly readableTurn: number;
}

/** Measured with `npm run bench:pad`; see scripts/pad/README.md. */
export const EVIDENCE_LIMITS: EvidenceLimits = {
  turnDegrees: 13,
  turnParallaxPart: 0.75,
  turnExplained: 0.75,
  turnPlaneResidual: 0.02,
  witnessPart: 0.6,
  witnessShape: 0.945,
  fiveTurnDegrees: 18,
  fiveShape: 0.92,
  eyesClosed: 0.66,
  eyesOpenAgain: 0.8,
  blinkRise: 0.1,
  mouthGap: 0.09,
  jawRise: 0.12,
  smileWidth: 1.06,
  smileLift: 0.012,
  smileRise: 0.16,
  readableTurn: 12,
};

export interface Evidence {
  /** Each action: 0 not done, 1 just done, more: more. A turn counts here as soon as the head matrix says so, flat or not. */
  readonly done: Readonly<Record<Action, number>>;
  readonly eyes: 'open' | 'closed' | 'between';
  /** Degrees against rest. */
  readonly yaw: number;
  /** Degrees of parallax, and the part of what a smooth warp leaves over that depth explains. */
  readonly depth: Pick<DepthMotion, 'parallaxYaw' | 'parallaxPitch' | 'explained'>;
  /** The turn is one of a head in three dimensions, not of a picture of a head. */
  readonly turnIsSolid: boolean;
}

const xy = (points: MeshPoints, i: number): Point => [points[i * 3]!, points[i * 3 + 1]!];

/** The mouth and the eyes in the picture's plane, in eye distances `size`. */
function flatMeasures(
  at: (i: number) => Point,
  size: number,
): { eyes: number; gap: number; width: number; lift: number } {
  const apart = (a: number, b: number): number => {
    const [p, q] = [at(a), at(b)];
    return Math.hypot(p[0] - q[0], p[1] - q[1]) / size;
  };
  const lids = [...RIGHT_EYE.lids, ...LEFT_EYE.lids];
  const [p, q] = [at(33), at(263)];
  const length = Math.hypot(q[0] - p[0], q[1] - p[1]) || 1;
  // "Up" of the face in the picture: across the line of the eyes.
  const up = (i: number): number => {
    const [x, y] = at(i);
    return (x * (q[1] - p[1]) - y * (q[0] - p[0])) / length / size;
  };
  return {
    eyes: lids.reduce((s, [upper, lower]) => s + apart(upper, lower), 0) / lids.length,
    gap: apart(MOUTH.upperInner, MOUTH.lowerInner),
    width: apart(MOUTH.right, MOUTH.left),
    lift: (up(MOUTH.right) + up(MOUTH.left)) / 2 - (up(MOUTH.upperOuter) + up(MOUTH.lowerOuter)) / 2,
  };
}

/** The detector's five points saw the head turn by `yaw` degrees, too. Without them there is nothing to contradict. */
function isWitnessed(
  rest: Landmarks5 | undefined,
  now: Landmarks5 | undefined,
  yaw: number,
  limits: EvidenceLimits,
): boolean {
  if (rest === undefined || now === undefined) return true;
  const parallax = parallaxOfLandmarks5(rest, now);
  const narrower = shapeOfLandmarks5(now) / (shapeOfLandmarks5(rest) || 1);
  return (
    Math.sign(parallax) === Math.sign(yaw) &&
    Math.abs(parallax) >= limits.witnessPart * Math.abs(yaw) &&
    narrower >= limits.witnessShape * Math.cos((parallax * Math.PI) / 180)
  );
}

/**
 * Reads a frame against the face at rest. Before the mouth and the eyes are compared, the face at rest is carried over by the homography of
 * its rigid points: whatever a flat picture can do by being moved, tilted or brought nearer is taken out, and what remains
 * is movement of the lids and lips themselves.
 */
function meshEvidence(rest: MeshRest, now: MeshObservation, limits: EvidenceLimits = EVIDENCE_LIMITS): Evidence {
  const depth = depthMotion(rest.points, now.points);
  const yaw = now.yaw - rest.yaw;
  const turned = Math.abs(yaw);
  const turnIsSolid =
    isWitnessed(rest.five, now.five, yaw, limits) &&
    Math.sign(depth.parallaxYaw) === Math.sign(yaw) &&
    Math.abs(depth.parallaxYaw) >=
      Math.max(limits.turnParallaxPart * turned, limits.turnParallaxPart * limits.turnDegrees) &&
    depth.explained >= limits.turnExplained &&
    depth.planeResidual >= limits.turnPlaneResidual;

  const h = fitHomography(
    RIGID.map((i) => xy(rest.points, i)),
    RIGID.map((i) => xy(now.points, i)),
  );
  const size = eyeDistance(now.points) || 1;
  const before = flatMeasures((i) => (h === null ? xy(rest.points, i) : applyHomography(h, xy(rest.points, i))), size);
  const after = flatMeasures((i) => xy(now.points, i), size);
  const readable = turned <= limits.readableTurn;
  const [was, is] = [rest.blendshapes, now.blendshapes];

  const opening = before.eyes > 0 ? after.eyes / before.eyes : 1;
  const blinkRise = Math.min(is.eyeBlinkLeft - was.eyeBlinkLeft, is.eyeBlinkRight - was.eyeBlinkRight);
  const closed = readable && opening < limits.eyesClosed && blinkRise > limits.blinkRise;

  const gap = Math.min((after.gap - before.gap) / limits.mouthGap, (is.jawOpen - was.jawOpen) / limits.jawRise);
  const smileRise = Math.min(is.mouthSmileLeft - was.mouthSmileLeft, is.mouthSmileRight - was.mouthSmileRight);
  const smiling = Math.min(is.mouthSmileLeft, is.mouthSmileRight);
  const smile = Math.min(
    (after.width / (before.width || 1) - 1) / (limits.smileWidth - 1),
    (after.lift - before.lift) / limits.smileLift,
    // Who smiles already has little left to rise.
    Math.max(smileRise / limits.smileRise, smiling > 0.75 ? 1 : 0),
  );
  const done = Object.fromEntries(
    ACTIONS.map((action) => {
      if (action === 'turn-left' || action === 'turn-right')
        return [action, Math.max(0, (turnSign(action) * yaw) / limits.turnDegrees)];
      if (!readable) return [action, 0];
      if (action === 'blink') return [action, closed ? 1 : 0];
      return [action, Math.max(0, action === 'smile' ? smile : gap)];
    }),
  ) as Record<Action, number>;
  return {
    done,
    eyes: closed ? 'closed' : opening > limits.eyesOpenAgain ? 'open' : 'between',
    yaw,
    depth,
    turnIsSolid,
  };
}

/** The same from the detector's five points: turns only. */
function fiveEvidence(rest: FiveRest, now: Landmarks5Observation, limits: EvidenceLimits = EVIDENCE_LIMITS): Evidence {
  const yaw = yawOfLandmarks5(now.landmarks) - yawOfLandmarks5(rest.landmarks);
  const parallaxYaw = parallaxOfLandmarks5(rest.landmarks, now.landmarks);
  const claimed = Math.max(limits.turnParallaxPart * Math.abs(yaw), limits.fiveTurnDegrees);
  const narrower = shapeOfLandmarks5(now.landmarks) / (shapeOfLandmarks5(rest.landmarks) || 1);
  const done = { blink: 0, smile: 0, 'open-mouth': 0, 'turn-left': 0, 'turn-right': 0 };
  done[yaw > 0 ? 'turn-left' : 'turn-right'] = Math.abs(yaw) / limits.fiveTurnDegrees;
  return {
    done,
    eyes: 'open',
    yaw,
    depth: { parallaxYaw, parallaxPitch: 0, explained: 1 },
    turnIsSolid:
      Math.sign(parallaxYaw) === Math.sign(yaw) &&
      Math.abs(parallaxYaw) >= claimed &&
      narrower >= limits.fiveShape * Math.cos((parallaxYaw * Math.PI) / 180),
  };
}

/** A frame read against the face at rest; null when the two are of different kinds (the landmarker came or went). */
export function evidenceOf(
  rest: Rest,
  now: MeshObservation | Landmarks5Observation,
  limits: EvidenceLimits,
): Evidence | null {
  if (rest.kind === 'mesh') return now.kind === 'mesh' ? meshEvidence(rest, now, limits) : null;
  return now.kind === 'five' ? fiveEvidence(rest, now, limits) : null;
}
