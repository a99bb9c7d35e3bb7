/** `correct --at`: a time as somebody types it is taken, or refused for what is the matter with it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Gallery, DIMENSIONS } from '../../src/main/gallery/gallery.ts';
import { PeopleRepository } from '../../src/main/people/repository.ts';
import { runCommand } from '../support/terminal.ts';

let folder: string;
let person: string;
const run = (...args: string[]) => runCommand(folder, [...args, '--json']);
const at = (time: string) =>
  run('correct', 'add', '--person', person, '--direction', 'in', '--reason', 'x', '--at', time);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-correct-'));
  const people = await PeopleRepository.open({
    folder: join(folder, 'data'),
    gallery: new Gallery(DIMENSIONS),
    model: { id: 'm', sha256: 'a'.repeat(64) },
  });
  const add = { kind: 'add' as const, name: 'Ada', externalId: null, group: null, consentAt: 1, samples: [] };
  [person] = (await people.save([add])).map(({ id }) => id) as [string];
  await people.close();
  await run('settings', 'set', 'timeZone', 'Europe/Berlin');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['2026-01-24T24:00', '2026-01-24T23:00:00Z'],
  ['2026-01-24 08:00:30', '2026-01-24T07:00:30Z'],
  ['2026-01-24T08:00+07:00', '2026-01-24T01:00:00Z'],
  ['2025-10-26T02:30+01:00', '2025-10-26T01:30:00Z'],
])('%s is written as %s', async (time, moment) => {
  expect(await at(time)).toMatchObject({ code: 0, json: { at: Date.parse(moment) } });
});

test('of a time that came twice the first is taken, which is said; the report has it', async () => {
  const { code, json, stderr } = await at('2025-10-26T02:30');
  expect({ code, at: json.at }).toEqual({ code: 0, at: Date.parse('2025-10-26T00:30:00Z') });
  expect(json.notice).toMatchObject({ code: 'time-twice' });
  expect(stderr).toContain('came twice');
  const { json: report } = await run('attendance', '--from', '2025-10-26', '--person', person);
  expect(report.events.map((event: { at: number }) => event.at)).toContain(Date.parse('2025-10-26T00:30:00Z'));
});

test.each([
  ['2025-03-30T02:30', 1, /did not exist/],
  ['9999-12-31T08:00', 1, /has not come/],
  ['1969-12-31T08:00', 2, /1969-12-31 is too long ago.*1970/],
  ['2026-02-30T08:00', 2, /not a day/],
  ['2026-01-24T25:00', 2, /No clock shows 25:00/],
  ['2026-01-24T23:59:60', 2, /No clock shows 23:59:60/],
  ['2026-01-24T08:00+99:00', 2, /\+99:00 is not an offset/],
  ['tomorrow', 2, /not a time/],
])('%s is refused for what it is', async (time, code, why) => {
  const ran = await at(time);
  expect(ran.code).toBe(code);
  expect(ran.stderr).toMatch(why);
  expect(ran.stderr).not.toMatch(/inside Lintel|reason, of at most/);
});

test('days are read by the same rules, to the end of the calendar', async () => {
  for (const [day, code] of [
    ['2026-02-30', 2],
    ['1969-12-31', 2],
    ['9999-12-31', 0],
    ['1970-01-01', 0],
  ] as const)
    for (const args of [
      ['log', '--day', day],
      ['attendance', '--from', day],
    ])
      expect(await run(...args), args.join(' ')).toMatchObject({ code });
});

test('text that the terminal did not send in UTF-8 is refused, never kept with letters lost', async () => {
  const lost = 'B\ufffdro';
  for (const args of [
    ['correct', 'add', '--person', person, '--direction', 'in', '--at', '2026-01-24T08:00', '--reason', lost],
    ['correct', 'void', 'a_000000000000', '--reason', lost],
    ['people', 'edit', person, '--name', lost],
    ['people', 'edit', person, '--group', lost],
    ['people', 'edit', person, '--external-id', lost],
    ['settings', 'set', 'kioskName', lost],
    ['settings', 'set', 'greeting', lost],
  ]) {
    const { code, stderr } = await run(...args);
    expect({ args, code }).toEqual({ args, code: 2 });
    expect(stderr).toContain('UTF-8');
  }
});

test('attendance of somebody who is not there is no empty report', async () => {
  for (const id of ['p_nobody', '__proto__', ''])
    expect(await run('attendance', '--person', id)).toMatchObject({ code: 1, json: { error: { code: 'not-found' } } });
  expect(await run('attendance', '--person', person, '--from', '2024-01-01')).toMatchObject({ code: 0 });
});

test('a list in windows-1252 and in UTF-16 is planned with its letters, and what was assumed is said', async () => {
  mkdirSync(join(folder, 'lists', 'img'), { recursive: true });
  writeFileSync(join(folder, 'lists', 'img', 'M\u00fcller.jpg'), Buffer.from('ffd8ffe0', 'hex'));
  const table = 'id;name;group;image\r\n7;Jan\u00e9 M\u00fcller;A;img/M\u00fcller.jpg\r\n';
  writeFileSync(join(folder, 'lists', 'data.csv'), Buffer.from(table, 'latin1'));
  const old = await run('import', 'lists', '--plan');
  expect(old.json).toMatchObject({
    people: [{ name: 'Jan\u00e9 M\u00fcller', files: ['img/M\u00fcller.jpg'] }],
    assumed: { code: 'text-assumed', params: { encoding: 'windows-1252' } },
  });
  expect(old.stderr).toContain('Western European (windows-1252)');
  writeFileSync(join(folder, 'lists', 'data.csv'), Buffer.from(`\ufeff${table.replaceAll(';', '\t')}`, 'utf16le'));
  const { json } = await run('import', 'lists', '--plan');
  expect(json).toMatchObject({
    people: [{ name: 'Jan\u00e9 M\u00fcller', files: ['img/M\u00fcller.jpg'] }],
    problems: [],
  });
  expect(json.assumed).toBeUndefined();
});
