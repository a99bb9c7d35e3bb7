/** `lintel people show|edit|merge|duplicates|different|revoke|remove-sample` */
import type { Person } from '../../../shared/domain.ts';
import type { Desk } from './desk.ts';
import { printable, type Answer } from './terminal.ts';

/** A person as a script gets them: everything but the pictures. */
const plain = (person: Person) => ({
  ...person,
  picture: undefined,
  sampleList: person.sampleList.map((sample) => ({ ...sample, picture: undefined })),
});

const day = (at: number | null): string => (at === null ? 'never' : new Date(at).toISOString().slice(0, 10));

function lines(person: Person): string[] {
  const { id, name, externalId, group, ready, samples, consentAt, lastSeenAt, sampleList } = person;
  return [
    `${id}  ${printable(name)}`,
    `  external id ${printable(externalId ?? '-')}, group ${printable(group ?? '-')}`,
    `  consent ${consentAt === null ? 'taken back or not given' : `of ${day(consentAt)}`}, last seen ${day(lastSeenAt)}`,
    ...(ready
      ? []
      : [`  can not be recognised: ${samples === 0 ? 'no face data' : 'enroll again for the model in use'}`]),
    ...sampleList.map(
      ({ id: sample, addedAt, pose, source, quality, similarity, outlier }) =>
        `  ${sample}  ${day(addedAt)}  ${pose ?? source}  quality ${quality.score.toFixed(2)}` +
        `${similarity === null ? '' : `  similarity ${similarity.toFixed(3)}`}` +
        `${outlier ? '  DOES NOT FIT the others' : ''}`,
    ),
  ];
}

const answer = (person: Person): Answer => ({ json: { person: plain(person) }, text: lines(person) });

export const showPerson = async (desk: Desk, id: string): Promise<Answer> => answer(await desk.person(id));

export interface Edit {
  readonly name?: string;
  readonly externalId?: string;
  readonly group?: string;
}

/** What is not named stays as it is; an empty external id or group is taken away. */
export async function editPerson(desk: Desk, id: string, edit: Edit): Promise<Answer> {
  const { name, externalId, group } = await desk.person(id);
  return answer(
    await desk.editPerson(id, {
      name: edit.name ?? name,
      externalId: edit.externalId ?? externalId,
      group: edit.group ?? group,
    }),
  );
}

export const removeSample = async (desk: Desk, id: string, sampleId: string): Promise<Answer> =>
  answer(await desk.removeSample(id, sampleId));

export const mergePeople = async (desk: Desk, keep: string, other: string): Promise<Answer> =>
  answer(await desk.mergePeople(keep, other));

export async function duplicates(desk: Desk): Promise<Answer> {
  const pairs = (await desk.duplicates()).map(({ a, b, similarity, threshold }) => ({
    a: { id: a.id, name: a.name },
    b: { id: b.id, name: b.name },
    similarity,
    threshold,
  }));
  return {
    json: { pairs },
    text: [
      ...pairs.map(
        ({ a, b, similarity }) =>
          `${similarity.toFixed(3)}  ${a.id} ${printable(a.name)}  |  ${b.id} ${printable(b.name)}`,
      ),
      `${pairs.length} ${pairs.length === 1 ? 'pair looks' : 'pairs look'} alike`,
    ],
  };
}

export async function markDifferent(desk: Desk, a: string, b: string): Promise<Answer> {
  await desk.markDifferent(a, b);
  return { json: { different: [a, b] }, text: ['They will not be shown as look-alikes again.'] };
}

export async function revoke(desk: Desk, id: string, attendance: 'keep' | 'anonymise'): Promise<Answer> {
  await desk.revoke(id, attendance);
  return {
    json: { revoked: id, attendance },
    text: [
      attendance === 'keep'
        ? 'Face data and pictures were erased; the name and the check-ins are kept.'
        : 'Face data, pictures and the name were erased; the check-ins are kept without a name.',
    ],
  };
}
