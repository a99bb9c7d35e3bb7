/** One face out of a picture, with enough around it for the kiosk to find it again. */
import type { Box } from '../../../shared/geometry.ts';

/** Of the face's box on every side: hair, chin, and what a detector expects around a face. */
const MARGIN = 0.7;

/** The part to cut out, in whole pixels, within the picture. */
export function cropBox(box: Box, width: number, height: number): Box {
  const margin = Math.max(box.width, box.height) * MARGIN;
  const x = Math.max(0, Math.floor(box.x - margin));
  const y = Math.max(0, Math.floor(box.y - margin));
  return {
    x,
    y,
    width: Math.min(width, Math.ceil(box.x + box.width + margin)) - x,
    height: Math.min(height, Math.ceil(box.y + box.height + margin)) - y,
  };
}

/**
 * @param picture the file as the browser shows it: EXIF rotation is applied, as the kiosk does
 * @param size of the picture as the kiosk saw it, which the box is measured in
 */
export async function cropFace(
  picture: Blob,
  box: Box,
  size: { readonly width: number; readonly height: number },
): Promise<File> {
  const image = await createImageBitmap(picture, { imageOrientation: 'from-image' });
  try {
    const scale = image.width / size.width;
    const { x, y, width, height } = cropBox(box, size.width, size.height);
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas
      .getContext('2d')
      ?.drawImage(image, x * scale, y * scale, width * scale, height * scale, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.95));
    if (blob === null) throw new Error('the picture could not be cut');
    return new File([blob], 'face.jpg', { type: 'image/jpeg' });
  } finally {
    image.close();
  }
}
