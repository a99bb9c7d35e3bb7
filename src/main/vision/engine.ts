/** The kiosk's eyes: which models are there, the vision that runs them, and what the screen should say about both. */
import type { ModelState, VisionState } from '../../shared/domain.ts';
import { type ErrorReport, LintelError, reportOf } from '../../shared/errors.ts';
import { given } from '../../shared/given.ts';
import { type Calibration, parseCalibration } from '../gallery/calibration.ts';
import {
  chooseEach,
  chooseLandmarker,
  type EachModel,
  embedderOf,
  findModels,
  type FoundModel,
  type FoundModels,
  modelStates,
} from '../models/find.ts';
import { calibrationOf, FALLBACK_CALIBRATION } from '../models/manifest.ts';
import type { ModelRef } from '../gallery/gallery.ts';
import type { Vision, VisionModels } from './vision.ts';

/**
 * Makes a vision that runs `models` and tells `onState` how it fares: at least `ready`, once it is.
 * For a kiosk: `(models, onState) => superviseVision(models, { launch, onState })`.
 */
export type VisionFactory = (
  models: VisionModels,
  onState: (state: VisionState, reason: LintelError | null) => void,
) => Vision | Promise<Vision>;

/** Vision in this very process: for the terminal and for tests. Whoever runs no model here does not load what runs them. */
export const inProcess: VisionFactory = async (models, onState) => {
  const { openVision } = await import('./in-process.ts');
  const vision = await openVision(models);
  onState('ready', null);
  return vision;
};

/** What a caller gives to vision: pictures in which faces are looked for, or crops of faces. */
export type VisionNeeds = 'pictures' | 'crops';

interface VisionRoomOptions {
  readonly modelDirs: readonly string[];
  readonly manifest?: string;
  /** What there is to choose from at first, where somebody looked already. */
  readonly found?: Promise<FoundModels>;
  readonly factory: VisionFactory;
  /** `LINTEL_EMBEDDER`: goes before the setting. */
  readonly embedderEnv?: string | undefined;
  readonly onChange: () => void;
}

export class VisionEngine {
  readonly #options: VisionRoomOptions;
  #found: FoundModels | null = null;
  #chosen: EachModel | null = null;
  /** The embedder whose vectors are in use, whether its file is here or not. */
  #embedder: ModelRef | null = null;
  #opening: Promise<Vision> | null = null;
  #vision: Vision | null = null;
  #state: VisionState = 'starting';
  #trouble: LintelError | null = null;
  #stopReason: LintelError | null = null;
  /** Counts openings, so that a vision that was replaced no longer has a say. */
  #round = 0;

  constructor(options: VisionRoomOptions) {
    this.#options = options;
  }

  /**
   * Looks for the models and chooses among them. Vision itself is opened by `open`. Never throws for a missing model: the
   * kiosk opens without, and says so.
   */
  async choose(embedder: string | null): Promise<void> {
    this.#chosen = null;
    this.#embedder = null;
    this.#trouble = null;
    try {
      const wanted = { embedder, env: this.#options.embedderEnv };
      this.#found = await ((this.#found === null ? this.#options.found : undefined) ?? this.#find());
      this.#chosen = chooseEach(this.#found, wanted);
      const used = embedderOf(this.#found, wanted);
      this.#embedder = used === null ? null : { id: used.id, sha256: used.sha256 };
      this.#trouble = [this.#chosen.detector, this.#chosen.embedder].find((one) => one instanceof LintelError) ?? null;
    } catch (error) {
      this.#trouble = error instanceof LintelError ? error : new LintelError('internal.models');
    }
    if (this.#trouble !== null) this.#state = 'no-models';
  }

  /** @throws LintelError `model-missing`, `model-damaged` when this embedder can not be used */
  async check(embedder: string | null): Promise<void> {
    const chosen = chooseEach(await this.#find(), { embedder, env: this.#options.embedderEnv });
    if (chosen.embedder instanceof LintelError) throw chosen.embedder;
  }

  /** Looks for the model files anew; a landmarker that has come is used, vision goes on with what it has. */
  async lookAgain(): Promise<void> {
    const found = await this.#find();
    this.#found = found;
    if (this.#chosen !== null) this.#chosen = { ...this.#chosen, landmarker: chooseLandmarker(found) };
    this.#options.onChange();
  }

  #find(): Promise<FoundModels> {
    const { modelDirs, manifest } = this.#options;
    return findModels({ searchDirs: modelDirs, ...given({ manifest }) });
  }

  get state(): VisionState {
    return this.#state;
  }

  get models(): ModelState[] {
    return this.#found === null ? [] : modelStates(this.#found, this.#chosen);
  }

  /** Every model of the manifest as it was last found. */
  get found(): readonly FoundModel[] {
    return this.#found?.models ?? [];
  }

  /** The embedder whose vectors are in use, also while its file is not here; null: nobody knows which. */
  get embedder(): ModelRef | null {
    return this.#embedder;
  }

  get calibration(): Calibration {
    const id = this.#embedder?.id;
    if (this.#found === null || id === undefined) return parseCalibration({ table: FALLBACK_CALIBRATION });
    return parseCalibration(calibrationOf(this.#found.manifest, id).card);
  }

  /** Path of MediaPipe's face landmarker; null when it is missing. */
  get landmarkerPath(): string | null {
    return this.#chosen?.landmarker?.path ?? null;
  }

  /** What the screen must say until it is over. */
  get trouble(): ErrorReport | null {
    if (this.#trouble !== null) return this.#trouble.toReport();
    return this.#state === 'stopped' ? (this.#stopReason ?? stopped()).toReport() : null;
  }

  /**
   * The vision, which may still be starting behind it.
   * @param needs `crops`: faces that are aligned already, for which no detector is needed
   * @throws LintelError `model-missing`, `model-damaged`, `vision-...`
   */
  async open(needs: VisionNeeds = 'pictures'): Promise<Vision> {
    const chosen = this.#chosen;
    const canDo = needs === 'crops' && chosen !== null && !(chosen.embedder instanceof LintelError);
    if (this.#trouble !== null && !(canDo && chosen.detector instanceof LintelError)) throw this.#trouble;
    if (chosen === null) throw stopped();
    this.#opening ??= this.#start(chosen);
    return this.#opening;
  }

  /** The vision if it is open. @throws LintelError */
  get now(): Vision {
    if (this.#trouble !== null) throw this.#trouble;
    if (this.#vision !== null) return this.#vision;
    void this.open().catch(() => undefined);
    throw new LintelError('vision-restarting.starting');
  }

  async close(): Promise<void> {
    this.#round++;
    const opening = this.#opening;
    this.#opening = null;
    this.#vision = null;
    this.#state = 'stopped';
    if (opening === null) return;
    const vision = await opening.catch(() => null);
    await vision?.close();
  }

  /** Closes what runs and chooses anew. */
  async change(embedder: string | null): Promise<void> {
    await this.close();
    this.#state = 'starting';
    await this.choose(embedder);
  }

  async #start({ detector, embedder }: EachModel): Promise<Vision> {
    const round = ++this.#round;
    const { onChange, factory } = this.#options;
    const become = (state: VisionState, reason: LintelError | null = null): void => {
      // Without a detector it embeds crops, and no kiosk sees anybody.
      if (round !== this.#round || detector instanceof LintelError) return;
      this.#stopReason = reason;
      if (state === this.#state) return;
      this.#state = state;
      onChange();
    };
    become('starting');
    try {
      if (embedder instanceof LintelError) throw embedder;
      const vision = await factory({ detector: detector instanceof LintelError ? null : detector, embedder }, become);
      if (round === this.#round) this.#vision = vision;
      return vision;
    } catch (error) {
      if (round === this.#round) {
        this.#trouble = error instanceof LintelError ? error : LintelError.fromReport(reportOf(error));
        become('stopped');
      }
      throw error;
    }
  }
}

const stopped = (): LintelError => new LintelError('vision-stopped');
