/** `lintel people`, `lintel people remove ID`, `lintel log [--day YYYY-MM-DD]` */
import type { Desk } from './desk.ts';
import { printable, type Answer } from './terminal.ts';

export async function people(desk: Desk): Promise<Answer> {
  const renewable = await desk.renewable();
  const all = (await desk.people()).map(({ id, name, externalId, group, samples, ready, createdAt, lastSeenAt }) => ({
    id,
    name,
    externalId,
    group,
    samples,
    ready,
    createdAt,
    lastSeenAt,
  }));
  return {
    json: { people: all },
    text: [
      ...all.map(
        ({ id, name, samples, ready }) =>
          `${id}  ${printable(name)}  ${samples} samples${ready ? '' : samples === 0 ? '  (no face data)' : renewable.has(id) ? '  (made with another model: made again from the kept pictures when the kiosk next starts)' : '  (enroll again: made with another model, and no pictures are kept)'}`,
      ),
      `${all.length} ${all.length === 1 ? 'person' : 'people'}`,
    ],
  };
}

export async function removePerson(desk: Desk, id: string): Promise<Answer> {
  await desk.removePerson(id);
  return { json: { removed: id }, text: [`${printable(id)} was removed, with all samples and pictures.`] };
}

export async function log(desk: Desk, day: string | null): Promise<Answer> {
  const found = await desk.log(day);
  return {
    json: found,
    text: [
      ...found.checkIns.map(
        ({ at, name, direction }) =>
          `${new Date(at).toLocaleTimeString('en-GB')}  ${direction.padEnd(3)}  ${printable(name)}`,
      ),
      `${found.checkIns.length} check-ins on ${found.day}`,
    ],
  };
}
