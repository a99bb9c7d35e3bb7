/** Enrollment drafts: samples gathered in memory, one connection's own, until they are saved whole or dropped. */
import { createHash } from 'node:crypto';
import type { CallInput, CaptureReply } from '../../shared/calls.ts';
import type { CapturePose, FrameMessage, Sample, Turn } from '../../shared/domain.ts';
import { LintelError } from '../../shared/errors.ts';
import { meanTemplate, type ModelRef, sameModel, similarity, unpackVector } from '../gallery/gallery.ts';
import type { Recognition } from '../gallery/recognition.ts';
import { newId } from '../storage/context.ts';
import { SURELY_UPRIGHT, uprightTurn } from '../vision/upright.ts';
import type { FacePictures, Frame, SeenFace, Vision } from '../vision/vision.ts';
import type { PersonRecord } from './records.ts';
import type { NewSample, PeopleRepository } from './repository.ts';
import { pictureUrl } from './sample-images.ts';
import {
  captureProblems,
  fileProblems,
  fittingSamples,
  SAME_PERSON_FMR,
  type SampleProblem,
} from './sample-quality.ts';

/** More samples than this make nobody better known. */
const MOST_SAMPLES = 30;
const MOST_DRAFTS = 8;
/**
 * A camera frame that resembles every sample of the draft less than strangers do at this false match rate is not taken: the
 * next one is a moment away. Generous, for heads are turned; what passes is compared again, see `fittingSamples`.
 */
const OTHER_FRAME_FMR = 0.02;

interface DraftSample extends NewSample {
  readonly pictures: FacePictures;
  readonly id: string;
  readonly model: ModelRef;
}
interface Draft {
  readonly samples: DraftSample[];
}
/** What the samples of a draft are compared with, besides each other. */
interface Comparison {
  /** Somebody enrolled whom they are to be added to. */
  readonly personId: string | null;
  /** Samples of that person that do not count: they are to go. */
  readonly replace: readonly string[];
  /** Samples of the draft that an operator vouches for. */
  readonly samePerson: readonly string[];
}
const DRAFT_ALONE: Comparison = { personId: null, replace: [], samePerson: [] };
type SaveTarget = CallInput<'saveEnrollment'>['target'];

interface EnrollmentDeps {
  readonly people: PeopleRepository;
  readonly recognition: Recognition;
  readonly vision: () => Vision;
  readonly wall: () => number;
}

export class Enrollment {
  readonly #deps: EnrollmentDeps;
  readonly #drafts = new Map<string, Draft>();

  constructor(deps: EnrollmentDeps) {
    this.#deps = deps;
  }

  start(): string {
    // An abandoned dialog must not keep pictures in memory for ever.
    for (const oldest of [...this.#drafts.keys()].slice(0, Math.max(0, this.#drafts.size - MOST_DRAFTS + 1)))
      this.#drafts.delete(oldest);
    const id = newId('e');
    this.#drafts.set(id, { samples: [] });
    return id;
  }

  cancel(id: string): void {
    this.#drafts.delete(id);
  }

  /** The connection or the operator's session is over. */
  forgetAll(): void {
    this.#drafts.clear();
  }

  /**
   * Looks at a camera frame; takes it as a sample of `pose` when it is good enough. One that is turned is not: a face on its head is
   * seen all the same, and its sample would match nobody.
   */
  async capture(id: string, pose: CapturePose, { width, height, data }: FrameMessage): Promise<CaptureReply> {
    const draft = this.#draft(id);
    const frame = { width, height, channels: 4, data } as const;
    const faces = await this.#deps.vision().analyze(frame, { embed: 'largest', pictures: true });
    const straight = draft.samples.find((sample) => sample.pose === 'straight')?.quality.pose ?? null;
    const problems = captureProblems(faces, pose, straight);
    // Once somebody was taken upright the camera is.
    const turned = straight === null ? await this.#turnOf(frame, faces) : 0;
    if (turned !== 0 && problems.length === 0) problems.push('tilted');
    return this.#take(draft, faces[0], turned, problems, { source: 'camera', pose, pictureSha256: null });
  }

  async #turnOf(frame: Frame, faces: readonly SeenFace[]): Promise<Turn> {
    if (faces.some(({ score }) => score >= SURELY_UPRIGHT)) return 0;
    const vision = this.#deps.vision();
    return (await uprightTurn(frame, (turned) => vision.analyze(turned, { embed: 'none', once: true }))) ?? 0;
  }

  /**
   * Takes the largest face of a picture file as a sample.
   * @throws LintelError what vision says of a file that is not a proper picture
   */
  async addPicture(id: string, bytes: Uint8Array): Promise<CaptureReply> {
    const draft = this.#draft(id);
    const { faces, turned } = await this.#deps.vision().analyzePicture(bytes, { embed: 'largest', pictures: true });
    const pictureSha256 = createHash('sha256').update(bytes).digest('hex');
    const twin = draft.samples.find((sample) => sample.pictureSha256 === pictureSha256);
    if (twin !== undefined) return this.#taken(draft, twin, faces[0], turned);
    return this.#take(draft, faces[0], turned, fileProblems(faces), { source: 'file', pose: null, pictureSha256 });
  }

  discard(id: string, sampleId: string): void {
    const { samples } = this.#draft(id);
    const index = samples.findIndex((sample) => sample.id === sampleId);
    if (index >= 0) samples.splice(index, 1);
  }

  /**
   * Samples of the draft that look like somebody else than the others, or than the samples `personId` has already. All of
   * them when nobody can say which are right.
   * @returns their ids
   * @throws LintelError `not-found`, `enroll-again`
   */
  misfits(id: string, than: Comparison = DRAFT_ALONE): string[] {
    return this.#misfits(this.#usable(this.#draft(id)), than);
  }

  /** Enrolled people whom the draft's template or one of its samples matches, most similar first; without some samples. */
  lookAlikes(
    id: string,
    leaveOut: readonly string[] = [],
  ): { person: PersonRecord; similarity: number; threshold: number }[] {
    const { people, recognition } = this.#deps;
    const vectors = this.#usable(this.#draft(id))
      .filter((sample) => !leaveOut.includes(sample.id))
      .map((sample) => sample.embedding);
    if (vectors.length === 0) return [];
    const { threshold } = recognition;
    const best = new Map<string, number>();
    for (const { candidates } of recognition.recogniseAll([meanTemplate(vectors), ...vectors]))
      for (const { id: person, similarity: value } of candidates)
        if (value >= threshold) best.set(person, Math.max(value, best.get(person) ?? -1));
    return [...best]
      .sort((a, b) => b[1] - a[1])
      .map(([person, value]) => ({ person: people.get(person), similarity: value, threshold }));
  }

  /**
   * Saves the draft but for the samples that are to be left out, whole or not at all, and forgets it then.
   * @throws LintelError `consent-required`, `looks-like-someone`, `pictures-differ` (see `misfits`: about each the operator has to decide), `enrollment-empty`, `not-found`, `disk-full` and the like
   */
  async save(id: string, target: SaveTarget): Promise<PersonRecord> {
    const draft = this.#draft(id);
    const { leaveOut = [], samePerson = [] } = target;
    const samples = this.#usable(draft).filter((sample) => !leaveOut.includes(sample.id));
    if (samples.length === 0) throw new LintelError('enrollment-empty');
    const { people } = this.#deps;
    const [personId, replace] = target.kind === 'existing' ? [target.personId, target.replace ?? []] : [null, []];
    if (this.#misfits(samples, { personId, replace, samePerson }).length > 0) throw new LintelError('pictures-differ');
    if (target.kind === 'existing') {
      const [person] = await people.save([
        {
          kind: 'extend',
          personId: target.personId,
          samples,
          replace,
          consentAt: target.consentAt ?? null,
        },
      ]);
      this.#drafts.delete(id);
      return person as PersonRecord;
    }
    if (!(target.consentAt > 0)) throw new LintelError('consent-required');
    if (target.evenIfLooksAlike !== true && this.lookAlikes(id, leaveOut).length > 0)
      throw new LintelError('looks-like-someone');
    const { name, externalId, group, consentAt } = target;
    const [person] = await people.save([
      { kind: 'add', name, externalId: externalId || null, group: group || null, consentAt, samples },
    ]);
    this.#drafts.delete(id);
    return person as PersonRecord;
  }

  #draft(id: string): Draft {
    const draft = this.#drafts.get(id);
    if (draft === undefined) throw new LintelError('not-found.enrollment');
    return draft;
  }

  /** The draft's samples. @throws LintelError `enroll-again` when the embedder was changed since they were taken */
  #usable(draft: Draft): readonly DraftSample[] {
    const { model } = this.#deps.people;
    if (draft.samples.some((sample) => model === null || !sameModel(sample.model, model)))
      throw new LintelError('enroll-again.model-changed');
    return draft.samples;
  }

  #misfits(samples: readonly DraftSample[], than: Comparison): string[] {
    const { people, recognition } = this.#deps;
    const stored = (than.personId === null ? [] : people.get(than.personId).samples)
      .filter((sample) => people.model !== null && sameModel(sample.model, people.model))
      .filter((sample) => !than.replace.includes(sample.id));
    const isTrusted = (sample: DraftSample): boolean => than.samePerson.includes(sample.id);
    const asked = samples.filter((sample) => !isTrusted(sample));
    const fits = fittingSamples(
      asked.map((sample) => sample.embedding),
      recognition.similarityAt(SAME_PERSON_FMR),
      [
        ...stored.map((sample) => unpackVector(sample.embedding)),
        ...samples.filter(isTrusted).map((sample) => sample.embedding),
      ],
    );
    return asked.filter((_, index) => fits[index] !== true).map((sample) => sample.id);
  }

  #taken(draft: Draft, sample: DraftSample, face: SeenFace | undefined, turned: Turn): CaptureReply {
    const misfits = this.#misfits(draft.samples, DRAFT_ALONE);
    const view = sampleView(sample, this.#deps.wall(), misfits.includes(sample.id));
    return { sample: view, problems: [], turned, face: faceOf(face), misfits };
  }

  #take(
    draft: Draft,
    face: SeenFace | undefined,
    turned: Turn,
    problems: SampleProblem[],
    from: Pick<NewSample, 'source' | 'pose' | 'pictureSha256'>,
  ): CaptureReply {
    const refuse = (why: SampleProblem[]): CaptureReply => ({
      sample: null,
      problems: why,
      turned,
      face: faceOf(face),
      misfits: this.#misfits(draft.samples, DRAFT_ALONE),
    });
    const { model } = this.#deps.people;
    if (problems.length > 0 || face?.embedding === undefined || face.pictures === undefined || model === null)
      return refuse(problems);
    const { embedding, pictures, quality } = face;
    const others = this.#usable(draft).map((sample) => similarity(sample.embedding, embedding));
    const limit = this.#deps.recognition.similarityAt(OTHER_FRAME_FMR);
    if (from.source === 'camera' && others.length > 0 && Math.max(...others) < limit)
      return refuse(['different-person']);
    if (draft.samples.length >= MOST_SAMPLES) throw new LintelError('enrollment-full', { most: MOST_SAMPLES });
    const sample: DraftSample = { id: newId('s'), model, ...from, quality, embedding, pictures };
    draft.samples.push(sample);
    return this.#taken(draft, sample, face, turned);
  }
}

const faceOf = (face: SeenFace | undefined): CaptureReply['face'] =>
  face === undefined ? null : { box: face.box, landmarks: face.landmarks, quality: face.quality };

const sampleView = (sample: DraftSample, addedAt: number, outlier: boolean): Sample => ({
  id: sample.id,
  addedAt,
  source: sample.source,
  pose: sample.pose,
  quality: sample.quality,
  picture: pictureUrl(sample.pictures.portrait),
  // There is no template before the draft is saved.
  similarity: null,
  outlier,
});
