/**
 * A passive classifier of the MiniFASNet kind (minivision-ai/Silent-Face-Anti-Spoofing, Apache-2.0), when one is installed as a model
 * pack. No weights come with Lintel. This room knows the crop, the pixels and the meaning of the answer; whoever owns the
 * models runs them: `ClassifierRunner`.
 */
import { z } from 'zod';
import type { Box } from '../../shared/geometry.ts';

/** The card beside the weights: what the file itself cannot say. A pack holds one card or several, which vote together. */
export const classifierCardSchema = z.object({
  kind: z.literal('liveness-classifier'),
  id: z.string().min(1).max(100),
  file: z.string().min(1).max(200),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().positive(),
  licence: z.string().min(1),
  input: z.object({
    /** Side of the square input, pixels. */
    size: z.int().min(32).max(512),
    /** The crop's width against the face box's: 2.7 for MiniFASNetV2, 4.0 for MiniFASNetV1SE. */
    cropScale: z.number().min(1).max(6),
    /** The published networks take BGR, 0 to 255, not scaled: mean 0, scale 1. */
    channels: z.enum(['rgb', 'bgr']),
    mean: z.number(),
    scale: z.number().refine((s) => s !== 0),
  }),
  output: z.object({
    classes: z.int().min(2).max(10),
    /** Which class means a living face: 1 in the published networks (0 and 2 are attacks). */
    live: z.int().min(0),
    /** Whether the network's own last step is a softmax; if not, it is done here. */
    softmax: z.boolean(),
  }),
  /** Live score at and above which a face passes, with what was measured there and on what. */
  threshold: z.number().min(0).max(1),
  measured: z.object({ apcer: z.number(), bpcer: z.number(), on: z.string() }).optional(),
});
export type ClassifierCard = z.infer<typeof classifierCardSchema>;

/** Runs one network: NCHW float32 `[1, 3, size, size]` in, the class outputs out. */
export type ClassifierRunner = (input: Float32Array, dims: readonly [1, 3, number, number]) => Promise<Float32Array>;

interface RgbFrame {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  readonly data: Uint8Array;
}

/**
 * The square-ish part of the picture that is `scale` times the face's box, as the published networks were trained: made smaller when
 * the picture is too small for it, pushed back inside when it hangs over an edge, and cut to whole pixels. Corners included.
 */
export function classifierCrop(
  face: Box,
  width: number,
  height: number,
  scale: number,
): { left: number; top: number; right: number; bottom: number } {
  const fits = Math.min((height - 1) / face.height, (width - 1) / face.width, scale);
  const place = (from: number, size: number, limit: number): [number, number] => {
    const middle = from + size / 2;
    const low = middle - (size * fits) / 2;
    const high = middle + (size * fits) / 2;
    const shift = low < 0 ? -low : high > limit ? limit - high : 0;
    return [Math.max(0, Math.trunc(low + shift)), Math.min(limit, Math.trunc(high + shift))];
  };
  const [left, right] = place(face.x, face.width, width - 1);
  const [top, bottom] = place(face.y, face.height, height - 1);
  return { left, top, right, bottom };
}

/** The network's input, NCHW `[3, size, size]`: the crop resized with bilinear sampling at pixel centres, then (v - mean) / scale. */
export function classifierInput(frame: RgbFrame, face: Box, card: ClassifierCard): Float32Array {
  const { size, cropScale, channels, mean, scale } = card.input;
  const { left, top, right, bottom } = classifierCrop(face, frame.width, frame.height, cropScale);
  const [w, h] = [right - left + 1, bottom - top + 1];
  const out = new Float32Array(3 * size * size);
  const order = channels === 'rgb' ? [0, 1, 2] : [2, 1, 0];
  for (let y = 0; y < size; y++) {
    const v = Math.min(Math.max(((y + 0.5) * h) / size - 0.5, 0), h - 1);
    const [y0, y1] = [Math.floor(v), Math.min(Math.floor(v) + 1, h - 1)];
    for (let x = 0; x < size; x++) {
      const u = Math.min(Math.max(((x + 0.5) * w) / size - 0.5, 0), w - 1);
      const [x0, x1] = [Math.floor(u), Math.min(Math.floor(u) + 1, w - 1)];
      const at = (px: number, py: number): number => ((top + py) * frame.width + left + px) * frame.channels;
      const [a, b, c, d] = [at(x0, y0), at(x1, y0), at(x0, y1), at(x1, y1)];
      for (let k = 0; k < 3; k++) {
        const s = order[k]!;
        const upper = frame.data[a + s]! + (frame.data[b + s]! - frame.data[a + s]!) * (u - x0);
        const lower = frame.data[c + s]! + (frame.data[d + s]! - frame.data[c + s]!) * (u - x0);
        out[k * size * size + y * size + x] = (upper + (lower - upper) * (v - y0) - mean) / scale;
      }
    }
  }
  return out;
}

/**
 * The live score of a face, 0 to 1, by one network or the mean of several (the published pair: crops of 2.7 and 4.0 together).
 * @throws Error when a network gives another number of classes than its card says; the caller words it as `model-unsupported`
 */
export async function classifyLive(
  frame: RgbFrame,
  face: Box,
  networks: readonly { readonly card: ClassifierCard; readonly run: ClassifierRunner }[],
): Promise<{ readonly score: number; readonly live: boolean }> {
  let score = 0;
  let threshold = 0;
  for (const { card, run } of networks) {
    const { size } = card.input;
    const raw = await run(classifierInput(frame, face, card), [1, 3, size, size]);
    if (raw.length !== card.output.classes || card.output.live >= raw.length)
      throw new Error(`${card.id} gave ${raw.length} classes, its card says ${card.output.classes}`);
    const largest = Math.max(...raw);
    const powers = card.output.softmax ? [...raw] : [...raw].map((v) => Math.exp(v - largest));
    const total = powers.reduce((a, b) => a + b, 0);
    score += powers[card.output.live]! / total / networks.length;
    threshold += card.threshold / networks.length;
  }
  return { score, live: networks.length > 0 && score >= threshold };
}
