import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CheckInLog } from '../../src/main/attendance/log.ts';
import { dayOf } from '../../src/main/attendance/rules.ts';
import { Gallery } from '../../src/main/gallery/gallery.ts';
import { unpackVector } from '../../src/main/gallery/gallery.ts';
import { PeopleRepository } from '../../src/main/people/repository.ts';
import { Operator } from '../../src/main/server/operator.ts';
import { bundle } from '../support/bundle.ts';
import { fastWall, isPin, PINS, TEST_MODEL, type Told } from '../support/kiosk-child.ts';

/** LINTEL_KILL_ROUNDS=100 for the proof; fewer in every run of the tests. */
const ROUNDS = Number(process.env['LINTEL_KILL_ROUNDS'] ?? 8);

let child: string;
let folder: string;
beforeAll(async () => {
  child = await bundle('tests/support/kiosk-child.ts');
  folder = await mkdtemp(join(tmpdir(), 'lintel-kiosk-kill-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** @param until and not before something of this kind was told */
async function killedAfter(ms: number, until?: Told['told']): Promise<Told[]> {
  const running = fork(child, ['kiosk-work', folder], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const told: Told[] = [];
  running.on('message', (message) => told.push(message as Told));
  const gone = once(running, 'close');
  await Promise.race([once(running, 'message'), gone]);
  expect(told[0], 'the kiosk opens what the last kill left').toEqual({ told: 'ready' });
  await new Promise((done) => setTimeout(done, ms));
  while (until !== undefined && !told.some((one) => one.told === until)) await once(running, 'message');
  running.kill('SIGKILL');
  const [, signal] = (await gone) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return told;
}

it(
  `the stores of a kiosk, killed ${ROUNDS} times: what was acknowledged is there, the gallery equals the disk`,
  async () => {
    const firstDay = dayOf(Date.now());
    const samples = new Map<string, number>();
    const gone = new Map<string, string>();
    const checkedIn = new Set<string>();
    /** What the PIN may be: one, or two where the change was not acknowledged any more. */
    let pins: string[] = [];
    let pinChanges = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const told = await killedAfter(Math.random() ** 2 * 500, round === ROUNDS - 1 ? 'changed-pin' : undefined);
      let removing: { personId: string; name: string } | null = null;
      for (const message of told) {
        if (message.told === 'saved') samples.set(message.personId, message.samples);
        if (message.told === 'removing') removing = message;
        if (message.told === 'removed' && removing !== null) {
          gone.set(message.personId, removing.name);
          samples.delete(message.personId);
          removing = null;
        }
        if (message.told === 'checked-in') checkedIn.add(message.id);
        // Who begins to change it knew the one it was.
        if (message.told === 'changing-pin')
          pins = PINS.filter((pin) => pin !== message.pin).concat(message.pin as never);
        if (message.told === 'changed-pin') {
          pins = [message.pin];
          pinChanges++;
        }
      }
      const operator = await Operator.open({ folder, wall: fastWall });
      expect(operator.notices).toEqual([]);
      if (pins.length > 0) {
        const right: boolean[] = [];
        for (const pin of pins) right.push(await isPin(operator, pin));
        expect(right.filter(Boolean)).toHaveLength(1);
      }

      const gallery = new Gallery();
      const people = await PeopleRepository.open({ folder, gallery, model: TEST_MODEL });
      expect(people.notices).toEqual([]);
      // A removal that was under way may have become durable before it could be told.
      if (removing !== null && people.find(removing.personId) === undefined) {
        gone.set(removing.personId, removing.name);
        samples.delete(removing.personId);
      }
      for (const [id, count] of samples) expect(people.find(id)?.samples.length).toBeGreaterThanOrEqual(count);
      for (const id of gone.keys()) expect(people.find(id)).toBeUndefined();
      // At most one save was under way.
      expect(people.size - samples.size).toBeLessThanOrEqual(round + 1);

      expect(gallery.size).toBe(people.size);
      for (const person of people.all()) {
        const { template } = person;
        expect(template).not.toBeNull();
        if (template !== null) expect(gallery.get(person.id)).toEqual(unpackVector(template.vector));
      }
      // Every sample has its pictures, and there are no others. Only where there was no people.json yet, killed within the
      // very first save, pictures are left alone: without the file nobody can say that they belong to no one.
      const all = people.all().flatMap((person) => person.samples.map((sample) => sample.id));
      if (people.size > 0) expect(await people.pictures.count()).toBe(all.length);
      for (const id of all) expect(await people.pictures.url(id)).not.toBeNull();
      // Whoever was removed is in no generation.
      for (const file of ['people.json', 'people.json.bak']) {
        const text = people.size === 0 ? '' : await readFile(join(folder, file), 'utf8');
        for (const name of gone.values()) expect(text.includes(name)).toBe(false);
      }
      const checkIns = await CheckInLog.open({ folder });
      const onDisk = new Set<string>();
      for (const day of new Set([firstDay, dayOf(Date.now())]))
        for (const checkIn of await checkIns.forDay(day)) onDisk.add(checkIn.id);
      expect([...checkedIn].filter((id) => !onDisk.has(id))).toEqual([]);
    }
    expect(samples.size + gone.size).toBeGreaterThan(0);
    expect(checkedIn.size).toBeGreaterThan(0);
    expect(pinChanges).toBeGreaterThan(0);
  },
  60_000 + ROUNDS * 5000,
);
