/** Where the models are, whether they are whole, and which of them are used. */
import { existsSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import type { ModelState } from '../../shared/domain.ts';
import { LintelError, type Phrase } from '../../shared/errors.ts';
import { checkFile, type FileState, type ModelFile } from './file.ts';
import { type Manifest, type ModelEntry, type ModelKind, readManifest } from './manifest.ts';

export interface FoundModel {
  readonly entry: ModelEntry;
  readonly state: FileState;
  /** The file that is ready, or else the first damaged one; null when there is none. */
  readonly path: string | null;
}

export interface FoundModels {
  readonly manifest: Manifest;
  readonly searchDirs: readonly string[];
  /** One for each entry of the manifest, in its order. */
  readonly models: readonly FoundModel[];
}

interface ChosenModels {
  readonly detector: ModelFile;
  readonly embedder: ModelFile;
  /** For the screen's overlay; everything else works without it. */
  readonly landmarker: ModelFile | null;
}

/** Folders to look in, first to last: `LINTEL_MODELS_DIR` (one or several), the data folder's `models/`, Lintel's own. */
export function modelSearchDirs(options: {
  readonly appModels: string;
  readonly dataDir?: string | undefined;
  readonly env?: string | undefined;
}): string[] {
  const fromEnv = (options.env ?? '').split(delimiter).filter((dir) => dir !== '');
  const dirs = [...fromEnv, ...(options.dataDir === undefined ? [] : [resolve(options.dataDir, 'models')])];
  return [...new Set([...dirs, options.appModels].map((dir) => resolve(dir)))];
}

/**
 * Looks for every model of the manifest. A damaged copy in one folder does not hide a whole one in the next.
 * @param options.searchDirs folders, first to last, see `modelSearchDirs`
 * @param options.manifest path of manifest.json; default: the one in the last of the folders that has one (Lintel's own)
 * @throws LintelError model-missing or model-damaged when the manifest itself cannot be read; never for a model
 */
export async function findModels(options: {
  readonly searchDirs: readonly string[];
  readonly manifest?: string;
}): Promise<FoundModels> {
  const { searchDirs } = options;
  const candidates = searchDirs.map((dir) => resolve(dir, 'manifest.json'));
  const path = options.manifest ?? candidates.findLast((file) => existsSync(file)) ?? candidates.at(-1);
  if (path === undefined) throw new LintelError('model-missing.no-folder');
  const manifest = readManifest(path);
  const look = async (entry: ModelEntry): Promise<FoundModel> => {
    let damaged: string | null = null;
    for (const dir of searchDirs) {
      const file = resolve(dir, entry.file);
      const state = await checkFile(file, entry.bytes, entry.sha256);
      if (state === 'ready') return { entry, state, path: file };
      if (state === 'damaged') damaged ??= file;
    }
    return { entry, state: damaged === null ? 'missing' : 'damaged', path: damaged };
  };
  // Side by side: one is read while another is hashed.
  const models = await Promise.all(manifest.models.map(look));
  return { manifest, searchDirs, models };
}

interface Choice {
  readonly embedder?: string | null | undefined;
  readonly env?: string | undefined;
}

/**
 * Which models are used: the manifest's first detector, embedder and landmarker that are ready, unless an embedder is
 * named. `LINTEL_EMBEDDER` (given as `env`) goes before the setting. A damaged file earlier in the list is an error for
 * embedders, as going on with another would mark everybody "enroll again"; detectors and landmarkers may stand in.
 * @throws LintelError model-missing, model-damaged, or bad-input for an embedder the manifest does not know
 */
export function chooseModels(found: FoundModels, options: Choice = {}): ChosenModels {
  const { detector, embedder, landmarker } = chooseEach(found, options);
  if (detector instanceof LintelError) throw detector;
  if (embedder instanceof LintelError) throw embedder;
  return { detector, embedder, landmarker };
}

/** The same, each by itself: what works without one of them can go on without it. An error in the place of what is not here. */
export interface EachModel {
  readonly detector: ModelFile | LintelError;
  readonly embedder: ModelFile | LintelError;
  readonly landmarker: ModelFile | null;
}
export function chooseEach(found: FoundModels, options: Choice = {}): EachModel {
  const either = (choose: () => FoundModel): ModelFile | LintelError => {
    try {
      return asChosen(choose());
    } catch (error) {
      if (error instanceof LintelError) return error;
      throw error;
    }
  };
  const detectors = ofKind(found, 'detector');
  return {
    detector: either(() => detectors.find(isReady) ?? fail(found, detectors, 'detector')),
    embedder: either(() => chooseEmbedder(found, options)),
    landmarker: chooseLandmarker(found),
  };
}

/** The embedder whose vectors are in use, also while its file is not here; null: the manifest knows none of that name. */
export function embedderOf(found: FoundModels, { embedder, env }: Choice): ModelEntry | null {
  const embedders = ofKind(found, 'embedder');
  const wanted = env !== undefined && env !== '' ? env : (embedder ?? null);
  const first = embedders.find(({ state }) => state !== 'missing') ?? embedders[0];
  return (wanted === null ? first : embedders.find(({ entry }) => entry.id === wanted))?.entry ?? null;
}

/** The manifest's first landmarker that is ready; null when there is none. */
export function chooseLandmarker(found: FoundModels): ModelFile | null {
  const landmarker = ofKind(found, 'landmarker').find(isReady);
  return landmarker === undefined ? null : asChosen(landmarker);
}

function chooseEmbedder(found: FoundModels, options: Choice): FoundModel {
  const embedders = ofKind(found, 'embedder');
  const fromEnv = options.env !== undefined && options.env !== '';
  const wanted = fromEnv ? options.env : (options.embedder ?? null);
  if (wanted === null) {
    const first = embedders.find((model) => model.state !== 'missing');
    return first?.state === 'ready' ? first : fail(found, first === undefined ? embedders : [first], 'embedder');
  }
  const named = embedders.find((model) => model.entry.id === wanted);
  const present = embedders.filter(isReady).map((model) => model.entry.id);
  if (named === undefined) {
    const params = { model: wanted ?? '', present: present.join(', ') || '-' };
    throw new LintelError(fromEnv ? 'model-missing.embedder-env' : 'model-missing.embedder', params);
  }
  return isReady(named) ? named : fail(found, [named], 'embedder');
}

const ofKind = (found: FoundModels, kind: ModelKind): FoundModel[] =>
  found.models.filter((model) => model.entry.kind === kind);

const isReady = (model: FoundModel): boolean => model.state === 'ready';

function asChosen({ entry, path }: FoundModel): ModelFile {
  const base = { id: entry.id, path: path ?? '', sha256: entry.sha256 };
  return entry.kind === 'embedder' ? { ...base, input: entry.input } : base;
}

function fail(found: FoundModels, models: readonly FoundModel[], what: Phrase<'model'>): never {
  const damaged = models.find((model) => model.state === 'damaged');
  const { download, licence } = models.find(({ entry }) => entry.download !== undefined)?.entry ?? {};
  const from = download === undefined ? null : { url: download.url, licence: licence ?? '' };
  if (damaged !== undefined) {
    const { file, sha256 } = damaged.entry;
    const params = { what, file, path: damaged.path ?? file, sha256 };
    if (from === null) throw new LintelError('model-damaged.file', params);
    throw new LintelError('model-damaged.file-download', { ...params, ...from });
  }
  const file = models.map(({ entry }) => entry.file).join(', ') || 'models/manifest.json';
  const params = { what, file, folders: found.searchDirs.join(', ') };
  if (from === null) throw new LintelError('model-missing.file', params);
  throw new LintelError('model-missing.file-download', { ...params, ...from });
}

/** Every model of the manifest as the status and the doctor show it. */
export function modelStates(found: FoundModels, chosen: EachModel | null): ModelState[] {
  const used = new Set(
    Object.values(chosen ?? {}).map((one: ModelFile | LintelError | null) =>
      one === null || one instanceof LintelError ? null : one.id,
    ),
  );
  return found.models.map(({ entry, state }) => ({
    id: entry.id,
    kind: entry.kind,
    file: entry.file,
    state,
    inUse: used.has(entry.id),
    licence: entry.licence,
    licenceNote: entry.licenceNote,
    card: found.manifest.cards.get(entry.id) ?? null,
  }));
}
