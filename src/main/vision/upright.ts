/**
 * Which way up a picture belongs, where its file does not say: the way up in which the largest face is most like an upright one.
 *
 * The detector was trained on upright faces and sees them everywhere: into a face on its head it puts landmarks like those of an
 * upright one, with a score that is hardly lower, and the sample made of it matches nobody. What gives it away is the mouth: it is
 * then found where the eyes are, narrower against the distance of the "eyes" than in the same face the right way up. Of 286
 * pictures with a face (scenes, groups, pairs, celebs) that difference has the right sign in every one.
 */
import type { Turn } from '../../shared/domain.ts';
import { LintelError } from '../../shared/errors.ts';
import { area, type Box, iou } from '../../shared/geometry.ts';
import { shrunkFrame, turnedFrame } from './picture.ts';
import { isUpright, mouthToEyes } from './quality.ts';
import type { AnalyzeOptions, Frame, SeenFace } from './vision.ts';

/** A face like this is upright, and nothing else is tried: so are four in five upright faces, and none of 286 on their heads. */
const SURE = { mouthToEyes: 0.835, score: 0.72 };
/** Half of the faces of at least this fraction of the largest one's area must be sure: of several on their heads one may seem so. */
const COMPARABLE = 0.25;
/** Less than that is no reason to turn a picture: upright faces have 0.71 and more. */
const FOUND = 0.65;
/** By how much, in nats, another way up must be likelier than the one the picture came in, and than its opposite. */
const MARGIN = 1;
/**
 * A face that is found by more than so many degrees of roll differently in a picture and in its quarter turn may have been read rightly
 * in both: a head tilted by 45 degrees is as much on its side as upright. So much likelier, in nats, the turned one must be besides:
 * of 123 such pairs (44 pictures turned by 15 degrees and its multiples) turning is then better for 41 and worse for none.
 */
const TILTED = { degrees: 35, doubt: 2 };

const TURNS = [90, 180, 270] as const;

/** Log odds, but for a constant, of a face being upright and not on its head: a logistic fit to the same 286 pictures. */
const evidence = ({ landmarks, score }: SeenFace): number => 53 * mouthToEyes(landmarks) + 12 * score;

const isSure = ({ landmarks, score }: SeenFace): boolean =>
  isUpright(landmarks) && mouthToEyes(landmarks) >= SURE.mouthToEyes && score >= SURE.score;

/** Where a box of a picture lies when that picture, `width` x `height`, is turned clockwise. */
function turnedBox({ x, y, width: w, height: h }: Box, turn: Turn, width: number, height: number): Box {
  if (turn === 90) return { x: height - y - h, y: x, width: h, height: w };
  if (turn === 180) return { x: width - x - w, y: height - y - h, width: w, height: h };
  if (turn === 270) return { x: y, y: width - x - w, width: h, height: w };
  return { x, y, width: w, height: h };
}

/**
 * Faces of a picture, largest first, and by how much it had to be turned clockwise for them to be upright. A picture whose
 * faces are upright beyond doubt is looked at once, any other in all four turns.
 * @throws LintelError `picture-turned` when it is not upright and which way up it belongs can not be told
 */
export async function uprightFaces(
  frame: Frame,
  options: AnalyzeOptions,
  look: (frame: Frame, options: AnalyzeOptions) => Promise<readonly SeenFace[]>,
): Promise<{ readonly turned: Turn; readonly faces: readonly SeenFace[] }> {
  const asIs = await look(frame, options);
  const [largest] = asIs;
  const comparable = asIs.filter((face) => area(face.box) >= COMPARABLE * area((largest ?? face).box));
  // A region is one of the picture as it came.
  const sure = comparable.filter(isSure).length;
  if ((sure > 0 && 2 * sure >= comparable.length) || options.within !== undefined) return { turned: 0, faces: asIs };

  const likelihoods = new Map<Turn, number>();
  for (const turn of TURNS) {
    const faces = await look(turnedFrame(frame, turn), { ...options, embed: 'none' });
    const there = largest && turnedBox(largest.box, turn, frame.width, frame.height);
    const face = faces.find(({ box }) => there !== undefined && iou(box, there) > 0.3) ?? faces[0];
    if (face === undefined || face.score < FOUND || !isUpright(face.landmarks)) continue;
    const rolled = face.quality.pose.roll - (largest?.quality.pose.roll ?? 0);
    const isTilted = largest !== undefined && turn !== 180 && (turn === 90 ? rolled : -rolled) > TILTED.degrees;
    likelihoods.set(turn, evidence(face) - (isTilted ? TILTED.doubt : 0));
  }
  const [best] = [...likelihoods].sort((a, b) => b[1] - a[1]);
  if (best === undefined) return { turned: 0, faces: asIs };
  const [turned, likelihood] = best;
  const over = (other: number | undefined): number => likelihood - (other ?? -Infinity);
  if (over(largest && evidence(largest)) < MARGIN) return { turned: 0, faces: asIs };
  if (turned !== 180 && over(likelihoods.get(turned === 90 ? 270 : 90)) < MARGIN)
    throw new LintelError('picture-turned');
  return { turned, faces: await look(turnedFrame(frame, turned), options) };
}

/*
 * Of a camera: the way up in which the detector is surest of the face in it. At this size the evidence of the mouth is worse than the
 * score alone: of 152 pictures (scenes, groups, pairs) in four turns the score is right in 448 and wrong in none, that in 440 and 6.
 */

/** A face is looked for at this size or less, long side in pixels: whoever wants to check in stands near. */
const LOOK_SIDE = 400;
/** Upright faces score 0.75 to 0.92, on their heads 0.45 to 0.79, on their sides below 0.5; the same face always differs by 0.1. */
const SURE_SCORE = 0.72;
const SCORE_MARGIN = 0.06;
/** No face that is not upright scores this much, and most upright ones do. */
export const SURELY_UPRIGHT = 0.82;

/**
 * @param look faces of a frame, as `Vision.analyze` gives them
 * @param among the turns to look at; fewer are sooner looked at
 * @returns by how much the frame must be turned clockwise so that the face in it is upright; null: there is none, or it can not
 * be told
 */
export async function uprightTurn(
  frame: Frame,
  look: (frame: Frame) => Promise<readonly SeenFace[]>,
  among: readonly Turn[] = [0, ...TURNS],
): Promise<Turn | null> {
  const small = shrunkFrame(frame, Math.max(1, Math.round(Math.max(frame.width, frame.height) / LOOK_SIDE)));
  const scores: { readonly turn: Turn; readonly score: number }[] = [];
  for (const turn of among) {
    const faces = await look(turnedFrame(small, turn));
    scores.push({ turn, score: Math.max(0, ...faces.filter((f) => isUpright(f.landmarks)).map((f) => f.score)) });
  }
  const [best, second] = scores.sort((a, b) => b.score - a.score);
  return best !== undefined && best.score >= SURE_SCORE && best.score - (second?.score ?? 0) >= SCORE_MARGIN
    ? best.turn
    : null;
}
