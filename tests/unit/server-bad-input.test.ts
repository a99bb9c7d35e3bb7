/** What the kiosk says of an input it refuses. */
import { expect, test } from 'vitest';
import { badInput } from '../../src/main/server/connection.ts';
import { calls } from '../../src/shared/calls.ts';

const fieldOf = (name: keyof typeof calls, input: unknown): unknown => {
  const schema = calls[name].input;
  const parsed = schema.safeParse(input);
  if (parsed.success) throw new Error('it was taken');
  return badInput(parsed.error, schema).params?.['field'];
};
const fields = { name: 'Ada', externalId: null, group: null };
const schedule = { start: '08:00', graceMinutes: -1, workdays: [], dayStartsAt: '00:00' };

test.each([
  ['a field', 'listPeople', { limit: 0 }, 'limit'],
  ['a field inside', 'updateSettings', { votes: { needed: 0, of: 5, withinMs: 500 } }, 'votes.needed'],
  [
    'an entry of a list',
    'importPeople',
    { consentAt: 1, people: [{ ...fields, pictures: [{ name: 1 }] }] },
    'people.0.pictures.0.name',
  ],
  ['one of several kinds', 'addCorrection', { kind: 'void', reason: 'x', target: '' }, 'target'],
  ['no field at all', 'getPerson', 'Ada', ''],
  [
    'a key that somebody made up: the group is not named',
    'updateSettings',
    { schedules: { 'Night shift': schedule } },
    'schedules',
  ],
] as const)('%s', (_what, name, input, field) => {
  expect(fieldOf(name, input)).toBe(field);
});
