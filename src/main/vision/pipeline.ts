/** A frame's way from pixels to faces, in one place: look, look again, align, judge, embed. */
import type { Face } from '../../shared/domain.ts';
import { area, centre, contains } from '../../shared/geometry.ts';
import { alignInto, CROP } from './alignment.ts';
import type { Detection } from './detection.ts';
import type { Detector } from './detector.ts';
import type { Embedder } from './embedder.ts';
import { picturesOf } from './portraits.ts';
import { qualityOf } from './quality.ts';
import type { AnalyzeOptions, Frame, SeenFace } from './vision.ts';

/** Faces the detector is less sure of than this are left out, unless the caller says otherwise. */
export const MIN_SCORE = 0.5;

/**
 * How much a frame is shrunk inside the detector's input when nothing was found at full size, in turn. A picture that is
 * nothing but a face is larger than the biggest anchor; smaller, it is a face like any other.
 */
export const LOOK_AGAIN: readonly number[] = [0.5, 0.3];

/** Told what each stage took, in milliseconds. For the bench; nobody else listens. */
export type StageListener = (
  stage: 'letterbox' | 'detector' | 'decode' | 'align' | 'quality' | 'embed',
  ms: number,
) => void;

/** Not safe for two frames at once: its buffers are reused. `openVision` puts callers in line. */
export class Pipeline {
  readonly detector: Detector;
  readonly embedder: Embedder;
  onStage: StageListener | null = null;
  /** One crop buffer per face of a frame; grows to the most faces ever seen in one. */
  readonly #crops: Uint8Array[] = [];

  constructor(detector: Detector, embedder: Embedder) {
    this.detector = detector;
    this.embedder = embedder;
  }

  /** Faces of a frame, largest first. `shrinks`: the further looks to take when the first finds nothing. */
  async analyze(frame: Frame, options: AnalyzeOptions, shrinks: readonly number[]): Promise<SeenFace[]> {
    const minScore = options.minScore ?? MIN_SCORE;
    let found = await this.#look(frame, minScore, 1);
    for (const shrink of shrinks) {
      if (found.length > 0) break;
      found = await this.#look(frame, minScore, shrink);
    }
    found.sort((a, b) => area(b.box) - area(a.box));
    const faces = found.map((detection, index) => this.#judge(frame, detection, index));
    return this.#embed(frame, faces, options);
  }

  async #look(frame: Frame, minScore: number, shrink: number): Promise<Detection[]> {
    let from = this.onStage === null ? 0 : performance.now();
    const fit = this.detector.prepare(frame, shrink);
    from = this.#stage('letterbox', from);
    await this.detector.run();
    from = this.#stage('detector', from);
    const found = this.detector.read(fit, minScore);
    this.#stage('decode', from);
    return found;
  }

  #judge(frame: Frame, { box, landmarks, score }: Detection, index: number): Face {
    let from = this.onStage === null ? 0 : performance.now();
    const crop = (this.#crops[index] ??= new Uint8Array(3 * CROP * CROP));
    alignInto(crop, frame, landmarks);
    from = this.#stage('align', from);
    const quality = qualityOf(box, landmarks, crop, frame.width, frame.height);
    this.#stage('quality', from);
    return { box, landmarks: landmarks.map(([x, y]): [number, number] => [x, y]), score, quality };
  }

  async #embed(frame: Frame, faces: Face[], options: AnalyzeOptions): Promise<SeenFace[]> {
    const wanted = chosen(faces, options);
    if (wanted.length === 0) return faces;
    const from = this.onStage === null ? 0 : performance.now();
    const embeddings = await this.embedder.embed(
      wanted.map((index) => this.#crops[index]!),
      options.mirror ?? false,
    );
    this.#stage('embed', from);
    const seen: SeenFace[] = [...faces];
    for (const [k, index] of wanted.entries()) {
      const face = faces[index]!;
      const embedding = embeddings[k]!;
      seen[index] =
        options.pictures === true
          ? { ...face, embedding, pictures: await picturesOf(frame, face.box, this.#crops[index]!) }
          : { ...face, embedding };
    }
    return seen;
  }

  #stage(stage: Parameters<StageListener>[0], from: number): number {
    if (this.onStage === null) return 0;
    const now = performance.now();
    this.onStage(stage, now - from);
    return now;
  }

  async close(): Promise<void> {
    await this.detector.close();
    await this.embedder.close();
  }
}

/** Which of the faces (largest first) get an embedding. */
export function chosen(faces: readonly Face[], { embed, within }: AnalyzeOptions): number[] {
  if (embed === 'none') return [];
  const inside = faces.flatMap((face, index) =>
    within === undefined || contains(within, centre(face.box)) ? [index] : [],
  );
  return embed === 'all' ? inside : inside.slice(0, 1);
}
