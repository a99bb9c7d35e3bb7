/** The models in use: starting vision, changing the embedder, fetching files that are missing, and templates made again. */
import type { KioskStatus, ModelState, Settings } from '../../shared/domain.ts';
import { type ErrorReport, LintelError, reportOf } from '../../shared/errors.ts';
import { given } from '../../shared/given.ts';
import type { SiteCalibrations } from '../evaluation/recalibration.ts';
import type { Recognition } from '../gallery/recognition.ts';
import { type FetchOptions, ModelDownloads } from '../models/download.ts';
import type { FoundModel } from '../models/find.ts';
import type { PeopleRepository } from '../people/repository.ts';
import type { By } from '../storage/context.ts';
import type { FileOps } from '../storage/file-ops.ts';
import type { VisionEngine, VisionNeeds } from '../vision/engine.ts';
import type { Vision } from '../vision/vision.ts';

interface ModelServiceDeps {
  readonly engine: VisionEngine;
  readonly people: PeopleRepository;
  readonly recognition: Recognition;
  readonly site: SiteCalibrations;
  readonly settings: () => Settings;
  readonly updateSettings: (change: { readonly embedder: string }, by: By) => Promise<unknown>;
  /** The data folder, and how it is written to. */
  readonly folder: string;
  readonly readOnly: boolean;
  readonly ops?: FileOps;
  /** Unix ms. */
  readonly wall: () => number;
  readonly say: (notice: ErrorReport) => void;
  readonly statusChanged: () => void;
}

export class ModelService {
  readonly #deps: ModelServiceDeps;
  readonly #downloads: ModelDownloads;
  #renewing: Promise<void> | null = null;
  #renewal: ErrorReport | null = null;

  constructor(deps: ModelServiceDeps) {
    this.#deps = deps;
    const { folder, ops, wall, settings, statusChanged } = deps;
    this.#downloads = new ModelDownloads({
      folder,
      ...given({ ops }),
      wall,
      look: () => this.#look(),
      wanted: () => (settings().fetchModels ? this.#missing() : []),
      onChange: statusChanged,
    });
  }

  /** While templates are made again: how far it is. */
  get renewal(): ErrorReport | null {
    return this.#renewal;
  }

  /** The vision if it is there now; for camera frames, which do not wait. @throws LintelError */
  get vision(): Vision {
    return this.#deps.engine.now;
  }

  /** Path of MediaPipe's face landmarker; null when it is missing. */
  get landmarkerPath(): string | null {
    return this.#deps.engine.landmarkerPath;
  }

  /** Starts vision without waiting; what goes wrong shows in the status. */
  start(): void {
    void this.ready().catch(() => this.#deps.statusChanged());
  }

  /**
   * The vision, once it is open and every template that can be is of its model.
   * @param needs `crops`: no detector
   * @throws LintelError `model-missing`, `model-damaged`, `vision-...`
   */
  async ready(needs?: VisionNeeds): Promise<Vision> {
    const { engine, people } = this.#deps;
    const vision = await engine.open(needs);
    if (people.enrollAgain > 0) this.#renewing ??= this.#renew(vision);
    await this.#renewing;
    return vision;
  }

  /**
   * An operator's "try again" after vision stopped, or after models were put in place: looks for the models anew and starts.
   * While vision runs or starts by itself this does nothing.
   */
  async restart(): Promise<void> {
    const { engine, settings, statusChanged } = this.#deps;
    if (engine.state !== 'stopped' && engine.state !== 'no-models') return;
    await this.#change(settings().embedder);
    statusChanged();
  }

  /** @throws LintelError `model-missing`, `model-damaged` when that embedder can not be used */
  check(embedder: string | null): Promise<void> {
    return this.#deps.engine.check(embedder);
  }

  /** The settings are others: another embedder is put to use, a download begins or ends. */
  async settingsChanged(before: Settings): Promise<void> {
    const { embedder } = this.#deps.settings();
    if (embedder !== before.embedder) await this.#change(embedder);
    this.#downloads.changed();
  }

  /** What was learnt here for the model in use, or its card's. */
  useCalibration(): void {
    const { engine, site, recognition, statusChanged } = this.#deps;
    recognition.useCalibration(site.of(engine.embedder)?.calibration ?? engine.calibration, engine.calibration);
    statusChanged();
  }

  /**
   * Fetches the model files that are missing and wanted from now on, in the background; for hosts, once their window is open.
   * Does nothing where the settings say so.
   */
  fetch(options: FetchOptions): void {
    if (!this.#deps.readOnly) this.#downloads.start(options);
  }

  /** Every model of the manifest, with what becomes of its download. */
  get states(): KioskStatus['models'] {
    const { engine, settings } = this.#deps;
    const wanted = new Set(this.#missing().map(({ entry }) => entry.id));
    const offered = engine.found.filter(({ entry, state }) => {
      const may = entry.kind === 'embedder' && entry.download !== undefined && state === 'missing';
      return may || wanted.has(entry.id);
    });
    const downloads = new Map(
      offered.map(({ entry: { id } }): [string, NonNullable<ModelState['download']>] => {
        if (!settings().fetchModels) return [id, { state: 'off', by: 'setting' }];
        if (!this.#downloads.started) return [id, { state: 'off', by: 'offline' }];
        return [id, (wanted.has(id) ? this.#downloads.stateOf(id) : null) ?? { state: 'offered' }];
      }),
    );
    return engine.models.map((model) => {
      const download = downloads.get(model.id);
      return download === undefined ? model : { ...model, download };
    });
  }

  /** Ends downloads and waits for templates that are being made. Vision itself is closed after the people are. */
  async close(): Promise<void> {
    await this.#downloads.close();
    await this.#renewing?.catch(() => undefined);
  }

  /** Files that came, from the network or by hand, are used without a restart. */
  async #look(): Promise<void> {
    const { engine, settings, updateSettings } = this.#deps;
    await engine.lookAgain();
    const { embedder, embedderNext } = settings();
    const isHere = (id: string): boolean =>
      engine.found.some(({ entry, state }) => entry.id === id && state === 'ready');
    if (embedderNext !== null && isHere(embedderNext)) await updateSettings({ embedder: embedderNext }, 'kiosk');
    else if (embedder !== null && isHere(embedder) && engine.state === 'no-models') await this.restart();
  }

  /** What may be fetched by itself: the landmarker, and the embedder that was chosen. */
  #missing(): FoundModel[] {
    const { engine, settings } = this.#deps;
    const { embedder, embedderNext } = settings();
    return engine.found.filter(
      ({ entry, state }) =>
        state !== 'ready' &&
        entry.download !== undefined &&
        (entry.kind === 'landmarker'
          ? this.landmarkerPath === null
          : entry.kind === 'embedder' && (entry.id === embedderNext || entry.id === embedder)),
    );
  }

  async #change(embedder: string | null): Promise<void> {
    const { engine, people } = this.#deps;
    await this.#renewing?.catch(() => undefined);
    this.#renewing = null;
    await engine.change(embedder);
    this.useCalibration();
    await people.useModel(engine.embedder);
    this.start();
  }

  /** Templates of another model are made again from the kept crops, while the kiosk says so. */
  async #renew(vision: Vision): Promise<void> {
    const { people, say, statusChanged } = this.#deps;
    const progress = (done: number, total: number): void => {
      this.#renewal = new LintelError('enroll-again.renewing', { done, total }).toReport();
      statusChanged();
    };
    try {
      await people.renew((crops) => vision.embedAligned(crops), progress);
    } catch (error) {
      say(reportOf(error));
    } finally {
      this.#renewal = null;
      const left = people.enrollAgain;
      if (left > 0) say(new LintelError('enroll-again.people', { count: left }).toReport());
      statusChanged();
    }
  }
}
