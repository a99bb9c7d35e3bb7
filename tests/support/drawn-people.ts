/** Made-up people for screenshots: drawn silhouettes, nobody's photo. */
import sharp from 'sharp';
import type { PersonSummary } from '../../src/shared/domain.ts';

const figure = (width: number, height: number, hue: number): string => {
  const [cx, r] = [width / 2, height * 0.2];
  const wall = `hsl(${hue} 25% 78%)`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="${wall}"/>
    <ellipse cx="${cx}" cy="${height * 1.02}" rx="${r * 2.1}" ry="${r * 1.75}" fill="hsl(${hue} 35% 38%)"/>
    <rect x="${cx - r * 0.32}" y="${height * 0.55}" width="${r * 0.64}" height="${r * 0.7}" fill="hsl(${hue + 20} 30% 58%)"/>
    <ellipse cx="${cx}" cy="${height * 0.42}" rx="${r * 0.82}" ry="${r * 1.08}" fill="hsl(${hue + 20} 34% 66%)"/>
    <path d="M${cx - r * 0.86} ${height * 0.42} q0 ${-r * 1.3} ${r * 0.86} ${-r * 1.3} t${r * 0.86} ${r * 1.3} q${-r * 0.2} ${-r * 0.7} ${-r * 0.86} ${-r * 0.7} t${-r * 0.86} ${r * 0.7}" fill="hsl(${hue} 30% 24%)"/>
  </svg>`;
};

/** A drawn head and shoulders as a picture for messages. */
export async function drawnPicture(hue: number): Promise<string> {
  const jpeg = await sharp(Buffer.from(figure(256, 256, hue)))
    .jpeg()
    .toBuffer();
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}

/** A drawn person before a camera, as an encoded picture. */
export const drawnScene = (hue: number): Promise<Buffer> =>
  sharp(Buffer.from(figure(640, 480, hue)))
    .png()
    .toBuffer();

export async function drawnPerson(
  id: string,
  name: string,
  hue: number,
  more: Partial<PersonSummary> = {},
): Promise<PersonSummary> {
  return {
    id,
    name,
    externalId: null,
    group: null,
    samples: 5,
    consentAt: 0,
    createdAt: 0,
    lastSeenAt: null,
    ready: true,
    picture: await drawnPicture(hue),
    ...more,
  };
}
