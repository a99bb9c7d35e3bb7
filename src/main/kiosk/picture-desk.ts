/** Everything asked about picture files: who is in them, whether two show the same person, and enrolling from them. */
import { nameSchema, type Candidate, type DecisionKind, type Quality } from '../../shared/domain.ts';
import { LintelError } from '../../shared/errors.ts';
import type { Box } from '../../shared/geometry.ts';
import { similarity } from '../gallery/template.ts';
import type { Vision } from '../vision/vision.ts';
import { bringIn, everyone, type BroughtIn } from './bring-in.ts';
import type { People } from './people.ts';
import { CANDIDATES, onceEach, type Recognition } from './recognition.ts';

export interface IdentifiedFace {
  /** Pixels of the picture after EXIF rotation. */
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
export interface IdentifiedPicture {
  readonly width: number;
  readonly height: number;
  readonly threshold: number;
  /** Largest first. */
  readonly faces: readonly IdentifiedFace[];
}

export interface PersonPictures {
  readonly name: string;
  readonly externalId?: string | null;
  readonly group?: string | null;
  readonly consentAt: number;
  readonly pictures: readonly { readonly file: string; readonly bytes: Uint8Array }[];
}
export interface PictureRooms {
  readonly people: People;
  readonly recognition: Recognition;
  /** The vision, once it answers and the templates are those of its model. */
  readonly vision: () => Promise<Vision>;
  readonly watch?: <T>(write: () => Promise<T>) => Promise<T>;
}

export class PictureDesk {
  readonly #rooms: PictureRooms;

  constructor(rooms: PictureRooms) {
    this.#rooms = rooms;
  }

  /** @throws LintelError what vision says of a file that is not a proper picture */
  async identify(bytes: Uint8Array): Promise<IdentifiedPicture> {
    const vision = await this.#rooms.vision();
    const { width, height, faces } = await vision.analyzePicture(bytes, { embed: 'all' });
    const { recognition } = this.#rooms;
    const { threshold } = recognition;
    const embedded = faces.filter((face) => face.embedding !== undefined);
    // As many candidates as there are faces: each of the others may have a better claim to one of them.
    const count = Math.max(CANDIDATES, embedded.length + 1);
    const decided = onceEach(embedded.map((face) => recognition.recognise(face.embedding as Float32Array, count)));
    return {
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
  async verify(a: Uint8Array, b: Uint8Array): Promise<{ similarity: number; threshold: number; same: boolean }> {
    const value = similarity(await this.#largest(a, 1), await this.#largest(b, 2));
    const threshold = this.#rooms.recognition.pairThreshold;
    return { similarity: value, threshold, same: value >= threshold };
  }

  /** Every face of a picture with its embedding, largest first. */
  async embed(bytes: Uint8Array): Promise<{ box: Box; embedding: Float32Array }[]> {
    const vision = await this.#rooms.vision();
    const { faces } = await vision.analyzePicture(bytes, { embed: 'all' });
    return faces.flatMap(({ box, embedding }) => (embedding === undefined ? [] : [{ box, embedding }]));
  }

  /** Embeddings of aligned 112x112 crops, taken as they are. */
  async embedAligned(crops: readonly Uint8Array[]): Promise<readonly Float32Array[]> {
    return (await this.#rooms.vision()).embedAligned(crops);
  }

  /**
   * Enrolls people from picture files; see bring-in.ts. Somebody enrolled under exactly this name gets the new pictures
   * added; a picture file they already have is left out. A picture that can not be used is reported, and nothing else
   * suffers from it.
   * @param onPicture called after each picture was looked at
   * @throws LintelError `bad-input` for a name that can not be one: then nothing was changed
   */
  async enroll(
    people: readonly PersonPictures[],
    onPicture: (file: string) => void = () => undefined,
  ): Promise<BroughtIn[]> {
    for (const { name } of people)
      if (!nameSchema.safeParse(name).success)
        throw new LintelError('bad-input', 'A name is empty, too long, or holds characters that a name can not have.', {
          kept: 'Nothing was changed.',
          todo: 'Rename the folder to the name of the person, of at most 120 characters.',
        });
    const readable = people.map((person) => ({
      ...person,
      pictures: person.pictures.map(({ file, bytes }) => ({ file, read: () => Promise.resolve(bytes) })),
    }));
    return everyone(bringIn(this.#rooms, readable, { onPicture }));
  }

  async #largest(bytes: Uint8Array, which: number): Promise<Float32Array> {
    const vision = await this.#rooms.vision();
    const { faces } = await vision.analyzePicture(bytes, { embed: 'largest' });
    const embedding = faces[0]?.embedding;
    if (embedding !== undefined) return embedding;
    throw new LintelError('no-face', `No face was found in picture ${which}.`, {
      todo: 'Give a picture in which the face is larger and can be seen.',
      params: { picture: which },
    });
  }
}
