import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { foldersOf, readPersonFile } from '../../src/main/people/export.ts';
import { importPlan } from '../../src/main/people/import-plan.ts';
import type { PersonRecord } from '../../src/main/people/records.ts';

const files = (...names: string[]): string[] => names;
const reasons = (plan: ReturnType<typeof importPlan>): Record<string, string> =>
  Object.fromEntries(plan.problems.map(({ file, reason }) => [file, reason]));

describe('a folder of folders', () => {
  it('is one person a sub-folder, in the order of their names, pictures as a person counts', () => {
    const plan = importPlan(files('Grace/10.jpg', 'Grace/2.jpg', 'Ada Lovelace/1.PNG', 'Ada Lovelace/.DS_Store'), null);
    expect(plan).toEqual({
      people: [
        { name: 'Ada Lovelace', externalId: null, group: null, files: ['Ada Lovelace/1.PNG'] },
        { name: 'Grace', externalId: null, group: null, files: ['Grace/2.jpg', 'Grace/10.jpg'] },
      ],
      problems: [],
    });
  });

  it('never mixes two people whose folders lie one too deep, and says what else it can not use', () => {
    const plan = importPlan(
      files('team/Ada/1.jpg', 'team/Bob/1.jpg', 'stray.jpg', 'Ada/notes.txt', '__MACOSX/Ada/1.jpg'),
      null,
    );
    expect(plan.people).toEqual([]);
    expect(Object.keys(reasons(plan))).toEqual(['team/Ada/1.jpg', 'team/Bob/1.jpg', 'stray.jpg', 'Ada/notes.txt']);
    expect(reasons(plan)['team/Ada/1.jpg']).toContain('too deep');
  });

  it('one name written in two ways is one person; a name that can not be one is said', () => {
    const plan = importPlan(
      files('Ren\u00e9/1.jpg', 'Rene\u0301/2.jpg', `${'x'.repeat(121)}/1.jpg`, 'evil\u202egpj/1.jpg'),
      null,
    );
    expect(plan.people).toMatchObject([{ name: 'Ren\u00e9', files: ['Ren\u00e9/1.jpg', 'Rene\u0301/2.jpg'] }]);
    expect(plan.problems).toHaveLength(2);
  });

  it('a name of which nothing is seen, or with half of a letter, is no name', () => {
    for (const name of ['\u200b', '\u2060\u00ad', '\u3164', '\u200f', 'half\ud83d'])
      expect(importPlan([`${name}/1.jpg`], null)).toMatchObject({ people: [], problems: [{ code: 'name-invalid' }] });
    const family = '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}';
    expect(importPlan([`${family}/1.jpg`], null).people).toMatchObject([{ name: family }]);
  });

  it('what can not be read is not counted, and says so', () => {
    const kindOf = (file: string) => (file.endsWith('1.jpg') ? ('JPEG' as const) : ('unreadable' as const));
    expect(importPlan(files('Ada/1.jpg', 'Ada/2.jpg', 'Bob/f\ufffdr.jpg'), null, kindOf)).toMatchObject({
      people: [{ name: 'Ada', files: ['Ada/1.jpg'] }],
      problems: [
        { file: 'Ada/2.jpg', code: 'file-unreadable' },
        { file: 'Bob/f\ufffdr.jpg', code: 'import-name-lost' },
      ],
    });
    const csv = 'name,image\nAda,Ada/1.jpg\nBob,Bob/2.jpg\n';
    expect(importPlan(files('Ada/1.jpg', 'Bob/2.jpg'), csv, kindOf)).toMatchObject({
      people: [{ name: 'Ada' }],
      problems: [{ file: 'data.csv, row 3', code: 'file-unreadable' }],
    });
  });

  it('takes as many pictures of one person as can be imported, and says which it left out', () => {
    const plan = importPlan(
      Array.from({ length: 205 }, (_, i) => `Ada/${i}.jpg`),
      null,
    );
    expect(plan.people[0]?.files).toHaveLength(199);
    expect(plan.problems.map(({ file }) => file)).toEqual([199, 200, 201, 202, 203, 204].map((i) => `Ada/${i}.jpg`));
  });
});

describe('a table', () => {
  it('has a row for each picture; titles in any case and order, with a byte order mark, or with semicolons', () => {
    const expected = {
      people: [
        { name: 'Ada', externalId: '0007', group: 'Engines', files: ['a/1.jpg', 'a/2.jpg'] },
        { name: 'Grace', externalId: null, group: null, files: ['g.png'] },
      ],
      problems: [],
    };
    const there = files('a/1.jpg', 'a/2.jpg', 'g.png');
    const comma =
      '\uFEFFImage,ID,Name,extra,GROUP\r\na/1.jpg,0007,Ada,,Engines\r\na\\2.jpg,0007,Ada,,\r\n./g.png,,Grace,,\r\n';
    expect(importPlan(there, comma)).toEqual(expected);
    const semicolon = 'id;name;group;image\n0007;Ada;Engines;a/1.jpg\n0007;Ada;;a/2.jpg\n;Grace;;G.PNG\n\n';
    expect(importPlan(there, semicolon)).toEqual(expected);
  });

  it('says row by row what it can not use', () => {
    const rows = [
      ['1', 'Ada', '', 'a.jpg'],
      ['1', 'Adam', '', 'b.jpg'],
      ['2', 'Bob', '', 'a.jpg'],
      ['3', 'Cy', '', '../secret.jpg'],
      ['3', 'Cy', '', '/etc/passwd.jpg'],
      ['3', 'Cy', '', 'C:\\x.jpg'],
      ['3', 'Cy', '', 'nowhere.jpg'],
      ['3', 'Cy', '', ''],
      ['4', '', '', 'b.jpg'],
      ['5', 'Di', '', 'notes.txt'],
    ];
    const plan = importPlan(
      files('a.jpg', 'b.jpg', 'c.jpg', 'notes.txt'),
      Papa.unparse({ fields: ['id', 'name', 'group', 'image'], data: rows }),
    );
    expect(plan.people).toEqual([{ name: 'Ada', externalId: '1', group: null, files: ['a.jpg'] }]);
    expect(plan.problems.map(({ file }) => file)).toEqual([
      ...[3, 4, 5, 6, 7, 8, 9, 10, 11].map((row) => `data.csv, row ${row}`),
      'b.jpg',
      'c.jpg',
    ]);
    for (const row of [5, 6, 7]) expect(reasons(plan)[`data.csv, row ${row}`]).toContain('must lie in the folder');
  });

  it('without a column it needs nobody is brought in', () => {
    const plan = importPlan(files('a.jpg'), 'id,picture\n1,a.jpg\n');
    expect(plan.people).toEqual([]);
    expect(plan.problems.map(({ reason }) => reason)).toEqual([
      'It has no column "name" in its first row.',
      'It has no column "image" in its first row.',
    ]);
    expect(importPlan([], '').people).toEqual([]);
  });

  it('a record goes with the one person whose pictures lie beside it, and with nobody when there are two', () => {
    const csv = 'id,name,group,image\n1,Ada,,ada/1.jpg\n2,Bob,,both/b.jpg\n3,Cy,,both/c.jpg\n';
    const plan = importPlan(files('ada/1.jpg', 'ada/lintel.json', 'both/b.jpg', 'both/c.jpg', 'both/lintel.json'), csv);
    expect(plan.people.map((person) => person.files)).toEqual([
      ['ada/1.jpg', 'ada/lintel.json'],
      ['both/b.jpg'],
      ['both/c.jpg'],
    ]);
  });

  it('two people of one name are two by their ids, one without', () => {
    const csv = 'id,name,group,image\n1,Ann,,1.jpg\n2,Ann,,2.jpg\n,Ann,,3.jpg\n,Ann,,4.jpg\n';
    const plan = importPlan(files('1.jpg', '2.jpg', '3.jpg', '4.jpg'), csv);
    expect(plan.people.map((person) => [person.externalId, person.files])).toEqual([
      ['1', ['1.jpg']],
      ['2', ['2.jpg']],
      [null, ['3.jpg', '4.jpg']],
    ]);
  });
});

describe('folders of an export', () => {
  it('are names that every system takes, each once whatever the case', () => {
    const names = [
      'Ada',
      'ada',
      'ADA',
      'CON',
      'nul.txt',
      '../../etc',
      'a/b\\c:d',
      '...',
      'x'.repeat(200),
      'dot. ',
      '\u{1f600}'.repeat(90),
    ];
    const people = names.map((name, i) => ({ id: String(i), name }) as PersonRecord);
    const folders = [...foldersOf(people).values()];
    expect(new Set(folders.map((folder) => folder.toLowerCase())).size).toBe(names.length);
    for (const folder of folders) {
      expect(folder).not.toMatch(/[<>:"/\\|?*]|^\.|[. ]$|^(con|nul)(\.|$)/i);
      expect(Buffer.from(folder, 'utf8').toString('utf8')).toBe(folder); // no half of a character
      expect([...folder].length).toBeLessThanOrEqual(90);
    }
    expect(folders.slice(0, 3)).toEqual(['Ada', 'ada (2)', 'ADA (3)']);
  });

  it('a record that is none is not read', () => {
    for (const text of ['', '{}', '{"format":"lintel-person","version":2}', '\u0000\u0001', '[1]'])
      expect(readPersonFile(new TextEncoder().encode(text))).toBeNull();
  });
});
