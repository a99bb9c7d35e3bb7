import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCalibration, similarityAt } from '../../src/main/gallery/calibration.ts';
import { checkFile } from '../../src/main/models/file.ts';
import { chooseModels, findModels, modelSearchDirs, modelStates } from '../../src/main/models/find.ts';
import { calibrationOf, FALLBACK_CALIBRATION, readManifest } from '../../src/main/models/manifest.ts';
import { LintelError } from '../../src/shared/errors.ts';
import { projectRoot } from '../support/data.ts';

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lintel-models-'));
  for (const dir of ['env', 'data', 'app']) mkdirSync(join(root, dir));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const entry = (kind: string, id: string, content: string, more: object = {}): object => ({
  id,
  kind,
  file: `${id}.onnx`,
  bytes: content.length,
  sha256: sha(content),
  licence: 'MIT',
  licenceNote: 'made up for a test',
  ...(kind === 'embedder' ? { input: { channels: 'rgb', mean: 127.5, scale: 128 } } : {}),
  ...more,
});

const write = (dir: string, file: string, content: string): void => writeFileSync(join(root, dir, file), content);

function manifest(models: object[]): void {
  write('app', 'manifest.json', JSON.stringify({ version: 1, models }));
}

const dirs = (): string[] => ['env', 'data', 'app'].map((dir) => join(root, dir));

const errorOf = (work: () => unknown): LintelError => {
  try {
    work();
  } catch (error) {
    if (error instanceof LintelError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('finding models', () => {
  it('takes the first folder that has the file whole, and steps over a damaged copy', async () => {
    manifest([entry('detector', 'd1', 'detector one')]);
    write('env', 'd1.onnx', 'detector onE');
    write('data', 'd1.onnx', 'detector one');
    const found = await findModels({ searchDirs: dirs() });
    expect(found.models[0]).toMatchObject({ state: 'ready', path: join(root, 'data', 'd1.onnx') });
  });

  it('says missing, and damaged by size or by hash', async () => {
    manifest([entry('detector', 'd1', 'abc'), entry('detector', 'd2', 'abc'), entry('detector', 'd3', 'abc')]);
    write('app', 'd2.onnx', 'abcd');
    write('app', 'd3.onnx', 'abd');
    const found = await findModels({ searchDirs: dirs() });
    expect(found.models.map((model) => model.state)).toEqual(['missing', 'damaged', 'damaged']);
    expect(found.models[0]!.path).toBeNull();
    expect(found.models[2]!.path).toBe(join(root, 'app', 'd3.onnx'));
  });

  it('looks at the bytes again when a file was touched', async () => {
    const path = join(root, 'app', 'x');
    writeFileSync(path, 'abc');
    expect(await checkFile(path, 3, sha('abc'))).toBe('ready');
    writeFileSync(path, 'abd');
    utimesSync(path, new Date(), new Date(Date.now() + 5000));
    expect(await checkFile(path, 3, sha('abc'))).toBe('damaged');
  });

  it('gives the order of folders: environment, data, own', () => {
    expect(modelSearchDirs({ appModels: '/app/models', dataDir: '/data', env: '/weights' })).toEqual([
      '/weights',
      '/data/models',
      '/app/models',
    ]);
    expect(modelSearchDirs({ appModels: '/app/models' })).toEqual(['/app/models']);
  });
});

describe('choosing models', () => {
  it('lets the manifest alone decide: an entry put first is used as soon as its file is there', async () => {
    const models = [entry('detector', 'own', 'own'), entry('detector', 'other', 'other'), entry('embedder', 'e', 'e')];
    manifest(models);
    write('app', 'other.onnx', 'other');
    write('app', 'e.onnx', 'e');
    expect(chooseModels(await findModels({ searchDirs: dirs() })).detector.id).toBe('other');
    write('app', 'own.onnx', 'own');
    const found = await findModels({ searchDirs: dirs() });
    const chosen = chooseModels(found);
    expect(chosen.detector).toEqual({ id: 'own', path: join(root, 'app', 'own.onnx'), sha256: sha('own') });
    expect(chosen.landmarker).toBeNull();
    expect(modelStates(found, chosen).map((state) => [state.id, state.inUse])).toEqual([
      ['own', true],
      ['other', false],
      ['e', true],
    ]);
  });

  it('takes the embedder of the environment before that of the setting, and the setting before the first', async () => {
    manifest([entry('detector', 'd', 'd'), ...['a', 'b', 'c'].map((id) => entry('embedder', id, id))]);
    for (const id of ['d', 'a', 'b', 'c']) write('data', `${id}.onnx`, id);
    const found = await findModels({ searchDirs: dirs() });
    expect(chooseModels(found).embedder.id).toBe('a');
    expect(chooseModels(found, { embedder: 'b' }).embedder.id).toBe('b');
    expect(chooseModels(found, { embedder: 'b', env: 'c' }).embedder).toMatchObject({
      id: 'c',
      input: { channels: 'rgb', mean: 127.5, scale: 128 },
    });
    expect(chooseModels(found, { embedder: null, env: '' }).embedder.id).toBe('a');
  });

  it('names those present when an unknown embedder is asked for', async () => {
    manifest([entry('detector', 'd', 'd'), entry('embedder', 'a', 'a'), entry('embedder', 'b', 'b')]);
    write('app', 'd.onnx', 'd');
    write('app', 'b.onnx', 'b');
    const found = await findModels({ searchDirs: dirs() });
    const error = errorOf(() => chooseModels(found, { env: 'nonesuch' }));
    expect(error.code).toBe('model-missing');
    expect(error.message).toContain('nonesuch');
    expect(error.todo).toBe('Set LINTEL_EMBEDDER to one of those present: b.');
  });

  it('says which file is missing, where it looked and what to do', async () => {
    manifest([entry('detector', 'd', 'd', { download: { url: 'https://example.org/d.onnx' } })]);
    const found = await findModels({ searchDirs: dirs() });
    const error = errorOf(() => chooseModels(found));
    expect(error.code).toBe('model-missing');
    expect(error.message).toContain('d.onnx');
    for (const dir of dirs()) expect(error.todo).toContain(dir);
    expect(error.todo).toContain('LINTEL_MODELS_DIR');
    expect(error.todo).toContain('https://example.org/d.onnx');
  });

  it('does not slip to another embedder when the preferred one is damaged', async () => {
    manifest([entry('detector', 'd', 'd'), entry('embedder', 'a', 'a'), entry('embedder', 'b', 'b')]);
    for (const [id, content] of [
      ['d', 'd'],
      ['a', 'X'],
      ['b', 'b'],
    ] as const)
      write('app', `${id}.onnx`, content);
    const found = await findModels({ searchDirs: dirs() });
    const error = errorOf(() => chooseModels(found));
    expect(error.code).toBe('model-damaged');
    expect(error.message).toContain(join(root, 'app', 'a.onnx'));
    expect(error.todo).toContain(sha('a'));
  });
});

describe('the manifest', () => {
  it('of this repository is whole: every network, both calibrations, the committed weights ready', async () => {
    const found = await findModels({ searchDirs: [join(projectRoot, 'models')] });
    expect(found.models.map((model) => model.entry.id)).toEqual(
      expect.arrayContaining(['yolov5n-0.5-face', 'ghostfacenet-v1-1.3-2', 'mobilefacenet-512', 'face-landmarker']),
    );
    expect(found.models.find((model) => model.entry.id === 'ghostfacenet-v1-1.3-2')!.state).toBe('ready');
    expect(found.models.find((model) => model.entry.kind === 'embedder')!.entry.id).toBe('ghostfacenet-v1-1.3-2');
    const ours = calibrationOf(found.manifest, 'ghostfacenet-v1-1.3-2');
    expect(ours.measured).toBe(true);
    expect(ours.card.table.find((row) => row.fmr === 0.001)!.similarity).toBe(0.3699);
    expect(calibrationOf(found.manifest, 'mobilefacenet-512').measured).toBe(true);
  });

  it('falls back on a table stricter than every measured one', () => {
    const { calibrations } = readManifest(join(projectRoot, 'models/manifest.json'));
    expect(calibrations.size).toBe(2);
    const measured = [...calibrations.values()].map(parseCalibration);
    for (const { table } of measured.flatMap((one) => [one, ...(one.templates ?? [])])) {
      for (const row of table) {
        const strict = similarityAt(parseCalibration({ table: FALLBACK_CALIBRATION }), row.fmr).value;
        expect(strict).toBeGreaterThanOrEqual(row.similarity + 0.03);
      }
    }
  });

  it.each([
    ['a path that leaves the folder', { file: '../evil.onnx' }],
    ['a short hash', { sha256: 'abc' }],
    ['an unencrypted download', { download: { url: 'http://example.org/a' } }],
    ['an unknown kind', { kind: 'oracle' }],
  ])('refuses %s and says where', (_what, more) => {
    manifest([{ ...entry('detector', 'd', 'd'), ...more }]);
    const error = errorOf(() => readManifest(join(root, 'app', 'manifest.json')));
    expect(error.code).toBe('model-damaged');
    expect(error.message).toContain('models.0');
  });

  it('refuses two models with one id, text that is not JSON, and its own absence', () => {
    manifest([entry('detector', 'd', 'd'), entry('detector', 'd', 'd')]);
    const path = join(root, 'app', 'manifest.json');
    expect(errorOf(() => readManifest(path)).code).toBe('model-damaged');
    writeFileSync(path, '{"version":1,');
    expect(errorOf(() => readManifest(path)).code).toBe('model-damaged');
    expect(errorOf(() => readManifest(join(root, 'nowhere.json'))).code).toBe('model-missing');
  });
});
