/**
 * How good is it here: evaluations on a labelled folder, a list of pairs or the enrolled people, and what may be learnt from
 * the last of these. Pictures come one at a time and go at once: kept are their vectors (2 kB each), and a small picture for
 * the report as long as there is space.
 */
import type { Handlers, Parsed } from '../../shared/calls.ts';
import type { EvaluationReply } from '../../shared/admin.ts';
import type { Settings, Turn } from '../../shared/domain.ts';
import { type ErrorCode, LintelError } from '../../shared/errors.ts';
import { machineZone, newId } from '../storage/context.ts';
import type { Calibration } from '../gallery/calibration.ts';
import { MARGIN, type ModelRef, sameModel, unpackVector } from '../gallery/gallery.ts';
import type { Recognition } from '../gallery/recognition.ts';
import type { PeopleRepository } from '../people/repository.ts';
import type { DiskMonitor } from '../storage/disk-monitor.ts';
import type { VisionNeeds } from '../vision/engine.ts';
import type { Vision } from '../vision/vision.ts';
import {
  evaluateEnrolled,
  evaluateFolder,
  evaluatePairs,
  type Evaluation,
  evaluationJson,
  type EvaluationJson,
  type LabelledSample,
  type Watching,
} from './evaluation.ts';
import { readText, type ReadText } from '../people/text-encoding.ts';
import { parsePairs } from './pairs-file.ts';
import { recalibrate, type SiteCalibrations } from './recalibration.ts';
import { reportHtml } from './report.ts';

interface EvaluationDeps {
  readonly people: PeopleRepository;
  readonly recognition: Recognition;
  /** The vision, once it answers. */
  readonly vision: (needs: VisionNeeds) => Promise<Vision>;
  /** The model card's, or what stands in for it. */
  readonly card: () => Calibration;
  readonly site: SiteCalibrations;
  readonly settings: () => Settings;
  /** Unix ms. */
  readonly wall: () => number;
  /** The calibration in use is another one. */
  readonly onApplied: () => void;
}

export type EvaluationSource = Parsed<'runEvaluation'>['source'];

/** Evaluations in memory at once; the oldest gives way. */
const MOST_EVALUATIONS = 3;
/** Pictures of one evaluation: 40 MB of vectors. */
const MOST_PICTURES = 20_000;
/** Bytes of pictures kept for the report: portraits up to the first, crops up to the second. */
const PORTRAIT_BYTES = 32 << 20;
const PICTURE_BYTES = 64 << 20;
/** A crop that was given is kept as it is, unless it is larger than this. */
const LARGEST_CROP = 64 << 10;

/** The risks at which a report says whether the kiosk keeps its promise, beside the one in the settings. */
const RISKS = [1e-2, 1e-3] as const;

interface Learnt {
  readonly calibration: Calibration;
  readonly people: number;
  readonly samples: number;
}

interface Draft {
  /** The embedder its vectors are of; null before the first. */
  model: ModelRef | null;
  readonly embeddings: Map<string, Float32Array>;
  readonly pictures: Map<string, Uint8Array>;
  bytes: number;
  learnt: Learnt | null;
}

interface AddedPicture {
  readonly problem: ErrorCode | null;
  /** By how much it had to be turned. */
  readonly turned: Turn;
}

const NO_LIST: ReadText = { text: '', assumed: null };

/** Those of an evaluation's figures that the screen shows. */
export const figuresOf = (json: EvaluationJson) => ({
  protocol: json.protocol,
  pairs: json.pairs,
  genuine: json.genuine,
  impostor: json.impostor,
  skipped: json.skipped,
  accuracy: json.accuracy,
  auc: json.auc,
  eer: json.eer,
  tar: { ...json.tar },
  unsupported: [...json.unsupported],
  threshold: json.threshold,
  inUse: json.inUse,
  identification: rank1Of(json.identification),
});

const rank1Of = (who: EvaluationJson['identification']): EvaluationReply['identification'] =>
  who === null || who.rank1 === null ? null : { rank1: who.rank1 };

export class EvaluationService {
  readonly #deps: EvaluationDeps;
  readonly #drafts = new Map<string, Draft>();

  constructor(deps: EvaluationDeps) {
    this.#deps = deps;
  }

  start(): string {
    const id = newId('e');
    if (this.#drafts.size >= MOST_EVALUATIONS) this.#drafts.delete([...this.#drafts.keys()][0] ?? '');
    this.#drafts.set(id, { model: null, embeddings: new Map(), pictures: new Map(), bytes: 0, learnt: null });
    return id;
  }

  /**
   * Takes the largest face of a picture (by the area of its box), or the picture as it is when it is an aligned 112x112 crop.
   * @param file as the pairs list names it, or `PERSON/picture.jpg`
   * @returns `problem`: why the picture can not be used, as the code of an error; null when it can
   * @throws LintelError `not-found`, `evaluation-full`, `vision-...`, `model-...`
   */
  async addPicture(id: string, file: string, bytes: Uint8Array, aligned: boolean): Promise<AddedPicture> {
    const draft = this.#draft(id);
    const vision = await this.#deps.vision(aligned ? 'crops' : 'pictures');
    this.#sameEmbedder(draft);
    const name = plainName(file);
    if (draft.embeddings.size >= MOST_PICTURES && !draft.embeddings.has(name))
      throw new LintelError('evaluation-full', { pictures: MOST_PICTURES });
    try {
      if (aligned) {
        const [embedding] = await vision.embedAligned([bytes]);
        if (embedding !== undefined) this.#take(draft, name, embedding, isShown(bytes) ? bytes.slice() : null);
        return { problem: embedding === undefined ? 'not-a-picture' : null, turned: 0 };
      }
      const { turned, faces } = await vision.analyzePicture(bytes, { embed: 'largest', pictures: true });
      const [face] = faces;
      if (face?.embedding === undefined) return { problem: 'no-face', turned };
      const picture = draft.bytes < PORTRAIT_BYTES ? face.pictures?.portrait : face.pictures?.aligned;
      this.#take(draft, name, face.embedding, picture ?? null);
      return { problem: null, turned };
    } catch (error) {
      // Not the picture's fault: the next would end the same.
      if (!(error instanceof LintelError) || /^(model|vision|store)-/.test(error.code)) throw error;
      return { problem: error.code, turned: 0 };
    }
  }

  /**
   * The figures, and the report that shows them. The threshold drawn is the kiosk's own at the risk in the settings: of one
   * comparison for a list of pairs, of a gallery of that many people for a folder, the one at check-in for the enrolled.
   * @throws LintelError `evaluation-...` for too few or too many people or pictures, `pairs-...` when the list can not be read
   */
  async run(
    id: string,
    source: EvaluationSource,
    watching: Watching = {},
  ): Promise<{
    readonly reply: EvaluationReply;
    readonly json: EvaluationJson;
    readonly learner: Evaluation['learner'];
  }> {
    const draft = this.#draft(id);
    const list = source.kind === 'pairs' ? readText(source.list, 'pairs.csv', source.name) : NO_LIST;
    const evaluation = await this.#evaluate(draft, source, list.text, watching);
    const json = evaluationJson(evaluation);
    const reply: EvaluationReply = {
      evaluationId: id,
      ...figuresOf(json),
      galleries: json.galleries
        .filter(({ risk }) => risk === this.#deps.settings().risk)
        .map(({ people, risk, fpir, fpirInterval, fnir, fnirInterval }) => ({
          people,
          risk,
          fpir,
          fpirInterval,
          fnir,
          fnirInterval,
        })),
      report: await this.#report(draft, evaluation, source),
      recalibration: source.kind === 'enrolled' ? this.#learn(draft, evaluation) : null,
      ...(list.assumed === null ? {} : { assumed: { ...list.assumed } }),
    };
    return { reply, json, learner: evaluation.learner };
  }

  /**
   * Uses what an evaluation of the enrolled people learnt, or (null) the model card's calibration again. It is on disk and
   * in use when this resolves.
   * @throws LintelError `calibration-nothing` when nothing can be learnt from that evaluation, `not-found`, `disk-full` and the like
   */
  async apply(id: string | null): Promise<void> {
    const { site, people, wall, onApplied } = this.#deps;
    const { model } = people;
    if (model === null) throw new LintelError('model-missing');
    if (id === null) await site.forget(model);
    else {
      const draft = this.#draft(id);
      const { learnt } = draft;
      if (learnt === null) throw new LintelError('calibration-nothing');
      this.#sameEmbedder(draft);
      await site.apply({ model, madeAt: wall(), ...learnt });
    }
    onApplied();
  }

  async #evaluate(draft: Draft, source: EvaluationSource, list: string, watching: Watching): Promise<Evaluation> {
    const { recognition, settings, people, vision } = this.#deps;
    // A command may come before any kiosk made them known to the embedder in use.
    if (source.kind === 'enrolled' && (await people.renewable()).size > 0) await vision('crops');
    const margin = MARGIN;
    const { calibration } = recognition;
    const promise = { calibration, risks: [...new Set([...RISKS, settings().risk])], margin };
    switch (source.kind) {
      case 'enrolled':
        return evaluateEnrolled(this.#enrolled(draft), { threshold: recognition.threshold, ...promise }, watching);
      case 'folder': {
        const samples = labelled(draft.embeddings);
        const people = new Set(samples.map((sample) => sample.person)).size;
        return evaluateFolder(samples, { threshold: recognition.pairThresholdFor(people), ...promise }, watching);
      }
      case 'pairs':
        return evaluatePairs(
          parsePairs(list).map((pair) => ({ ...pair, a: plainName(pair.a), b: plainName(pair.b) })),
          draft.embeddings,
          { threshold: recognition.pairThreshold },
        );
    }
  }

  /** The samples of everybody who can be recognised with the model in use. */
  #enrolled(draft: Draft): LabelledSample[] {
    const { people } = this.#deps;
    // Where nobody knows which embedder is in use, that of the first sample: vectors need no model.
    const model = people.model ?? people.all().flatMap((person) => person.samples)[0]?.model ?? null;
    draft.model = model;
    return people
      .all()
      .flatMap((person) =>
        person.samples
          .filter((sample) => model !== null && sameModel(sample.model, model))
          .map((sample) => ({ id: sample.id, person: person.id, embedding: unpackVector(sample.embedding) })),
      );
  }

  #learn(draft: Draft, { matches }: Evaluation): EvaluationReply['recalibration'] {
    const { recognition, card } = this.#deps;
    draft.learnt = null;
    if (matches === null) return null;
    const [people, pictures] = [matches.lengths.length, matches.probes.length];
    const thresholdNow = recognition.threshold;
    try {
      const { calibration, alike, alikeInterval, moved } = recalibrate(matches, card());
      draft.learnt = { calibration, people, samples: pictures };
      const thresholdThen = recognition.thresholdWith(calibration);
      return { people, pictures, problem: null, alike, alikeInterval, moved, thresholdNow, thresholdThen };
    } catch (error) {
      if (!(error instanceof LintelError) || !error.code.startsWith('calibration-')) throw error;
      const none = { alike: null, alikeInterval: null, moved: 0, thresholdThen: thresholdNow };
      return { people, pictures, problem: error.toReport(), thresholdNow, ...none };
    }
  }

  async #report(draft: Draft, evaluation: Evaluation, source: EvaluationSource): Promise<string> {
    const { people, settings, wall } = this.#deps;
    const pictures = new Map<string, string>();
    const captions = new Map<string, string>();
    const owners = new Map(
      source.kind === 'enrolled'
        ? people
            .all()
            .flatMap((person) => [
              [person.id, person] as const,
              ...person.samples.map((sample) => [sample.id, person] as const),
            ])
        : [],
    );
    for (const id of new Set(evaluation.mistakes.flatMap(({ a, b }) => [a, b]))) {
      const person = owners.get(id);
      const bytes =
        person === undefined
          ? draft.pictures.get(id)
          : await (id === person.id ? people.portrait(person) : people.pictures.get(`${id}.jpg`));
      const url = bytes === null || bytes === undefined ? null : dataUrl(bytes);
      if (url !== null) pictures.set(id, url);
      if (person !== undefined) captions.set(id, person.name);
    }
    const { language, timeZone, risk } = settings();
    return reportHtml(evaluation, {
      language,
      model: people.model?.id ?? '',
      risk,
      madeAt: wall(),
      timeZone: timeZone ?? machineZone(),
      pictures,
      captions,
    });
  }

  #take(draft: Draft, name: string, embedding: Float32Array, picture: Uint8Array | null): void {
    draft.embeddings.set(name, embedding);
    draft.bytes -= draft.pictures.get(name)?.byteLength ?? 0;
    draft.pictures.delete(name);
    if (picture === null || draft.bytes + picture.byteLength > PICTURE_BYTES) return;
    draft.pictures.set(name, picture);
    draft.bytes += picture.byteLength;
  }

  #draft(id: string): Draft {
    const draft = this.#drafts.get(id);
    if (draft === undefined) throw new LintelError('not-found.evaluation');
    return draft;
  }

  /** Vectors of two models can not be compared. */
  #sameEmbedder(draft: Draft): void {
    const { model } = this.#deps.people;
    draft.model ??= model;
    if (draft.model !== null && model !== null && sameModel(draft.model, model)) return;
    throw new LintelError('evaluation-model-changed');
  }
}

/** With `/` between folders, without `./` in front, and accents in one form: systems and lists write them in either. */
const plainName = (file: string): string =>
  file
    .normalize('NFC')
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '');

/** The folder a picture is in is whom it shows. */
function labelled(embeddings: ReadonlyMap<string, Float32Array>): LabelledSample[] {
  return [...embeddings].map(([id, embedding]) => {
    const slash = id.lastIndexOf('/');
    if (slash > 0) return { id, person: id.slice(0, slash), embedding };
    throw new LintelError('evaluation-unlabelled');
  });
}

/** What a report can show, by its first bytes. */
function typeOf(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(12, bytes.byteLength)).toString('latin1');
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  return head.startsWith('RIFF') && head.endsWith('WEBP') ? 'image/webp' : null;
}

const isShown = (bytes: Uint8Array): boolean => bytes.byteLength <= LARGEST_CROP && typeOf(bytes) !== null;

function dataUrl(bytes: Uint8Array): string | null {
  const type = typeOf(bytes);
  if (type === null) return null;
  return `data:${type};base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}`;
}

export const evaluationCalls = ({
  evaluations,
  disk,
}: {
  readonly evaluations: EvaluationService;
  readonly disk: DiskMonitor;
}) =>
  ({
    startEvaluation: () => ({ evaluationId: evaluations.start() }),
    addEvaluationPicture: ({ evaluationId, file, bytes, aligned }) =>
      evaluations.addPicture(evaluationId, file, bytes, aligned),
    runEvaluation: async ({ evaluationId, source }) => (await evaluations.run(evaluationId, source)).reply,
    applyCalibration: async ({ evaluationId }) => {
      await disk.track(() => evaluations.apply(evaluationId));
      return undefined;
    },
  }) satisfies Partial<Handlers>;
