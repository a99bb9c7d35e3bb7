/** `lintel people`, `lintel people remove ID`, `lintel log [--day YYYY-MM-DD]` */
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { Person, Turn } from '../../../shared/domain.ts';
import type { ImportResult } from '../../people/import.ts';
import { passedOverLines, readPeopleFolder, readPicture, turnedBy } from './recognise.ts';
import type { Kiosk } from '../../server/kiosk.ts';
import { type Answer, MODELS_FIRST, note, printable, startProgress, STOPPED, type Terminal } from './terminal.ts';

const MODEL_UNKNOWN = 'which model is in use is not known: see "lintel doctor"';

export async function people(kiosk: Kiosk): Promise<Answer> {
  const renewable = await kiosk.people.renewable();
  const unready = (id: string): string => {
    if (kiosk.people.model === null) return MODEL_UNKNOWN;
    return renewable.has(id)
      ? 'made with another model: made again from the kept pictures when the kiosk next starts'
      : 'enroll again: made with another model, and no pictures are kept';
  };
  const all = (await kiosk.peopleService.list()).map(
    ({ id, name, externalId, group, samples, ready, createdAt, lastSeenAt }) => ({
      id,
      name,
      externalId,
      group,
      samples,
      ready,
      createdAt,
      lastSeenAt,
    }),
  );
  return {
    json: { people: all },
    text: [
      ...all.map(
        ({ id, name, samples, ready }) =>
          `${id}  ${printable(name)}  ${samples} samples${ready ? '' : `  (${samples === 0 ? 'no face data' : unready(id)})`}`,
      ),
      `${all.length} ${all.length === 1 ? 'person' : 'people'}`,
    ],
  };
}

async function removePerson(kiosk: Kiosk, id: string): Promise<Answer> {
  await kiosk.peopleService.remove(id);
  return { json: { removed: id }, text: [`${printable(id)} was removed, with all samples and pictures.`] };
}

export async function log(kiosk: Kiosk, day: string | null): Promise<Answer> {
  const found = await kiosk.checkInService.log(day);
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

// `lintel people show|edit|merge|duplicates|different|revoke|remove-sample`

/** A person as a script gets them: everything but the pictures. */
const plain = (person: Person) => ({
  ...person,
  picture: undefined,
  sampleList: person.sampleList.map((sample) => ({ ...sample, picture: undefined })),
});

const day = (at: number | null): string => (at === null ? 'never' : new Date(at).toISOString().slice(0, 10));

function lines(kiosk: Kiosk, person: Person): string[] {
  const { id, name, externalId, group, ready, samples, consentAt, lastSeenAt, sampleList } = person;
  const unready = kiosk.people.model === null ? MODEL_UNKNOWN : 'enroll again for the model in use';
  return [
    `${id}  ${printable(name)}`,
    `  external id ${printable(externalId ?? '-')}, group ${printable(group ?? '-')}`,
    `  consent ${consentAt === null ? 'taken back or not given' : `of ${day(consentAt)}`}, last seen ${day(lastSeenAt)}`,
    ...(ready ? [] : [`  can not be recognised: ${samples === 0 ? 'no face data' : unready}`]),
    ...sampleList.map(
      ({ id: sample, addedAt, pose, source, quality, similarity, outlier }) =>
        `  ${sample}  ${day(addedAt)}  ${pose ?? source}  quality ${quality.score.toFixed(2)}` +
        `${similarity === null ? '' : `  similarity ${similarity.toFixed(3)}`}` +
        `${outlier ? '  DOES NOT FIT the others' : ''}`,
    ),
  ];
}

const answer = async (kiosk: Kiosk, asked: Promise<Person>): Promise<Answer> => {
  const person = await asked;
  return { json: { person: plain(person) }, text: lines(kiosk, person) };
};

const showPerson = (kiosk: Kiosk, id: string): Promise<Answer> => answer(kiosk, kiosk.peopleService.get(id));

interface Edit {
  readonly name?: string;
  readonly externalId?: string;
  readonly group?: string;
}

/** What is not named stays as it is; an empty external id or group is taken away. */
async function editPerson(kiosk: Kiosk, id: string, edit: Edit): Promise<Answer> {
  const { name, externalId, group } = await kiosk.peopleService.get(id);
  return answer(
    kiosk,
    kiosk.peopleService.edit(id, {
      name: edit.name ?? name,
      externalId: edit.externalId ?? externalId,
      group: edit.group ?? group,
    }),
  );
}

const removeSample = (kiosk: Kiosk, id: string, sampleId: string): Promise<Answer> =>
  answer(kiosk, kiosk.peopleService.removeSample(id, sampleId));

const mergePeople = (kiosk: Kiosk, keep: string, other: string): Promise<Answer> =>
  answer(kiosk, kiosk.peopleService.merge(keep, other));

/** Pairs of people who look alike, as `people duplicates` says them. */
export const duplicatesOf = async (kiosk: Kiosk) =>
  (await kiosk.peopleService.duplicates()).map(({ a, b, ...pair }) => ({
    a: { id: a.id, name: a.name },
    b: { id: b.id, name: b.name },
    ...pair,
  }));

async function duplicates(kiosk: Kiosk): Promise<Answer> {
  const pairs = await duplicatesOf(kiosk);
  return {
    json: { pairs },
    text: [
      ...pairs.map(
        ({ a, b, similarity, ambiguous }) =>
          `${similarity.toFixed(3)}  ${a.id} ${printable(a.name)}  |  ${b.id} ${printable(b.name)}` +
          (ambiguous === null ? '' : `  not told apart at the door: ${ambiguous.times} times`),
      ),
      `${pairs.length} ${pairs.length === 1 ? 'pair looks' : 'pairs look'} alike`,
    ],
  };
}

async function markDifferent(kiosk: Kiosk, a: string, b: string): Promise<Answer> {
  await kiosk.peopleService.markDifferent(a, b);
  return { json: { different: [a, b] }, text: ['They will not be shown as look-alikes again.'] };
}

async function revoke(kiosk: Kiosk, id: string, attendance: 'keep' | 'anonymise'): Promise<Answer> {
  await kiosk.peopleService.revoke(id, attendance);
  return {
    json: { revoked: id, attendance },
    text: [
      attendance === 'keep'
        ? 'Face data and pictures were erased; the name and the check-ins are kept.'
        : 'Face data, pictures and the name were erased; the check-ins are kept without a name.',
    ],
  };
}

// What an operator has to decide after people were brought in, the same for every command that does.

interface Pair {
  readonly a: { readonly id: string; readonly name: string };
  readonly b: { readonly id: string; readonly name: string };
  readonly similarity: number;
}

/** Which of those brought in look like somebody else who is enrolled; each pair once. */
export function lookAlikesOf(results: readonly ImportResult[]): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const { id, name, lookAlikes } of results)
    for (const { id: other, name: named, similarity } of id === null ? [] : lookAlikes) {
      const [a, b] = [
        { id: id ?? '', name },
        { id: other, name: named },
      ];
      const key = [a.id, b.id].sort().join(' ');
      if (!pairs.has(key)) pairs.set(key, { a, b, similarity });
    }
  return [...pairs.values()].sort((one, two) => two.similarity - one.similarity);
}

/** Pictures that look like somebody else, and people who do: what is to be done. */
export function adviceOn(results: readonly ImportResult[]): string[] {
  const misfits = results.flatMap(({ rejected }) => rejected).filter(({ code }) => code === 'pictures-differ').length;
  return [
    ...(misfits === 0
      ? []
      : [
          `${misfits} ${misfits === 1 ? 'picture looks' : 'pictures look'} like somebody else and ${misfits === 1 ? 'was' : 'were'} not used.` +
            ' Take them out; or, if you are sure that they show the person, say so with --even-if-different.',
        ]),
    ...adviceOnPairs(lookAlikesOf(results)),
  ];
}

/** People who look alike: who they are, and what is to be done. */
export function adviceOnPairs(pairs: readonly Pair[]): string[] {
  return [
    ...pairs.map(
      ({ a, b, similarity }) =>
        `look alike, similarity ${similarity.toFixed(3)}: ${a.id} ${printable(a.name)}  |  ${b.id} ${printable(b.name)}`,
    ),
    ...(pairs.length === 0
      ? []
      : [
          'People who look alike may not be told apart at the door. One person twice: "people merge KEEP OTHER". A mistake:' +
            ' "people remove ID". Two people, such as relatives: "people different A B", and add pictures of both.',
        ]),
  ];
}

// `lintel enroll FOLDER`

interface Enrolled {
  readonly id: string | null;
  readonly name: string;
  readonly samples: number;
  readonly turned: readonly { readonly file: string; readonly turned: Turn }[];
  readonly rejected: readonly { readonly file: string; readonly code: string; readonly reason: string }[];
}

/** Everybody of a folder, as `import` reads it. People are saved in batches, and whole: stopped half-way, start it again. */
export async function enroll(
  kiosk: Kiosk,
  terminal: Terminal,
  folder: string,
  { evenIfDifferent = false }: { readonly evenIfDifferent?: boolean } = {},
): Promise<Answer> {
  const { folder: from, people: planned, problems, passedOver } = await readPeopleFolder(terminal, folder);
  const consentAt = Date.now();
  const total = planned.reduce((sum, { files }) => sum + files.length, 0);
  const asTyped = <T extends { readonly file: string }>(one: T): T => ({ ...one, file: join(from, one.file) });
  const progress = startProgress(terminal, 'enrolling', total, MODELS_FIRST);
  const done: ImportResult[] = [];
  try {
    const everybody = planned.map(({ files, ...person }) => ({
      ...person,
      consentAt,
      pictures: files.map((file) => ({ file, read: () => readPicture(terminal.cwd, join(from, file)) })),
    }));
    const options = { signal: terminal.interrupted, onPicture: () => progress.step(), evenIfDifferent };
    for await (const one of kiosk.imports.run(everybody, options)) done.push(one);
  } finally {
    progress.stop();
  }
  const people: Enrolled[] = done.map(({ id, name, samples, turned, rejected }) => {
    const reported = rejected.map(({ file, code, reason }) => asTyped({ file, code, reason }));
    return { id, name, samples, turned: turned.map(asTyped), rejected: reported };
  });
  const stopped = people.length < planned.length;
  if (stopped) note(terminal, STOPPED);
  const enrolled = people.filter(({ id }) => id !== null);
  return {
    json: {
      people,
      problems: problems.map(asTyped),
      passedOver: passedOver.map((path) => join(from, path)),
      lookAlikes: lookAlikesOf(done),
      stopped,
    },
    text: [
      ...people.flatMap(({ name, samples, turned, rejected, id }) => [
        `${printable(name)}: ${id === null ? 'not enrolled, no picture could be used' : `${samples} samples`}`,
        ...turned.map((one) => `  ${printable(one.file)}${turnedBy(one.turned)}`),
        ...rejected.map(({ file, reason }) => `  ${printable(file)}: ${reason}`),
      ]),
      ...problems.map(({ file, reason }) => `  ${printable(join(from, file))}: ${reason}`),
      ...passedOverLines(passedOver),
      ...adviceOn(done),
      `${enrolled.length} of ${planned.length} people enrolled`,
    ],
    failed: stopped || enrolled.length === 0,
  };
}

/** Text that is kept as it was typed: what the terminal sends in another way than UTF-8 comes with letters lost. */
export function parseText(text: string): string {
  if (text.includes('\ufffd')) throw new InvalidArgumentError('It is not UTF-8: letters of it are lost.');
  return text;
}

// The commands below `lintel people`.

interface PeopleCommandParts {
  readonly add: (parent: Command, usage: string, description: string) => Command;
  /** Runs with a kiosk that is opened for it, by the options of the command and those above it. */
  readonly withKiosk: (command: Command, write: boolean, work: (kiosk: Kiosk) => Promise<Answer>) => Promise<void>;
  readonly parseFate: (text: string) => 'keep' | 'anonymise';
}

export function addPeopleCommands(people: Command, { add, withKiosk, parseFate }: PeopleCommandParts): void {
  add(people, 'show <id>', 'a person with every sample, how good it is and how well it fits the others').action(
    (id: string, _options: unknown, command: Command) => withKiosk(command, false, (kiosk) => showPerson(kiosk, id)),
  );
  add(people, 'edit <id>', 'change name, external id or group; what is not named stays')
    .option('--name <name>', 'the name', parseText)
    .option('--external-id <id>', 'number or code in another system; "" takes it away', parseText)
    .option('--group <group>', 'the group; "" takes it away', parseText)
    .action((id: string, edit: Edit, command: Command) =>
      withKiosk(command, true, (kiosk) => editPerson(kiosk, id, edit)),
    );
  add(people, 'remove <id>', 'remove a person, with all samples and pictures').action(
    (id: string, _options: unknown, command: Command) => withKiosk(command, true, (kiosk) => removePerson(kiosk, id)),
  );
  add(people, 'remove-sample <id> <sample>', 'remove one sample for good; the last one stays').action(
    (id: string, sample: string, _options: unknown, command: Command) =>
      withKiosk(command, true, (kiosk) => removeSample(kiosk, id, sample)),
  );
  add(people, 'revoke <id>', 'erase face data and pictures, because the consent was taken back')
    .requiredOption(
      '--attendance <keep|anonymise>',
      'keep: the name and its check-ins stay. anonymise: the check-ins stay without a name',
      parseFate,
    )
    .action((id: string, { attendance }: { attendance: 'keep' | 'anonymise' }, command: Command) =>
      withKiosk(command, true, (kiosk) => revoke(kiosk, id, attendance)),
    );
  add(people, 'duplicates', 'pairs of people whose faces look alike, most alike first').action(
    (_options: unknown, command: Command) => withKiosk(command, false, duplicates),
  );
  add(
    people,
    'merge <keep> <other>',
    'two entries of one person: the first gets samples and check-ins of the second',
  ).action((keep: string, other: string, _options: unknown, command: Command) =>
    withKiosk(command, true, (kiosk) => mergePeople(kiosk, keep, other)),
  );
  add(people, 'different <a> <b>', 'two people who only look alike: not shown as duplicates again').action(
    (a: string, b: string, _options: unknown, command: Command) =>
      withKiosk(command, true, (kiosk) => markDifferent(kiosk, a, b)),
  );
}
