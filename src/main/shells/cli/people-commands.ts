/** The commands below `lintel people`. What they do is in persons.ts and records.ts. */
import type { Command } from 'commander';
import type { Desk } from './desk.ts';
import {
  duplicates,
  editPerson,
  markDifferent,
  mergePeople,
  removeSample,
  revoke,
  showPerson,
  type Edit,
} from './persons.ts';
import { removePerson } from './records.ts';
import type { Answer } from './terminal.ts';

export interface PeopleCommandParts {
  readonly add: (parent: Command, usage: string, description: string) => Command;
  /** Runs with a desk that is opened for it, by the options of the command and those above it. */
  readonly atDesk: (command: Command, write: boolean, work: (desk: Desk) => Promise<Answer>) => Promise<void>;
  readonly parseFate: (text: string) => 'keep' | 'anonymise';
}

export function addPeopleCommands(people: Command, { add, atDesk, parseFate }: PeopleCommandParts): void {
  add(people, 'show <id>', 'a person with every sample, how good it is and how well it fits the others').action(
    (id: string, _options: unknown, command: Command) => atDesk(command, false, (desk) => showPerson(desk, id)),
  );
  add(people, 'edit <id>', 'change name, external id or group; what is not named stays')
    .option('--name <name>', 'the name')
    .option('--external-id <id>', 'number or code in another system; "" takes it away')
    .option('--group <group>', 'the group; "" takes it away')
    .action((id: string, edit: Edit, command: Command) => atDesk(command, true, (desk) => editPerson(desk, id, edit)));
  add(people, 'remove <id>', 'remove a person, with all samples and pictures').action(
    (id: string, _options: unknown, command: Command) => atDesk(command, true, (desk) => removePerson(desk, id)),
  );
  add(people, 'remove-sample <id> <sample>', 'remove one sample for good; the last one stays').action(
    (id: string, sample: string, _options: unknown, command: Command) =>
      atDesk(command, true, (desk) => removeSample(desk, id, sample)),
  );
  add(people, 'revoke <id>', 'erase face data and pictures, because the consent was taken back')
    .requiredOption(
      '--attendance <keep|anonymise>',
      'keep: the name and its check-ins stay. anonymise: the check-ins stay without a name',
      parseFate,
    )
    .action((id: string, { attendance }: { attendance: 'keep' | 'anonymise' }, command: Command) =>
      atDesk(command, true, (desk) => revoke(desk, id, attendance)),
    );
  add(people, 'duplicates', 'pairs of people whose faces look alike, most alike first').action(
    (_options: unknown, command: Command) => atDesk(command, false, duplicates),
  );
  add(
    people,
    'merge <keep> <other>',
    'two entries of one person: the first gets samples and check-ins of the second',
  ).action((keep: string, other: string, _options: unknown, command: Command) =>
    atDesk(command, true, (desk) => mergePeople(desk, keep, other)),
  );
  add(people, 'different <a> <b>', 'two people who only look alike: not shown as duplicates again').action(
    (a: string, b: string, _options: unknown, command: Command) =>
      atDesk(command, true, (desk) => markDifferent(desk, a, b)),
  );
}
