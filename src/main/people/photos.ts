/** A picture with boxes and names drawn on it, for people to keep. */
import type { Handlers, Parsed } from '../../shared/calls.ts';
import type { VerificationReply } from '../../shared/admin.ts';
import {
  type Candidate,
  type CheckIn,
  type DecisionKind,
  nameSchema,
  type Quality,
  type Turn,
} from '../../shared/domain.ts';
import { LintelError } from '../../shared/errors.ts';
import type { Box } from '../../shared/geometry.ts';
import { pictureKind } from '../../shared/picture-kinds.ts';
import { similarity, unpackVector } from '../gallery/gallery.ts';
import { CANDIDATES, onceEach, type Recognition } from '../gallery/recognition.ts';
import type { VisionNeeds } from '../vision/engine.ts';
import { decodePicture, loadSharp, turnedFrame } from '../vision/picture.ts';
import type { Vision } from '../vision/vision.ts';
import { everyone, importPeople, type ImportResult } from './import.ts';
import { bestSample } from './records.ts';
import type { PeopleRepository } from './repository.ts';
import type { PeopleViews } from './service.ts';
import { alignedName, pictureUrl, portraitName } from './sample-images.ts';

interface Label {
  /** Pixels of the picture as it was turned. */
  readonly box: Box;
  /** Null: somebody unknown; drawn as a dashed box without a name. */
  readonly name: string | null;
}

/** Long side of what is made, pixels: what is drawn on takes four bytes a pixel, and nobody looks at more. */
const LONG_SIDE = 4096;
/** The same of what the screen shows, and cuts faces out of, where it cannot show the file itself. */
const SHOWN_SIDE = 2560;
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
 * Every browser shows these kinds, turned as the file says; Chromium has neither HEIC nor TIFF, and JPEG XL only of late, and turns
 * no WebP.
 */
const isShownByBrowsers = (bytes: Uint8Array): boolean =>
  ['JPEG', 'PNG', 'AVIF', 'GIF', 'BMP'].includes(pictureKind(bytes) ?? '');

/** A picture as a JPEG that everything shows: turned upright, without metadata such as the place. @param side its long side at most */
async function asJpeg(bytes: Uint8Array, turned: Turn, side: number): Promise<Uint8Array> {
  const { data, ...raw } = (await decodePicture(bytes, side)).frame;
  return loadSharp()(data, { raw }).rotate(turned).jpeg({ quality: 92 }).toBuffer();
}

/**
 * The picture as a JPEG (turned upright, metadata such as the place left out) with boxes and names on it.
 * @param seen the picture as vision saw it: its width in pixels, and by how much it was turned
 * @throws LintelError what `decodePicture` says of a file that is not a proper picture
 */
export async function annotate(
  bytes: Uint8Array,
  seen: { readonly width: number; readonly turned: Turn },
  labels: readonly Label[],
): Promise<Uint8Array> {
  const sharp = loadSharp();
  const { data, ...raw } = turnedFrame((await decodePicture(bytes, LONG_SIDE)).frame, seen.turned);
  const factor = raw.width / seen.width;
  const scaled = labels.map(({ box, name }) => ({
    name,
    box: { x: box.x * factor, y: box.y * factor, width: box.width * factor, height: box.height * factor },
  }));
  return sharp(data, { raw })
    .composite([{ input: Buffer.from(overlay(raw.width, raw.height, scaled)) }])
    .jpeg({ quality: 92 })
    .toBuffer();
}

// Everything asked about picture files: who is in them, whether two show the same person, and enrolling from them.

interface IdentifiedFace {
  /** Pixels of the picture as it was turned. */
  readonly box: Box;
  readonly landmarks: [number, number][];
  readonly score: number;
  readonly quality: Quality;
  readonly kind: DecisionKind;
  /** The five most similar people, most similar first. */
  readonly candidates: readonly Candidate[];
  /** Who it is; nobody is in a picture twice. */
  readonly match: Candidate | null;
}
interface IdentifiedPicture {
  readonly turned: Turn;
  readonly width: number;
  readonly height: number;
  readonly threshold: number;
  /** Largest first. */
  readonly faces: readonly IdentifiedFace[];
}

interface PersonPictures {
  readonly name: string;
  readonly externalId?: string | null;
  readonly group?: string | null;
  readonly consentAt: number;
  readonly pictures: readonly { readonly file: string; readonly bytes: Uint8Array }[];
}
interface PictureDeps {
  readonly people: PeopleRepository;
  readonly recognition: Recognition;
  /** The vision, once it answers and the templates are those of its model. */
  readonly vision: (needs?: VisionNeeds) => Promise<Vision>;
  readonly watch?: <T>(write: () => Promise<T>) => Promise<T>;
}

export class PictureService {
  readonly #deps: PictureDeps;

  constructor(deps: PictureDeps) {
    this.#deps = deps;
  }

  /** @throws LintelError what vision says of a file that is not a proper picture */
  async identify(bytes: Uint8Array): Promise<IdentifiedPicture> {
    const vision = await this.#deps.vision();
    const { turned, width, height, faces } = await vision.analyzePicture(bytes, { embed: 'all' });
    const { recognition } = this.#deps;
    const { threshold } = recognition;
    const embedded = faces.filter((face) => face.embedding !== undefined);
    // As many candidates as there are faces: each of the others may have a better claim to one of them.
    const count = Math.max(CANDIDATES, embedded.length + 1);
    const embeddings = embedded.map((face) => face.embedding as Float32Array);
    const decided = onceEach(recognition.recogniseAll(embeddings, count));
    return {
      turned,
      width,
      height,
      threshold,
      faces: embedded.map(({ box, landmarks, score, quality }, index) => {
        const { kind = 'unknown', candidates = [], match = null } = decided[index] ?? {};
        return { box, landmarks, score, quality, kind, candidates: candidates.slice(0, CANDIDATES), match };
      }),
    };
  }

  /** Whether the largest faces of two pictures are the same person's. @throws LintelError also `no-face` */
  async verify(
    a: Uint8Array,
    b: Uint8Array,
  ): Promise<{ similarity: number; threshold: number; same: boolean; turned: [Turn, Turn] }> {
    const [first, second] = [await this.#largest(a, 1), await this.#largest(b, 2)];
    const value = similarity(first.embedding, second.embedding);
    const threshold = this.#deps.recognition.pairThreshold;
    return { similarity: value, threshold, same: value >= threshold, turned: [first.turned, second.turned] };
  }

  /** Every face of a picture with its embedding, largest first. */
  async embed(bytes: Uint8Array): Promise<{ turned: Turn; faces: { box: Box; embedding: Float32Array }[] }> {
    const vision = await this.#deps.vision();
    const { turned, faces } = await vision.analyzePicture(bytes, { embed: 'all' });
    return {
      turned,
      faces: faces.flatMap(({ box, embedding }) => (embedding === undefined ? [] : [{ box, embedding }])),
    };
  }

  /** Embeddings of aligned 112x112 crops, taken as they are. */
  async embedAligned(crops: readonly Uint8Array[]): Promise<readonly Float32Array[]> {
    return (await this.#deps.vision('crops')).embedAligned(crops);
  }

  /**
   * Enrolls people from picture files; see import.ts. Somebody enrolled under exactly this name gets the new pictures
   * added; a picture file they already have is left out. A picture that can not be used is reported, and nothing else
   * suffers from it.
   * @param onPicture called after each picture was looked at
   * @throws LintelError `name-invalid` for a name that can not be one: then nothing was changed
   */
  async enroll(
    people: readonly PersonPictures[],
    onPicture: (file: string) => void = () => undefined,
  ): Promise<ImportResult[]> {
    for (const { name } of people) if (!nameSchema.safeParse(name).success) throw new LintelError('name-invalid');
    const readable = people.map((person) => ({
      ...person,
      pictures: person.pictures.map(({ file, bytes }) => ({ file, read: () => Promise.resolve(bytes) })),
    }));
    return everyone(importPeople(this.#deps, readable, { onPicture }));
  }

  async #largest(bytes: Uint8Array, which: number): Promise<{ turned: Turn; embedding: Float32Array }> {
    const vision = await this.#deps.vision();
    const { turned, faces } = await vision.analyzePicture(bytes, { embed: 'largest' });
    const embedding = faces[0]?.embedding;
    if (embedding !== undefined) return { turned, embedding };
    throw new LintelError('no-face.numbered', { picture: which });
  }
}

// Photos in the admin area: checking in from one, names drawn onto one, and whether two faces are the same person's.

interface PhotoCheckIn {
  readonly kind: 'recorded' | 'already' | 'unknown' | 'ambiguous';
  readonly checkIn: CheckIn | null;
  readonly face: IdentifiedFace;
}

type Side = Parsed<'verifyFaces'>['a'];
type Verified = Omit<VerificationReply, 'nearest'> & { readonly nearest: IdentifiedFace['candidates'] };

/** In the place of a picture that was erased: a head and shoulders, nobody's. */
const NOBODY =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 112 112"><rect width="112" height="112" fill="#c9ced6"/>' +
      '<circle cx="56" cy="44" r="22" fill="#8b94a3"/><path d="M14 112a42 34 0 0 1 84 0z" fill="#8b94a3"/></svg>',
  );

interface PhotoDeps {
  readonly people: PeopleRepository;
  readonly recognition: Recognition;
  readonly pictures: PictureService;
  /** The vision, once it answers. */
  readonly vision: () => Promise<Vision>;
  /** Writes a check-in, by the kiosk's rules. */
  readonly record: (request: {
    readonly personId: string;
    readonly similarity: number;
    readonly threshold: number;
  }) => Promise<{ readonly kind: 'recorded' | 'already'; readonly checkIn: CheckIn }>;
}

export class PhotoService {
  readonly #deps: PhotoDeps;

  constructor(deps: PhotoDeps) {
    this.#deps = deps;
  }

  /**
   * Checks in whoever the largest face of a picture is, by the same threshold, margin, cooldown and mode as at check-in (where
   * people are asked for the direction, what would have been suggested is taken). One picture has to do, where at check-in
   * several frames must agree, and nothing says that it was not taken of a photograph: it is behind the PIN for that.
   * @throws LintelError `no-face`, what vision says of a file that is not a proper picture, `disk-full` and the like
   */
  async checkIn(bytes: Uint8Array): Promise<PhotoCheckIn> {
    const vision = await this.#deps.vision();
    const { recognition } = this.#deps;
    const [seen] = (await vision.analyzePicture(bytes, { embed: 'largest' })).faces;
    if (seen?.embedding === undefined) throw noFace();
    const { embedding, box, landmarks, score, quality } = seen;
    const { kind, candidates, threshold } = recognition.recognise(embedding);
    const best = candidates[0] ?? null;
    const match = kind === 'match' ? best : null;
    const face: IdentifiedFace = { box, landmarks, score, quality, kind, candidates, match };
    if (match === null) return { kind: kind === 'ambiguous' ? 'ambiguous' : 'unknown', checkIn: null, face };
    const request = { personId: match.id, similarity: match.similarity, threshold };
    return { ...(await this.#deps.record(request)), face };
  }

  /**
   * The picture as a JPEG with a box around every face and the name of whoever was recognised.
   * @param names by index of the face (largest first) where an operator knows better; null: unknown
   * @throws LintelError what vision says of a file that is not a proper picture
   */
  async annotate(bytes: Uint8Array, names: ReadonlyMap<number, string | null> = new Map()): Promise<Uint8Array> {
    const { turned, width, faces } = await this.#deps.pictures.identify(bytes);
    const labels = faces.map(({ box, match }, index) => {
      const name = names.has(index) ? (names.get(index) ?? null) : (match?.name ?? null);
      return { box, name: name?.trim() || null };
    });
    return annotate(bytes, { width, turned }, labels);
  }

  /**
   * Whether two faces (the largest of a picture, or an enrolled person's template) are the same person's, and what that
   * similarity means by the model's calibration. A template does better than the single pictures that were calibrated on.
   * @throws LintelError `no-face`, `not-found`, `enroll-again` (a person without a template), and what vision says of a picture
   */
  async verify(a: Side, b: Side): Promise<Verified> {
    const { recognition } = this.#deps;
    const first = await this.#side(a, 1);
    const second = await this.#side(b, 2);
    const value = similarity(first.embedding, second.embedding);
    const threshold = recognition.pairThreshold;
    return {
      similarity: value,
      threshold,
      same: value >= threshold,
      ...recognition.pairRates(value),
      turned: [first.turned, second.turned],
      crops: [first.crop, second.crop],
      nearest: recognition.candidates(first.embedding),
    };
  }

  async #side(side: Side, which: number): Promise<{ turned: Turn; embedding: Float32Array; crop: string }> {
    if (side.kind === 'person') return { turned: 0, ...(await this.#person(side.personId)) };
    const vision = await this.#deps.vision();
    const { turned, faces } = await vision.analyzePicture(side.bytes, { embed: 'largest', pictures: true });
    const [face] = faces;
    if (face?.embedding === undefined || face.pictures === undefined) throw noFace(which);
    return { turned, embedding: face.embedding, crop: pictureUrl(face.pictures.aligned) };
  }

  async #person(id: string): Promise<{ embedding: Float32Array; crop: string }> {
    await this.#deps.vision();
    const { people } = this.#deps;
    const person = people.get(id);
    if (person.template === null || !people.isReady(person)) throw new LintelError('enroll-again.no-data');
    const best = bestSample(person);
    const picture =
      best === undefined
        ? null
        : ((await people.pictures.get(alignedName(best.id))) ?? (await people.pictures.get(portraitName(best.id))));
    return { embedding: unpackVector(person.template.vector), crop: picture === null ? NOBODY : pictureUrl(picture) };
  }
}

const noFace = (which?: number): LintelError =>
  which === undefined ? new LintelError('no-face') : new LintelError('no-face.numbered', { picture: which });

export const photoCalls = ({
  photos,
  pictures,
  views,
}: {
  readonly photos: PhotoService;
  readonly pictures: PictureService;
  readonly views: PeopleViews;
}) => {
  const withPictures = (candidates: IdentifiedFace['candidates']) =>
    Promise.all(candidates.map(async (one) => ({ ...one, picture: await views.picture(one.id) })));
  const faceView = async ({ box, landmarks, score, quality, kind, candidates, match }: IdentifiedFace) => ({
    box,
    landmarks,
    score,
    quality,
    kind,
    // Whose name the face was given comes first, also when another face had a better claim to the best one.
    candidates: await withPictures(
      [...(match === null ? [] : [match]), ...candidates.filter((one) => one.id !== match?.id)].slice(0, CANDIDATES),
    ),
  });
  return {
    identifyPicture: async ({ bytes }) => {
      const { turned, width, height, faces } = await pictures.identify(bytes);
      const isShown = turned === 0 && isShownByBrowsers(bytes);
      return {
        turned,
        shown: isShown ? null : new Uint8Array(await asJpeg(bytes, turned, SHOWN_SIDE)),
        width,
        height,
        faces: await Promise.all(faces.map(faceView)),
      };
    },
    checkInFromPicture: async ({ bytes }) => {
      const { kind, checkIn, face } = await photos.checkIn(bytes);
      return { kind, checkIn, face: await faceView(face) };
    },
    annotatePicture: async ({ bytes, names }) => ({
      name: 'annotated.jpg',
      type: 'image/jpeg',
      bytes: new Uint8Array(await photos.annotate(bytes, new Map(names.map(({ face, name }) => [face, name])))),
    }),
    verifyFaces: async ({ a, b }) => {
      const verified = await photos.verify(a, b);
      return { ...verified, nearest: await withPictures(verified.nearest) };
    },
  } satisfies Partial<Handlers>;
};
