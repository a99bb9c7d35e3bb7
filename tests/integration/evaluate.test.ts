/** How good is it here: the commands and the calls, on real models and pictures. Figures of accuracy: tests/shared/. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { seeded } from '../../src/main/evaluation/calibrating.ts';
import { parseCalibration, similarityAt } from '../../src/main/gallery/calibration.ts';
import { type Kiosk, openKiosk } from '../../src/main/server/kiosk.ts';
import type { CallOutput } from '../../src/shared/calls.ts';
import { ClientSession } from '../support/client-session.ts';
import { peopleDir, picturesOf } from '../support/people.ts';
import { GOOD_QUALITY } from '../support/quality.ts';
import { refusal } from '../support/refusal.ts';
import { runCommand } from '../support/terminal.ts';
import { OTHER_EMBEDDER, withOtherEmbedder } from '../support/vision-models.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
const aligned = join(peopleDir, 'aligned');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lintel-evaluate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a report of a whole set', () => {
  it.each([
    ['32 pairs', ['--pairs', join(peopleDir, 'pairs/pairs.csv'), '--images', join(peopleDir, 'pairs/images')], 32, 8],
    ['8 people x 8 crops', [aligned, '--aligned'], 2016, 224],
  ])('%s', async (_what, args, pairs, genuine) => {
    const report = join(folder, 'report.html');
    const { code, json } = await runCommand(folder, ['evaluate', ...args, '--report', report, '--json']);
    expect(code).toBe(0);
    expect(json).toMatchObject({ pairs, genuine, impostor: pairs - genuine, skipped: 0, rejected: [] });
    // One photograph changed a little is told from others' without a mistake; more than that these pictures cannot say.
    expect(json).toMatchObject({ accuracy: 1, eer: 0 });
    const html = await readFile(report, 'utf8');
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toMatch(/(src|href)="(?!data:)/);
  });
});

describe('the promise', () => {
  it('is held against the galleries that a folder makes, and what the folder teaches is a calibration', async () => {
    const file = join(folder, 'learnt.json');
    const { code, json } = await runCommand(folder, [
      'evaluate',
      aligned,
      '--aligned',
      '--calibration',
      file,
      '--json',
    ]);
    expect(code).toBe(0);
    // Eight people: a stranger meets the other seven. Risks: 1 in 100, and 1 in 1,000, which is also the one in the settings.
    expect(json.galleries).toMatchObject([
      { people: 7, risk: 0.01, strangers: 64, members: 64, crossValidated: null },
      { people: 7, risk: 0.001, strangers: 64, members: 64, crossValidated: null },
    ]);
    for (const { fpir, ratio, risk, fnir, threshold, fpirInterval } of json.galleries) {
      expect(ratio).toBeCloseTo(fpir / risk, 9);
      expect(fpirInterval[0]).toBeLessThanOrEqual(fpirInterval[1]);
      expect(fnir).toBe(0);
      expect(threshold).toBeGreaterThan(0.3);
    }
    const learnt = parseCalibration(JSON.parse(await readFile(file, 'utf8')));
    expect(learnt).toMatchObject({ data: 'aligned: 64 pictures of 8 people', impostorPairs: 1792, genuinePairs: 224 });
    expect(learnt.templates?.length).toBeGreaterThan(0);
    const pairs = ['--pairs', join(peopleDir, 'pairs/pairs.csv'), '--images', join(peopleDir, 'pairs/images')];
    expect(await runCommand(folder, ['evaluate', ...pairs, '--calibration', file])).toMatchObject({ code: 2 });
  });
});

describe('evaluations, with real models and pictures', () => {
  it('a picture without a face leaves its pairs out, and that is said', async () => {
    const images = join(folder, 'images');
    await mkdir(images, { recursive: true });
    const scenes = join(peopleDir, 'scenes');
    for (const person of ['person-01', 'person-02'])
      for (const [index, file] of (await readdir(join(scenes, person))).sort().slice(0, 2).entries())
        await cp(join(scenes, person, file), join(images, `${person}-${index}.jpg`));
    await writeFile(join(images, 'notes.txt'), 'not a picture');
    const list = [
      'file_x,file_y,Decision',
      'person-01-0.jpg,person-01-1.jpg,Yes',
      'person-02-0.jpg,person-02-1.jpg,Yes',
      'person-01-0.jpg,person-02-0.jpg,No',
      'person-01-0.jpg,notes.txt,No',
      'person-01-0.jpg,gone.jpg,No',
    ];
    await writeFile(join(folder, 'pairs.csv'), list.join('\n'));
    const args = ['evaluate', '--pairs', 'pairs.csv', '--images', 'images'];
    const { code, json, stderr } = await runCommand(folder, [...args, '--json']);
    expect(code).toBe(0);
    expect(json).toMatchObject({ pairs: 3, genuine: 2, impostor: 1, skipped: 2, accuracy: 1 });
    expect(json.rejected).toEqual([
      { file: 'notes.txt', code: 'not-a-picture' },
      { file: 'gone.jpg', code: 'not-found' },
    ]);
    expect(stderr).toContain('left out: gone.jpg');
    const { stdout } = await runCommand(folder, args);
    expect(stdout).toContain('3 pairs: 2 of the same person, 1 of different people; 2 left out');
    await writeFile(join(folder, 'outside.csv'), 'file_x,file_y,Decision\n../../etc/passwd,a.jpg,Yes\n');
    const outside = await runCommand(folder, ['evaluate', '--pairs', 'outside.csv', '--images', 'images', '--json']);
    expect(outside).toMatchObject({ code: 1, json: { error: { code: 'pairs-line' } } });
  });

  it.each([
    [[]],
    [['people', '--enrolled']],
    [['--pairs', 'list.csv']],
    [['--images', 'folder']],
    [['--enrolled', '--aligned']],
  ])('evaluate %j is wrong usage', async (args) => {
    expect(await runCommand(folder, ['evaluate', ...args, '--json'])).toMatchObject({
      code: 2,
      json: { error: { code: 'usage' } },
    });
  });

  describe('at the kiosk', () => {
    const data = (): string => join(folder, 'kiosk');
    const open = (embedder = ''): Promise<Kiosk> =>
      openKiosk({ dataDir: data(), modelDirs: withOtherEmbedder(join(folder, 'models')), version: '0', embedder });
    let kiosk: Kiosk;
    let window: ClientSession;
    beforeAll(async () => {
      kiosk = await open();
      await kiosk.models.ready();
      const people = join(peopleDir, 'portraits');
      await kiosk.pictures.enroll(
        await Promise.all(
          (await readdir(people)).map(async (name) => ({
            name,
            consentAt: 1,
            pictures: await Promise.all(
              (await readdir(join(people, name))).map(async (file) => ({
                file,
                bytes: await readFile(join(people, name, file)),
              })),
            ),
          })),
        ),
      );
      window = new ClientSession(kiosk);
      await window.call('createPin', { pin: '2468' });
    });
    afterAll(() => kiosk.close());

    const evaluate = async (
      source: Parameters<typeof window.call<'runEvaluation'>>[1]['source'],
    ): Promise<CallOutput<'runEvaluation'>> => {
      const { evaluationId } = await window.call('startEvaluation');
      return window.call('runEvaluation', { evaluationId, source });
    };

    it('eight people are too few to learn from, and that is said', async () => {
      const done = await evaluate({ kind: 'enrolled' });
      expect(done.protocol).toBe('leave-one-out');
      const { samples, people } = { samples: done.genuine, people: 8 };
      expect(done.impostor).toBe(samples * (people - 1));
      expect(done.identification?.rank1).toBeGreaterThan(0.9);
      expect(done.report).toMatch(/^<!doctype html>/);
      // At the risk in the settings, and what none of eight strangers leaves open.
      expect(done.galleries).toMatchObject([{ people: 7, risk: 1e-3, fpir: 0, fpirInterval: [0, 3 / 8] }]);
      const threshold = kiosk.status().threshold ?? 0;
      expect(done.recalibration).toMatchObject({
        people,
        pictures: samples,
        problem: { code: 'calibration-too-few', params: { people, needed: 25 } },
        alike: null,
        thresholdNow: threshold,
        thresholdThen: threshold,
      });
      expect(await refusal(window.call('applyCalibration', { evaluationId: done.evaluationId }))).toBe(
        'calibration-nothing',
      );
    });

    it('what was learnt of more is used at once, is there after a restart, and can be given back', async () => {
      // Nobody, but more alike than people are: a third of each is everybody's. The pictures are for when the model changes.
      const random = seeded(1);
      const drawn = (): Float32Array => Float32Array.from({ length: 512 }, () => random() + random() - 1);
      const unit = (v: Float32Array): Float32Array => v.map((x) => x / Math.hypot(...v));
      const everybody = unit(drawn());
      const crops = await Promise.all(picturesOf('aligned', 'amara').map((file) => readFile(file)));
      await kiosk.people.save(
        Array.from({ length: 32 }, (_, n) => {
          const own = unit(drawn());
          return {
            kind: 'add' as const,
            name: `Nobody ${n}`,
            externalId: null,
            group: null,
            consentAt: 1,
            samples: Array.from({ length: 1 + (n % 3) }, (_sample, i) => {
              const chance = unit(drawn());
              return {
                source: 'camera' as const,
                pose: null,
                quality: GOOD_QUALITY,
                pictureSha256: null,
                embedding: unit(everybody.map((x, d) => 0.7 * x + own[d]! + 0.5 * chance[d]!)),
                pictures: { aligned: crops[i]!, portrait: crops[i]! },
              };
            }),
          };
        }),
      );
      const before = kiosk.status().threshold ?? 0;
      const done = await evaluate({ kind: 'enrolled' });
      const learnt = done.recalibration!;
      expect(learnt).toMatchObject({ people: 40, problem: null, moved: learnt.alike, thresholdNow: before });
      expect(learnt.alikeInterval![0]).toBeLessThan(learnt.alike!);
      const then = learnt.thresholdThen;
      expect(then - before).toBeCloseTo(learnt.moved, 6);
      expect(learnt.moved).toBeGreaterThan(0.05);
      await window.call('applyCalibration', { evaluationId: done.evaluationId });
      // A template of several pictures is asked for more, as with the card.
      const { calibration } = kiosk.recognition;
      const at = (count: number): number => similarityAt(calibration, 1e-4, { samples: count, frames: 1 }).value;
      expect(at(3)).toBeGreaterThan(at(1));
      expect(kiosk.status().threshold).toBeCloseTo(then, 6);
      const pair = kiosk.recognition.pairThreshold;

      await kiosk.close();
      kiosk = await open();
      await kiosk.models.ready();
      expect(kiosk.status().threshold).toBeCloseTo(then, 6);
      // Learnt on templates, it says nothing about one picture against another.
      expect(kiosk.recognition.pairThreshold).toBe(pair);
      // And nothing about another model.
      await kiosk.close();
      kiosk = await open(OTHER_EMBEDDER);
      await kiosk.models.ready();
      expect(kiosk.status().threshold).not.toBeCloseTo(then, 3);
      await kiosk.close();
      kiosk = await open();
      await kiosk.models.ready();
      window = new ClientSession(kiosk);
      await window.call('unlock', { pin: '2468' });
      expect(kiosk.status().threshold).toBeCloseTo(then, 6);
      await window.call('applyCalibration', { evaluationId: null });
      expect(kiosk.status().threshold).toBe(before);
      expect(await refusal(window.call('applyCalibration', { evaluationId: done.evaluationId }))).toBe('not-found');
    });

    it('the same on the command line', async () => {
      await kiosk.close();
      const { code, json } = await runCommand(folder, ['evaluate', '--enrolled', '--data', data(), '--json'], {
        LINTEL_EMBEDDER: '',
      });
      const { stdout } = await runCommand(folder, ['evaluate', '--enrolled', '--data', data()], {
        LINTEL_EMBEDDER: '',
      });
      expect(stdout).toMatch(
        /with 39 people enrolled: of 1,000 strangers who step up, about .* promised is 1; of 100 members/,
      );
      expect(stdout).toContain('site calibration: ');
      kiosk = await open();
      await kiosk.models.ready();
      window = new ClientSession(kiosk);
      await window.call('unlock', { pin: '2468' });
      const done = await evaluate({ kind: 'enrolled' });
      expect(code).toBe(0);
      const { protocol, pairs, genuine, impostor, accuracy, auc, eer, tar: rates, recalibration } = done;
      expect(json).toMatchObject({ protocol, pairs, genuine, impostor, recalibration });
      expect(json.tar).toEqual(rates);
      for (const [key, value] of Object.entries({ accuracy, auc, eer })) expect(json[key]).toBeCloseTo(value, 9);
    });

    it('a folder sent picture by picture; nothing to apply, as these are not the people here', async () => {
      const { evaluationId } = await window.call('startEvaluation');
      const add = (file: string, bytes: Uint8Array, aligned = true) =>
        window.call('addEvaluationPicture', { evaluationId, file, bytes: new Uint8Array(bytes), aligned });
      for (const person of (await readdir(aligned)).slice(0, 3))
        for (const file of (await readdir(join(aligned, person))).slice(0, 4))
          expect(await add(`${person}\\${file}`, await readFile(join(aligned, person, file)))).toEqual({
            problem: null,
            turned: 0,
          });
      expect(await add('x/y.jpg', new Uint8Array(50))).toEqual({ problem: 'not-a-picture', turned: 0 });
      const grey = await readFile(
        join(peopleDir, 'scenes/person-01', (await readdir(join(peopleDir, 'scenes/person-01')))[0] ?? ''),
      );
      expect(await add('x/z.jpg', grey.subarray(0, 2000), false)).toEqual({
        problem: expect.stringMatching(/^(picture-truncated|not-a-picture)$/) as string,
        turned: 0,
      });
      const source = { kind: 'folder', aligned: true } as const;
      const done = await window.call('runEvaluation', { evaluationId, source });
      expect(done).toMatchObject({ protocol: 'folder', pairs: 66, genuine: 18, impostor: 48, recalibration: null });
      expect(await refusal(window.call('applyCalibration', { evaluationId }))).toBe('calibration-nothing');
      await add(
        'lost.jpg',
        await readFile(join(aligned, (await readdir(aligned))[0] ?? '', '0.jpg')).catch(() => grey),
        false,
      );
      expect(await refusal(window.call('runEvaluation', { evaluationId, source }))).toBe('evaluation-unlabelled');
    });

    it('a list of pairs that does not say how it is written: what was assumed comes with the figures', async () => {
      const { evaluationId } = await window.call('startEvaluation');
      const crops = join(aligned, (await readdir(aligned))[0] ?? '');
      const files = (await readdir(crops)).slice(0, 3);
      const names = ['Müller/à Paris.jpg', 'Müller/où.jpg', 'Zoë.jpg'];
      for (const [i, file] of files.entries())
        await window.call('addEvaluationPicture', {
          evaluationId,
          file: names[i] ?? '',
          bytes: new Uint8Array(await readFile(join(crops, file))),
          aligned: true,
        });
      const [a, b, c] = names;
      const list = Buffer.from(`file_x,file_y,Decision\n${a},${b},Yes\n${a},${c},No\n`, 'latin1');
      const source = { kind: 'pairs', list: new Uint8Array(list), name: 'liste.csv', aligned: true } as const;
      expect(await window.call('runEvaluation', { evaluationId, source })).toMatchObject({
        pairs: 2,
        skipped: 0,
        assumed: { code: 'text-assumed', params: { file: 'liste.csv', charset: 'western', encoding: 'windows-1252' } },
      });
      const plain = await window.call('runEvaluation', {
        evaluationId,
        source: { ...source, list: list.toString('latin1') },
      });
      expect(plain).not.toHaveProperty('assumed');
    });

    it('refuses what can not be evaluated, and forgets the oldest', async () => {
      const first = (await window.call('startEvaluation')).evaluationId;
      const pairs = { kind: 'pairs', list: 'a,b\n', aligned: false } as const;
      expect(await refusal(window.call('runEvaluation', { evaluationId: first, source: pairs }))).toBe('pairs-column');
      const folderOfNone = { kind: 'folder', aligned: false } as const;
      expect(await refusal(window.call('runEvaluation', { evaluationId: first, source: folderOfNone }))).toBe(
        'evaluation-too-few',
      );
      for (let i = 0; i < 3; i++) await window.call('startEvaluation');
      expect(await refusal(window.call('runEvaluation', { evaluationId: first, source: pairs }))).toBe('not-found');
    });
  });
});
