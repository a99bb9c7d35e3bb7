/** A picture with boxes and names drawn on it, for people to keep. */
import sharp from 'sharp';
import type { Box } from '../../shared/geometry.ts';

export interface Label {
  /** Pixels of the picture after EXIF rotation. */
  readonly box: Box;
  /** Null: somebody unknown; drawn as a dashed box without a name. */
  readonly name: string | null;
}

/** Long side of what is made, pixels: what is drawn on takes four bytes a pixel, and nobody looks at more. */
const LONG_SIDE = 4096;
const KNOWN = '#0f7b4f';
const UNKNOWN = '#3d4654';

/** A name as text inside SVG: nothing in it can become markup, and what XML can not hold is left out. */
export const escapeXml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

/** The overlay alone. Labels stand below their box, above it at the lower edge, and never outside the picture. */
export function overlay(width: number, height: number, labels: readonly Label[]): string {
  const marks = labels.map(({ box, name }) => {
    const line = Math.max(2, Math.round(Math.min(width, height) / 300));
    const colour = name === null ? UNKNOWN : KNOWN;
    const frame = (stroke: string, wide: number, more = ''): string =>
      `<rect x="${px(box.x)}" y="${px(box.y)}" width="${px(box.width)}" height="${px(box.height)}" rx="${line * 2}" ` +
      `fill="none" stroke="${stroke}" stroke-width="${wide}"${more}/>`;
    // White underneath, so that it shows on any ground.
    const drawn = frame('#fff', line * 2) + frame(colour, line, name === null ? ` stroke-dasharray="${line * 4}"` : '');
    if (name === null) return drawn;
    const size = Math.round(Math.min(Math.max(box.height / 6, 14), height / 8));
    // No font is asked how wide the name is: an estimate, squeezed to it.
    const wide = Math.min(Math.max(2, [...name].length) * size * 0.6 + size, width);
    const tall = size * 1.5;
    const x = Math.min(Math.max(0, box.x + box.width / 2 - wide / 2), width - wide);
    const below = box.y + box.height + line * 2;
    const y = below + tall <= height ? below : Math.max(0, box.y - tall - line * 2);
    const longest = wide - size * 0.6;
    const squeezed =
      [...name].length * size * 0.6 > longest ? ` textLength="${px(longest)}" lengthAdjust="spacingAndGlyphs"` : '';
    return (
      drawn +
      `<rect x="${px(x)}" y="${px(y)}" width="${px(wide)}" height="${px(tall)}" rx="${px(size / 4)}" fill="${colour}"/>` +
      `<text x="${px(x + wide / 2)}" y="${px(y + tall * 0.7)}" text-anchor="middle" fill="#fff" font-weight="600" ` +
      `font-family="sans-serif" font-size="${size}"${squeezed}>${escapeXml(name)}</text>`
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${marks.join('')}</svg>`;
}

const px = (value: number): string => value.toFixed(1);

/**
 * The picture as a JPEG (EXIF rotation applied, metadata such as the place left out) with boxes and names on it.
 * @param bytes a picture that vision has read before, so that it is known to be one of a sane size
 * @param width pixels of that picture, as vision gave them
 */
export async function annotate(bytes: Uint8Array, width: number, labels: readonly Label[]): Promise<Uint8Array> {
  const { data, info } = await sharp(bytes, { pages: 1, limitInputPixels: 100_000_000 })
    .autoOrient()
    .resize({ width: LONG_SIDE, height: LONG_SIDE, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: { r: 128, g: 128, b: 128 } })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const factor = info.width / width;
  const scaled = labels.map(({ box, name }) => ({
    name,
    box: { x: box.x * factor, y: box.y * factor, width: box.width * factor, height: box.height * factor },
  }));
  return sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })
    .composite([{ input: Buffer.from(overlay(info.width, info.height, scaled)) }])
    .jpeg({ quality: 92 })
    .toBuffer();
}
