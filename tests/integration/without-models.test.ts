/** What works on crops, vectors or records does not ask for a model that it does not use; the rest says which one is missing. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { cliDeps } from '../../src/main/hosts/cli/commands.ts';
import { runCli } from '../../src/main/hosts/cli/program.ts';
import { installationAt } from '../../src/main/hosts/installation.ts';
import { openKiosk } from '../../src/main/server/kiosk.ts';
import { bundle } from '../support/bundle.ts';
import { projectRoot } from '../support/data.ts';
import { peopleDir } from '../support/people.ts';
import { runCommand } from '../support/terminal.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const OURS = join(projectRoot, 'models');
const DETECTOR = 'yolov5n-0.5-face-lintel.onnx';
const EMBEDDER = 'ghostfacenet-v1-1.3-2.onnx';

let folder: string;
/** Folders of models as installations: none, one of the two, a damaged one. */
const models: Record<string, string> = {};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-no-models-'));
  for (const [name, files] of Object.entries({ none: [], detector: [DETECTOR], embedder: [EMBEDDER], empty: [] })) {
    const dir = join(folder, `installed-${name}`, 'models');
    mkdirSync(dir, { recursive: true });
    for (const file of readdirSync(OURS).filter((one) => one.endsWith('.json')))
      if (name !== 'empty') copyFileSync(join(OURS, file), join(dir, file));
    for (const file of files) copyFileSync(join(OURS, file), join(dir, file));
    models[name] = join(folder, `installed-${name}`);
  }
  cpSync(models['embedder']!, join(folder, 'installed-damaged'), { recursive: true });
  models['damaged'] = join(folder, 'installed-damaged');
  writeFileSync(join(models['damaged'], 'models', DETECTOR), 'x');

  for (const person of ['person-01', 'person-02', 'person-03']) {
    const scene = join(peopleDir, 'scenes', person);
    for (const kind of ['people', 'crops']) mkdirSync(join(folder, kind, person), { recursive: true });
    for (const [i, file] of readdirSync(scene).sort().slice(0, 3).entries()) {
      copyFileSync(join(scene, file), join(folder, 'people', person, `${i}.jpg`));
      const crop = await sharp(join(scene, file)).resize(112, 112, { fit: 'cover' }).jpeg().toBuffer();
      writeFileSync(join(folder, 'crops', person, `${i}.jpg`), crop);
    }
  }
  expect((await runCommand(folder, ['enroll', 'people', '--json'])).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A command of an installation that has these models, as people read it. */
async function say(installed: string, ...args: string[]) {
  let stdout = '';
  let stderr = '';
  const sink = (take: (text: string) => void): NodeJS.WritableStream =>
    new Writable({ write: (chunk: Buffer, _encoding, done) => (take(chunk.toString()), done()) });
  const terminal = {
    stdout: sink((text) => (stdout += text)),
    stderr: sink((text) => (stderr += text)),
    env: { LINTEL_DATA: join(folder, 'data'), LINTEL_MODELS_DIR: '', LINTEL_EMBEDDER: '' },
    cwd: folder,
    interrupted: new AbortController().signal,
  };
  const code = await runCli(args, terminal, cliDeps(installationAt(models[installed]!, '1.2.3'), terminal));
  return { code, stdout, stderr };
}

/** The same, as a script reads it. */
async function run(installed: string, ...args: string[]) {
  const { code, stdout, stderr } = await say(installed, ...args, '--json');
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape is what is tested
  return { code, stderr, json: JSON.parse(stdout) as any };
}

describe.each(['none', 'empty', 'detector', 'embedder', 'damaged'])('with the models: %s', (installed) => {
  test('people, reports, corrections, settings, export and the audit log work as ever', async () => {
    const people = await run(installed, 'people');
    expect(people).toMatchObject({ code: 0, json: { people: [{}, {}, {}] } });
    // Whose vectors these are is known from the manifest, which only `empty` lacks.
    if (installed !== 'empty') expect(people.json.people.every((one: { ready: boolean }) => one.ready)).toBe(true);
    const person = people.json.people[0].id as string;
    // Nobody has to enroll again because a file of Lintel's own is not there.
    for (const args of [['people'], ['people', 'show', person], ['doctor']]) {
      const { stdout } = await say(installed, ...args);
      expect(stdout, args.join(' ')).not.toMatch(/enroll(ed)? again/);
      if (installed === 'empty' && args[0] === 'people') expect(stdout).toContain('which model is in use is not known');
    }
    for (const args of [
      ['people', 'show', person],
      ['people', 'edit', person, '--group', 'Staff'],
      ['people', 'duplicates'],
      ['correct', 'add', '--person', person, '--at', '2026-01-05T08:00', '--direction', 'in', '--reason', 'x'],
      ['log', '--day', '2026-01-05'],
      ['attendance', '--from', '2026-01-05', '--export', 'days.xlsx'],
      ['settings'],
      ['settings', 'set', 'greeting', 'Hello'],
      ['export', `exported-${installed}`],
      ['audit', 'verify'],
      ['encrypt', 'status'],
      ['evaluate', '--enrolled', '--report', 'enrolled.html'],
    ])
      expect(await run(installed, ...args), args.join(' ')).toMatchObject({ code: 0 });
    expect(existsSync(join(folder, `exported-${installed}`, 'data.csv'))).toBe(true);
  });

  test('crops are evaluated and embedded wherever there is an embedder; else that is what is missing', async () => {
    const has = installed === 'embedder' || installed === 'damaged';
    for (const args of [
      ['evaluate', 'crops', '--aligned'],
      ['embed', 'crops/person-01/0.jpg', '--aligned'],
    ]) {
      const { code, json } = await run(installed, ...args);
      if (has) expect({ code, error: json.error }).toEqual({ code: 0, error: undefined });
      else {
        expect(code).toBe(1);
        expect(json.error.code).toBe('model-missing');
        if (installed === 'detector') expect(json.error.message).toContain(EMBEDDER);
      }
    }
  });

  test('what looks for faces says which model it lacks, and doctor does', async () => {
    const { code, json } = await run(installed, 'identify', 'people/person-01/0.jpg');
    expect(code).toBe(1);
    expect(json.error.code).toBe(installed === 'damaged' ? 'model-damaged' : 'model-missing');
    if (installed !== 'empty') expect(json.error.message).toContain(installed === 'detector' ? EMBEDDER : DETECTOR);
    const checks = (await run(installed, 'doctor')).json.checks as { name: string; ok: boolean; detail: string }[];
    expect(checks.find(({ name }) => name === 'models')).toMatchObject({ ok: false });
    expect(checks.find(({ name }) => name === 'data folder')?.detail).toContain('3 people');
  });

  test('a kiosk opens for its operator and says what is missing', async () => {
    const kiosk = await openKiosk({
      dataDir: join(folder, 'data'),
      modelDirs: [join(models[installed]!, 'models')],
      version: '0',
      embedder: '',
      startVision: true,
    });
    try {
      expect(kiosk.status()).toMatchObject({ vision: 'no-models', people: 3, enrollAgain: 0 });
      expect(kiosk.status().trouble?.code).toMatch(/^model-/);
      expect(await kiosk.peopleService.list()).toHaveLength(3);
      // Crops do not make it say that it sees.
      await kiosk.pictures.embedAligned([]).catch(() => undefined);
      expect(kiosk.status()).toMatchObject({ vision: 'no-models' });
    } finally {
      await kiosk.close();
    }
  });
});

test('without onnxruntime whatever runs no model works; the rest says that it is missing', async () => {
  const program = await bundle('src/main/entry-cli.ts');
  const register = `import Module from 'node:module';
    const find = Module._resolveFilename;
    Module._resolveFilename = function (name, ...rest) {
      if (name === 'onnxruntime-node') throw Object.assign(new Error('not here'), { code: 'MODULE_NOT_FOUND' });
      return find.call(this, name, ...rest);
    };`;
  const lintel = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(register)}`, program, ...args, '--json'],
      {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, LINTEL_DATA: join(folder, 'data'), LINTEL_MODELS_DIR: OURS },
      },
    );
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape is what is tested
    return { status, stderr, json: JSON.parse(stdout) as any };
  };
  for (const args of [['people'], ['attendance', '--from', '2026-01-05'], ['settings'], ['evaluate', '--enrolled']])
    expect(lintel(...args), args.join(' ')).toMatchObject({ status: 0 });
  for (const args of [
    ['identify', 'people/person-01/0.jpg'],
    ['embed', '--aligned', 'crops/person-01/0.jpg'],
  ])
    expect(lintel(...args)).toMatchObject({ status: 1, json: { error: { code: 'vision-runtime' } } });
});
