/** The two pictures kept of an embedded face: its aligned crop, and a portrait for people to look at. */
import sharp from 'sharp';
import { centre, type Box } from '../../shared/geometry.ts';
import { CROP } from './alignment.ts';
import type { FacePictures, Frame } from './vision.ts';

/** Side of a portrait at most, pixels. */
export const PORTRAIT_SIDE = 256;
/** How much wider than the face's box a portrait is: hair and shoulders are what people recognise. */
const AROUND = 1.8;

/** The square around a face, moved and shrunk to lie inside the frame; whole pixels. */
export function portraitSquare(box: Box, width: number, height: number): Box {
  const side = Math.max(1, Math.min(Math.round(Math.max(box.width, box.height) * AROUND), width, height));
  const [cx, cy] = centre(box);
  const place = (middle: number, length: number): number =>
    Math.min(Math.max(Math.round(middle - side / 2), 0), length - side);
  return { x: place(cx, width), y: place(cy, height), width: side, height: side };
}

/** @param crop the aligned crop, 3 * 112 * 112 RGB bytes */
export async function picturesOf(frame: Frame, box: Box, crop: Uint8Array): Promise<FacePictures> {
  const square = portraitSquare(box, frame.width, frame.height);
  const [aligned, portrait] = await Promise.all([
    sharp(crop, { raw: { width: CROP, height: CROP, channels: 3 } })
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .toBuffer(),
    sharp(frame.data, { raw: { width: frame.width, height: frame.height, channels: frame.channels } })
      .extract({ left: square.x, top: square.y, width: square.width, height: square.height })
      .removeAlpha()
      .resize({ width: PORTRAIT_SIDE, height: PORTRAIT_SIDE, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 85 })
      .toBuffer(),
  ]);
  return { aligned, portrait };
}
