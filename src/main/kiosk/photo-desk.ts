/** Photographs at the desk: checking in from one, names drawn onto one, and whether two faces are the same person's. */
import type { VerificationReply } from '../../shared/desk.ts';
import type { CheckIn } from '../../shared/domain.ts';
import { LintelError } from '../../shared/errors.ts';
import { similarity } from '../gallery/template.ts';
import { annotate } from './annotate.ts';
import type { Handlers, Parsed } from './handlers.ts';
import type { Kiosk } from './kiosk.ts';
import { bestSample } from './people-changes.ts';
import { unpackVector } from './person-record.ts';
import type { IdentifiedFace } from './picture-desk.ts';
import { CANDIDATES } from './recognition.ts';
import { alignedName, pictureUrl, portraitName } from './sample-pictures.ts';

export interface PhotoCheckIn {
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

export class PhotoDesk {
  readonly #kiosk: Kiosk;

  constructor(kiosk: Kiosk) {
    this.#kiosk = kiosk;
  }

  /**
   * Checks in whoever the largest face of a picture is, by the same threshold, margin, cooldown and mode as at the door (where
   * people are asked for the direction, what would have been suggested is taken). One picture has to do, where at the door
   * several frames must agree, and nothing says that it was not taken of a photograph: it is behind the PIN for that.
   * @throws LintelError `no-face`, what vision says of a file that is not a proper picture, `disk-full` and the like
   */
  async checkIn(bytes: Uint8Array): Promise<PhotoCheckIn> {
    const vision = await this.#kiosk.ready();
    const { recognition } = this.#kiosk;
    const [seen] = (await vision.analyzePicture(bytes, { embed: 'largest' })).faces;
    if (seen?.embedding === undefined) throw noFace();
    const { embedding, box, landmarks, score, quality } = seen;
    const { kind, candidates, threshold } = recognition.recognise(embedding);
    const best = candidates[0] ?? null;
    const match = kind === 'match' ? best : null;
    const face: IdentifiedFace = { box, landmarks, score, quality, kind, candidates, match };
    if (match === null) return { kind: kind === 'ambiguous' ? 'ambiguous' : 'unknown', checkIn: null, face };
    const request = { trackId: 0, personId: match.id, similarity: match.similarity, threshold };
    return { ...(await this.#kiosk.record(request)), face };
  }

  /**
   * The picture as a JPEG with a box around every face and the name of whoever was recognised.
   * @param names by index of the face (largest first) where an operator knows better; null: unknown
   * @throws LintelError what vision says of a file that is not a proper picture
   */
  async annotate(bytes: Uint8Array, names: ReadonlyMap<number, string | null> = new Map()): Promise<Uint8Array> {
    const { width, faces } = await this.#kiosk.pictures.identify(bytes);
    const labels = faces.map(({ box, match }, index) => {
      const name = names.has(index) ? (names.get(index) ?? null) : (match?.name ?? null);
      return { box, name: name?.trim() || null };
    });
    return annotate(bytes, width, labels);
  }

  /**
   * Whether two faces (the largest of a picture, or an enrolled person's template) are the same person's, and what that
   * similarity means by the model's calibration. A template does better than the single pictures that were calibrated on.
   * @throws LintelError `no-face`, `not-found`, `enroll-again` (a person without a template), and what vision says of a picture
   */
  async verify(a: Side, b: Side): Promise<Verified> {
    const { recognition } = this.#kiosk;
    const first = await this.#side(a, 1);
    const second = await this.#side(b, 2);
    const value = similarity(first.embedding, second.embedding);
    const threshold = recognition.pairThreshold;
    return {
      similarity: value,
      threshold,
      same: value >= threshold,
      ...recognition.pairRates(value),
      crops: [first.crop, second.crop],
      nearest: recognition.candidates(first.embedding),
    };
  }

  async #side(side: Side, which: number): Promise<{ embedding: Float32Array; crop: string }> {
    if (side.kind === 'person') return this.#person(side.personId);
    const vision = await this.#kiosk.ready();
    const { faces } = await vision.analyzePicture(side.bytes, { embed: 'largest', pictures: true });
    const [face] = faces;
    if (face?.embedding === undefined || face.pictures === undefined) throw noFace(which);
    return { embedding: face.embedding, crop: pictureUrl(face.pictures.aligned) };
  }

  async #person(id: string): Promise<{ embedding: Float32Array; crop: string }> {
    await this.#kiosk.ready();
    const { people } = this.#kiosk;
    const person = people.get(id);
    if (person.template === null || !people.isReady(person))
      throw new LintelError('enroll-again', 'This person has no face data of the model in use.', {
        kept: 'Nothing was changed.',
        todo: 'Enroll the person again, or choose another.',
      });
    const best = bestSample(person);
    const picture =
      best === undefined
        ? null
        : ((await people.pictures.get(alignedName(best.id))) ?? (await people.pictures.get(portraitName(best.id))));
    return { embedding: unpackVector(person.template.vector), crop: picture === null ? NOBODY : pictureUrl(picture) };
  }
}

const noFace = (which?: number): LintelError =>
  new LintelError('no-face', `No face was found in ${which === undefined ? 'the picture' : `picture ${which}`}.`, {
    todo: 'Give a picture in which the face is larger and can be seen.',
    ...(which === undefined ? {} : { params: { picture: which } }),
  });

export const photoDesk = (kiosk: Kiosk) => {
  const { photos, pictures, views } = kiosk;
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
      const { width, height, faces } = await pictures.identify(bytes);
      return { width, height, faces: await Promise.all(faces.map(faceView)) };
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
