/** A data folder of the version before, whose embedder was another: its people are made known again from their kept crops. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { packVector, unpackVector } from '../../src/main/gallery/gallery.ts';
import { peopleFileSchema, type PersonRecord } from '../../src/main/people/records.ts';
import { type Kiosk, openKiosk } from '../../src/main/server/kiosk.ts';
import { DurableFile } from '../../src/main/storage/durable-file.ts';
import { modelDirs } from '../support/data.ts';
import { scene } from '../support/people.ts';
import { ownModels } from '../support/vision-models.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** Version 0 of our embedder, which this repository no longer has. */
const OLD = {
  id: 'ghostfacenet-v1-1.3-2',
  sha256: '46733cd5872aed57253be2c902af8623c8bbb4d77e1db4838c9f839a0fccad19',
};
const PEOPLE = ['person-01', 'person-02', 'person-03'];

/** All of a record that has nothing to do with the embedder. */
const lasting = (people: readonly PersonRecord[]) =>
  people.map((person) => ({
    ...person,
    template: null,
    updatedAt: 0,
    samples: person.samples.map((sample) => ({ ...sample, model: null, embedding: null })),
  }));

describe('people enrolled with version 0 of the embedder', () => {
  let folder: string;
  let kiosk: Kiosk;
  let before: readonly PersonRecord[];
  let pictures: Record<string, string>;
  const open = (): Promise<Kiosk> => openKiosk({ dataDir: folder, modelDirs, version: '0', embedder: '' });
  const keptPictures = async (): Promise<Record<string, string>> => {
    const hashes: Record<string, string> = {};
    for (const entry of await readdir(join(folder, 'thumbnails'), { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        hashes[entry.name] = createHash('sha256')
          .update(await readFile(join(entry.parentPath, entry.name)))
          .digest('hex');
    return hashes;
  };
  const nameOf = async (file: string): Promise<string | null> =>
    (await kiosk.pictures.identify(await readFile(file))).faces[0]?.match?.name ?? null;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lintel-old-embedder-'));
    kiosk = await open();
    await kiosk.models.ready();
    await kiosk.pictures.enroll(
      await Promise.all(
        PEOPLE.map(async (name) => ({
          name,
          consentAt: 7,
          pictures: await Promise.all(
            scene(name)
              .slice(0, 5)
              .map(async (file) => ({ file: basename(file), bytes: await readFile(file) })),
          ),
        })),
      ),
    );
    await kiosk.close();
    pictures = await keptPictures();

    // As version 0 left it, made as deceiving as can be: the vectors said to be of the old model are good ones of ours, each of
    // somebody else, so that one comparison with them would name the wrong person.
    const file = new DurableFile({ path: join(folder, 'people.json'), schema: peopleFileSchema, schemaVersion: 1 });
    const data = (await file.read())!;
    const others = data.people.map((_, i) => data.people[(i + 1) % data.people.length]!);
    const vectors = others.map(({ samples, template }) => ({
      samples: samples.map(({ embedding }) => embedding),
      template: template!.vector,
    }));
    data.people.forEach((person, i) => {
      person.samples.forEach((sample, k) => {
        sample.model = OLD;
        sample.embedding = vectors[i]!.samples[k]!;
      });
      person.template = { model: OLD, vector: vectors[i]!.template };
    });
    before = structuredClone(data.people);
    // Twice: the backup is of that version, too.
    await file.write(data);
    await file.write(data);
  });
  afterAll(async () => {
    await kiosk.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('nobody can be matched by the old vectors: they are in no gallery', async () => {
    kiosk = await open();
    expect(kiosk.people.size).toBe(3);
    expect(kiosk.gallery.size).toBe(0);
    expect(kiosk.status().enrollAgain).toBe(3);
  });

  it('an evaluation of the enrolled is one with the new embedder, all the same', async () => {
    const { json } = await kiosk.evaluations.run(kiosk.evaluations.start(), { kind: 'enrolled' });
    expect(json).toMatchObject({ genuine: 15, impostor: 30, identification: { rank1: 1 } });
  });

  it('once vision is ready everybody has a template of the new model and is recognised; the rest is as it was', async () => {
    await kiosk.models.ready();
    expect(kiosk.status()).toMatchObject({ people: 3, enrollAgain: 0 });
    const { id, sha256 } = ownModels().embedder;
    const now = kiosk.people.all();
    for (const person of now) {
      expect(person.template?.model).toEqual({ id, sha256 });
      for (const sample of person.samples) expect(sample.model).toEqual({ id, sha256 });
    }
    expect(lasting(now)).toEqual(lasting(before));
    expect(now.map(({ samples }) => samples.length)).toEqual([5, 5, 5]);
    expect(now.map(({ consentAt }) => consentAt)).toEqual([7, 7, 7]);
    expect(await keptPictures()).toEqual(pictures);
    expect(Object.keys(pictures)).toHaveLength(30);
    for (const name of PEOPLE)
      for (const file of scene(name).slice(5)) expect(await nameOf(file), basename(file)).toBe(name);
    expect(await nameOf(scene('person-04')[0]!)).toBeNull();
  });

  it('it is on the disk: nothing is made again at the next start, and no old vector is left', async () => {
    await kiosk.close();
    kiosk = await open();
    expect(kiosk.gallery.size).toBe(3);
    expect(kiosk.status().enrollAgain).toBe(0);
    const text = await readFile(join(folder, 'people.json'), 'utf8');
    expect(text).not.toContain(OLD.sha256);
    for (const { samples } of kiosk.people.all())
      for (const { embedding } of samples) {
        const vector = unpackVector(embedding);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
        expect(packVector(vector)).toBe(embedding);
      }
    for (const { samples, template } of before) {
      expect(text).not.toContain(template!.vector);
      for (const { embedding } of samples) expect(text).not.toContain(embedding);
    }
  });
});
