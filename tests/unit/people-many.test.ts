import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CheckInLog } from '../../src/main/attendance/log.ts';
import { Gallery } from '../../src/main/gallery/gallery.ts';
import { type NewSample, type PeopleChange, PeopleRepository } from '../../src/main/people/repository.ts';
import { PeopleViews } from '../../src/main/people/service.ts';
import { GOOD_QUALITY } from '../support/quality.ts';

const MANY = 10_000;
const model = { id: 'random-vectors', sha256: '0'.repeat(64) };

function sample(index: number): NewSample {
  const vector = new Float32Array(512);
  vector[index % 512] = 0.8;
  vector[(index * 7 + 1) % 512] += 0.6;
  const length = Math.hypot(...vector);
  return {
    source: 'file',
    pose: null,
    quality: GOOD_QUALITY,
    pictureSha256: null,
    embedding: vector.map((x) => x / length),
    pictures: { portrait: null, aligned: null },
  };
}

let folder: string;
let people: PeopleRepository;
let views: PeopleViews;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lintel-many-'));
  people = await PeopleRepository.open({ folder, gallery: new Gallery(), model });
  views = new PeopleViews(people, await CheckInLog.open({ folder }), () => 0.3);
  const changes = Array.from({ length: MANY }, (_, i): PeopleChange => {
    const name = `Người ${String((i * 7919) % MANY).padStart(5, '0')}`;
    return {
      kind: 'add',
      name,
      externalId: String(i),
      group: i % 2 === 0 ? 'Ngày' : 'Đêm',
      consentAt: 1,
      samples: [sample(i)],
    };
  });
  await people.save(changes);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('10,000 people are listed by name and found by words without accents, and a change shows at once', async () => {
  const all = views.search('');
  expect(all).toHaveLength(MANY);
  expect(all[0]?.name).toBe('Người 00000');
  expect(all.at(-1)?.name).toBe('Người 09999');
  expect(views.search('NGUOI dem')).toHaveLength(MANY / 2);
  expect(views.search('nguoi 00042').map(({ name }) => name)).toEqual(['Người 00042']);
  const person = views.search('00042')[0]!;
  await people.edit(person.id, { name: 'Ada', externalId: null, group: null });
  expect(views.search('ada').map(({ id }) => id)).toEqual([person.id]);
  expect(views.search('00042')).toEqual([]);
  expect(views.search('')[0]?.name).toBe('Ada');
  await people.remove(person.id);
  expect(views.search('')).toHaveLength(MANY - 1);
});

it('a page of the list reads no picture but those of the page', async () => {
  const read: string[] = [];
  const { pictures } = people;
  const url = pictures.url.bind(pictures);
  pictures.url = (id) => {
    read.push(id);
    return url(id);
  };
  const page = views.search('').slice(5000, 5050);
  await Promise.all(page.map((person) => views.summary(person)));
  expect(read).toHaveLength(50);
});
