/** Import and export with the real models: killed half-way, twice, and once round without a loss. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { importPlan } from '../../src/main/people/import-plan.ts';
import { everyone } from '../../src/main/people/import.ts';
import { type Kiosk, openKiosk } from '../../src/main/server/kiosk.ts';
import { writeAugmentedPeople } from '../support/augmented.ts';
import { bundle } from '../support/bundle.ts';
import { modelDirs } from '../support/data.ts';
import { peopleDir } from '../support/people.ts';
import { OTHER_EMBEDDER, withOtherEmbedder } from '../support/vision-models.ts';

/** LINTEL_IMPORT_PEOPLE=1000 for the proof; fewer in every run of the tests. */
const PEOPLE = Number(process.env['LINTEL_IMPORT_PEOPLE'] ?? 40);
const PICTURES = PEOPLE > 100 ? 5 : 3;

vi.setConfig({ testTimeout: 240_000 + PEOPLE * 4000, hookTimeout: 240_000 + PEOPLE * 500 });
const open = (dataDir: string, embedder = ''): Promise<Kiosk> =>
  openKiosk({
    dataDir,
    modelDirs: embedder === OTHER_EMBEDDER ? withOtherEmbedder(`${dataDir}-models`) : modelDirs,
    version: '0',
    embedder,
  });

/** Everybody of a folder into a kiosk. */
async function bring(kiosk: Kiosk, folder: string) {
  const files = (
    (await readdir(folder, { recursive: true, withFileTypes: true })) as {
      name: string;
      parentPath: string;
      isFile(): boolean;
    }[]
  )
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const csv = files.includes('data.csv') ? await readFile(join(folder, 'data.csv'), 'utf8') : null;
  const plan = importPlan(
    files.filter((file) => file !== 'data.csv'),
    csv,
  );
  const people = plan.people.map(({ files: own, ...person }) => ({
    ...person,
    consentAt: 5,
    pictures: own.map((file) => ({ file, read: () => readFile(join(folder, file)) })),
  }));
  return { plan, done: await everyone(kiosk.imports.run(people)) };
}

/** Everybody of a kiosk into a folder, page by page. */
async function take(kiosk: Kiosk, folder: string, limit: number): Promise<void> {
  const tables: string[] = [];
  for (let offset: number | null = 0; offset !== null;) {
    const page = await kiosk.imports.export(offset, limit);
    for (const { name, bytes } of page.files) {
      if (name === 'data.csv') tables.push(Buffer.from(bytes).toString());
      else {
        await mkdir(join(folder, name.slice(0, name.lastIndexOf('/'))), { recursive: true });
        await writeFile(join(folder, name), bytes);
      }
    }
    offset = page.next;
  }
  const [first = '', ...others] = tables;
  await writeFile(join(folder, 'data.csv'), first + others.map((t) => t.slice(t.indexOf('\n') + 1)).join(''));
}

describe('import and export, with real models and pictures', () => {
  let base: string;
  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'lintel-import-'));
  });
  afterAll(() => rm(base, { recursive: true, force: true }));

  it(`an import of ${PEOPLE} people, killed half-way and started again, ends with exactly ${PEOPLE}`, async () => {
    const [pictures, data] = [join(base, 'pictures'), join(base, 'data')];
    await writeAugmentedPeople(pictures, PEOPLE, PICTURES);
    const program = await bundle('tests/support/import-child.ts');
    const start = (): ChildProcess =>
      fork(program, [data, pictures, ...modelDirs], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });

    let imported = 0;
    const first = start();
    first.on('message', () => {
      // In the middle of everything: some batches are on disk, another is under way.
      if (++imported === Math.floor(PEOPLE / 2)) first.kill('SIGKILL');
    });
    const [, signal] = (await once(first, 'close')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');

    const between = await open(data);
    const half = between.people.size;
    await between.close();
    expect(half).toBeGreaterThanOrEqual(Math.floor(PEOPLE / 2));
    expect(half).toBeLessThan(PEOPLE);

    const again = start();
    const done: { name: string; added: number }[] = [];
    again.on('message', (message) => done.push(message as { name: string; added: number }));
    const [code] = (await once(again, 'close')) as [number | null];
    expect(code).toBe(0);
    expect(done.filter(({ added }) => added === 0).length).toBeGreaterThanOrEqual(half);

    const kiosk = await open(data);
    const people = await kiosk.peopleService.list();
    expect(people.map(({ name }) => name)).toEqual(
      Array.from({ length: PEOPLE }, (_, i) => `Person ${String(i).padStart(4, '0')}`),
    );
    expect(new Set(people.map(({ id }) => id)).size).toBe(PEOPLE);
    // No picture twice, and what a killed save left is swept away.
    for (const person of kiosk.people.all())
      expect(new Set(person.samples.map((sample) => sample.pictureSha256)).size).toBe(person.samples.length);
    const samples = people.reduce((sum, person) => sum + person.samples, 0);
    expect(samples).toBeGreaterThan(PEOPLE * PICTURES * 0.9);
    expect(await kiosk.people.pictures.count()).toBe(samples);
    await kiosk.close();
  });

  describe('once round', () => {
    let kiosk: Kiosk;
    let before: ReturnType<typeof rounded>;
    const out = (): string => join(base, 'out');
    /** What must come back, with nothing left out but when a record was last touched. */
    const rounded = (from: Kiosk) => from.people.all().map((person) => ({ ...person, updatedAt: 0 }));

    beforeAll(async () => {
      kiosk = await open(join(base, 'one'));
      const folder = join(base, 'people');
      const groups = join(peopleDir, 'portraits');
      const names = (await readdir(groups)).sort();
      // Names that a file system, a table or a spreadsheet could stumble over.
      const odd = ['=1+1', "O'Brien, Seán", 'Nguyễn Đức', '../etc', 'CON', '=1+1', 'a"b', "'-t"];
      const people = names.slice(0, 8).map((name, i) => ({
        name: odd[i] ?? name,
        externalId: i === 0 ? '-7' : i === 5 ? '0008' : null,
        group: i % 2 === 0 ? '@ops' : null,
        consentAt: 100 + i,
        pictures: readdir(join(groups, name)).then((files) =>
          files.sort().map((file) => ({ file, read: () => readFile(join(groups, name, file)) })),
        ),
      }));
      const ready = await Promise.all(people.map(async (one) => ({ ...one, pictures: await one.pictures })));
      await everyone(kiosk.imports.run(ready));
      // One whose consent was taken back, one who was two once, one whose pictures were kept no longer.
      const all = kiosk.people.all();
      await kiosk.peopleService.revoke(all[6]!.id, 'keep');
      await kiosk.peopleService.merge(all[1]!.id, all[7]!.id);
      const [faded] = all[2]!.samples;
      await kiosk.people.pictures.remove([faded!.id]);
      before = rounded(kiosk);
      await mkdir(folder, { recursive: true });
      await take(kiosk, out(), 3);
    });
    afterAll(() => kiosk.close());

    it('gives back everybody to the bit: ids, vectors, templates, portraits', async () => {
      expect(before).toHaveLength(7);
      const other = await open(join(base, 'two'));
      const { plan, done } = await bring(other, out());
      expect(plan.problems).toEqual([]);
      expect(done.flatMap((one) => one.rejected)).toEqual([]);
      const byId = (people: typeof before) => [...people].sort((a, b) => (a.id < b.id ? -1 : 1));
      expect(byId(rounded(other))).toEqual(byId(before));
      for (const person of other.people.all())
        for (const { id } of person.samples)
          for (const name of [`${id}.jpg`, `${id}.aligned.jpg`])
            expect(await other.people.pictures.get(name)).toEqual(await kiosk.people.pictures.get(name));
      // Once more adds nothing.
      const twice = await bring(other, out());
      expect(twice.done.every((one) => one.added === 0)).toBe(true);
      expect(byId(rounded(other))).toEqual(byId(before));
      await other.close();
    });

    it('on a kiosk with another model the vectors are made again from the crops', async () => {
      const other = await open(join(base, 'three'), OTHER_EMBEDDER);
      const { done } = await bring(other, out());
      expect(other.people.model?.id).toBe(OTHER_EMBEDDER);
      // The one whose crop was erased has nothing to be made from.
      expect(done.flatMap((one) => one.rejected)).toHaveLength(1);
      const ready = other.people.all().filter((person) => other.people.isReady(person));
      expect(ready).toHaveLength(6);
      const [who] = await readdir(join(peopleDir, 'portraits')).then((names) => names.sort());
      const [file] = await readdir(join(peopleDir, 'portraits', who!));
      const { faces } = await other.pictures.identify(await readFile(join(peopleDir, 'portraits', who!, file!)));
      expect(faces[0]?.candidates[0]?.id).toBe(before[0]?.id);
      await other.close();
    });

    it('a vector that is not that of its crop is not believed', async () => {
      const forged = join(base, 'forged');
      await cp(out(), forged, { recursive: true });
      const [victim, attacker] = [before[0]!, before[3]!];
      const folder = (await readdir(forged)).find((name) => name === '=1+1')!;
      const path = join(forged, folder, 'lintel.json');
      const record = JSON.parse(await readFile(path, 'utf8')) as { samples: { embedding: string }[] };
      for (const sample of record.samples) sample.embedding = attacker.samples[0]!.embedding;
      await writeFile(path, JSON.stringify(record));
      const other = await open(join(base, 'four'));
      await bring(other, forged);
      const restored = other.people.get(victim.id);
      for (const [i, sample] of restored.samples.entries()) {
        expect(sample.embedding).not.toBe(attacker.samples[0]!.embedding);
        const a = Buffer.from(sample.embedding, 'base64');
        const b = Buffer.from(victim.samples[i]!.embedding, 'base64');
        let cosine = 0;
        for (let at = 0; at < a.length; at += 4) cosine += a.readFloatLE(at) * b.readFloatLE(at);
        expect(cosine).toBeGreaterThan(0.97);
      }
      await other.close();
    });

    it('other programs read it as a table of pictures; without its records it is one for us too', async () => {
      const bare = join(base, 'bare');
      await cp(out(), bare, { recursive: true });
      for (const name of await readdir(bare)) if (name !== 'data.csv') await rm(join(bare, name, 'lintel.json'));
      const other = await open(join(base, 'five'));
      const { plan } = await bring(other, bare);
      // Who has no picture has a row that names the record: it is not there any more.
      expect(plan.problems).toHaveLength(1);
      expect(plan.people.map(({ name }) => name).sort()).toEqual(
        before
          .filter((person) => person.samples.length > 0)
          .map(({ name }) => name)
          .sort(),
      );
      await other.close();
    });
  });

  it('what can not be used is reported, picture by picture, and the rest goes on', async () => {
    const folder = join(base, 'mixed');
    const scene = join(peopleDir, 'scenes/person-01');
    const [a, b] = (await readdir(scene)).sort();
    await mkdir(join(folder, 'Ann'), { recursive: true });
    await mkdir(join(folder, 'Empty'), { recursive: true });
    await mkdir(join(folder, 'Deep/er'), { recursive: true });
    await copyFile(join(scene, a!), join(folder, 'Ann/1.jpg'));
    await copyFile(join(scene, a!), join(folder, 'Ann/again.jpg'));
    await copyFile(join(scene, b!), join(folder, 'Deep/er/1.jpg'));
    await writeFile(join(folder, 'Ann/torn.jpg'), (await readFile(join(scene, b!))).subarray(0, 3000));
    await writeFile(join(folder, 'Ann/notes.txt'), 'hello');
    await writeFile(join(folder, 'Empty/lie.png'), 'not a picture');
    await writeFile(join(folder, 'stray.jpg'), 'x');
    await rename(join(folder, 'stray.jpg'), join(folder, 'stray.png'));
    const kiosk = await open(join(base, 'mixed-data'));
    const { plan, done } = await bring(kiosk, folder);
    expect(plan.problems.map(({ file }) => file).sort()).toEqual(['Ann/notes.txt', 'Deep/er/1.jpg', 'stray.png']);
    expect(done).toMatchObject([
      { name: 'Ann', samples: 1, added: 1, rejected: [{ file: 'Ann/torn.jpg', code: 'picture-truncated' }] },
      { name: 'Empty', id: null, samples: 0, rejected: [{ file: 'Empty/lie.png', code: 'not-a-picture' }] },
    ]);
    expect(kiosk.people.size).toBe(1);
    await kiosk.close();
  });

  it('stopped: who is complete is saved, nobody is saved by half', async () => {
    const kiosk = await open(join(base, 'stopped'));
    const scenes = join(peopleDir, 'scenes');
    const people = await Promise.all(
      (await readdir(scenes)).sort().map(async (name) => ({
        name,
        consentAt: 1,
        pictures: (await readdir(join(scenes, name)))
          .sort()
          .slice(0, 4)
          .map((file) => ({ file: `${name}/${file}`, read: () => readFile(join(scenes, name, file)) })),
      })),
    );
    const stop = new AbortController();
    let seen = 0;
    const onPicture = (): void => void (++seen === 7 && stop.abort());
    const done = await everyone(kiosk.imports.run(people, { signal: stop.signal, onPicture }));
    expect(done.length).toBeGreaterThanOrEqual(1);
    expect(done.length).toBeLessThan(people.length);
    expect(kiosk.people.all().map((person) => [person.name, person.samples.length])).toEqual(
      done.map(({ name }) => [name, 4]),
    );
    await kiosk.close();
  });
});
