/** Folders of people as they are found: whatever system put what into them, whatever lies there instead of a file. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { NewSample } from '../../src/main/people/records.ts';
import { type Kiosk, openKiosk } from '../../src/main/server/kiosk.ts';
import { modelDirs } from '../support/data.ts';
import { scene } from '../support/people.ts';
import { runCommand } from '../support/terminal.ts';

// Real models on a shared machine: slow is not wrong.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-people-folder-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let turn = 0;
/** A command with JSON, in the test's folder; on fresh data unless told otherwise. */
const run = (args: readonly string[], data = `fresh-${turn++}`) =>
  runCommand(folder, [...args, '--json'], { LINTEL_DATA: join(folder, data) });

/** Makes folders of pictures: by person of the test's pictures, or of any text. */
function make(root: string, files: Readonly<Record<string, string | [person: string, picture: number]>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, root, path, '..'), { recursive: true });
    if (typeof content === 'string') writeFileSync(join(folder, root, path), content);
    else copyFileSync(scene(content[0])[content[1]]!, join(folder, root, path));
  }
}

interface Said {
  readonly file: string;
  readonly code: string;
}
const said = (problems: readonly Said[]): string[] => problems.map(({ file, code }) => `${file} ${code}`).sort();

describe('what systems leave in folders', () => {
  beforeAll(() =>
    make('systems', {
      'P/1.jpg': ['person-01', 0],
      'P/Thumbs.db': 'x',
      'P/._1.jpg': 'x',
      'P/.AppleDouble/1.jpg': 'x',
      'P/@eaDir/1.jpg/SYNOPHOTO_THUMB_M.jpg': 'x',
      '  spaces  /1.jpg': ['person-02', 0],
      '__MACOSX/P/._1.jpg': 'x',
      '.hidden/1.jpg': ['person-03', 0],
      '@eaDir/1.jpg': ['person-03', 1],
      '$RECYCLE.BIN/1.jpg': ['person-03', 2],
      'System Volume Information/1.jpg': 'x',
      'lost+found/1.jpg': 'x',
      'desktop.ini': 'x',
      'Rene\u0301/1.jpg': ['person-03', 3],
    }),
  );
  const passed = [
    '$RECYCLE.BIN/',
    '.hidden/',
    '@eaDir/',
    'P/.AppleDouble/',
    'P/._1.jpg',
    'P/@eaDir/',
    'P/Thumbs.db',
    'System Volume Information/',
    '__MACOSX/',
    'desktop.ini',
    'lost+found/',
  ];

  test('is nobody, is said, and is the same for enroll, import and import --plan', async () => {
    const plan = await run(['import', 'systems', '--plan']);
    const imported = await run(['import', 'systems'], 'imported');
    const enrolled = await run(['enroll', 'systems'], 'enrolled');
    const names = ['P', 'Ren\u00e9', 'spaces'];
    for (const { code, json } of [plan, imported, enrolled]) {
      expect(code).toBe(0);
      expect(json.people.map(({ name }: { name: string }) => name)).toEqual(names);
      expect(json.problems).toEqual([]);
    }
    expect([...plan.json.passedOver].sort()).toEqual(passed);
    expect([...imported.json.passedOver].sort()).toEqual(passed);
    expect([...enrolled.json.passedOver].sort()).toEqual(passed.map((path) => join('systems', path)));
    const kept = async (data: string) =>
      (await run(['people'], data)).json.people.map((one: { name: string; samples: number }) => [
        one.name,
        one.samples,
      ]);
    expect(await kept('imported')).toEqual(names.map((name) => [name, 1]));
    expect(await kept('enrolled')).toEqual(await kept('imported'));
    // In words, too: counted and named.
    const words = await runCommand(folder, ['import', 'systems', '--plan'], { LINTEL_DATA: join(folder, 'words') });
    expect(words.stdout).toContain('(11): ');
    expect(words.stdout).toContain('__MACOSX/');
  });

  test('one folder in another, as an archive is unpacked, begins where its table is', async () => {
    make('unpacked', {
      'staff/data.csv': 'name,image\nAda,a/1.jpg\n',
      'staff/a/1.jpg': ['person-01', 0],
      '__MACOSX/staff/._data.csv': 'x',
    });
    for (const command of ['import', 'enroll']) {
      const { json } = await run([command, 'unpacked']);
      expect(json.people).toMatchObject([{ name: 'Ada', samples: 1 }]);
      expect(json.problems).toEqual([]);
    }
  });
});

describe.skipIf(process.platform === 'win32')('what is no ordinary file', () => {
  const listening = createServer();
  beforeAll(async () => {
    make('odd', { 'Q/1.jpg': ['person-01', 0], 'Q/2.jpg': ['person-01', 2], 'R/1.jpg': ['person-02', 0] });
    const at = (path: string): string => join(folder, 'odd', path);
    mkdirSync(at('P'));
    mkdirSync(at('R/folder.jpg'));
    execFileSync('mkfifo', [at('P/pipe.jpg'), join(folder, 'pipe.csv'), join(folder, 'pipe.html')]);
    symlinkSync('/dev/zero', at('Q/zero.jpg'));
    symlinkSync('nowhere.jpg', at('Q/dangling.jpg'));
    symlinkSync('round.jpg', at('Q/round.jpg'));
    symlinkSync('..', at('above'));
    symlinkSync('../R', at('Q/deep'));
    await new Promise<void>((done) => listening.listen(at('Q/socket.jpg'), done));
  });
  afterAll(() => new Promise((done) => listening.close(done)));

  const refused = [
    'P/pipe.jpg not-a-file',
    'Q/dangling.jpg not-found',
    'Q/deep import-link',
    'Q/round.jpg file-unreadable',
    'Q/socket.jpg not-a-file',
    'Q/zero.jpg not-a-file',
    'above import-link',
  ];

  test('is named and passed over by enroll and import; the rest is done', async () => {
    const people = [
      { name: 'P', id: null, samples: 0 },
      { name: 'Q', samples: 2 },
      { name: 'R', samples: 1 },
    ];
    const imported = await run(['import', 'odd'], 'odd-data');
    expect(imported).toMatchObject({ code: 0, json: { people, stopped: false } });
    expect(said(imported.json.problems)).toEqual(refused);
    const enrolled = await run(['enroll', 'odd']);
    expect(enrolled).toMatchObject({ code: 0, json: { people, stopped: false } });
    expect(said(enrolled.json.problems)).toEqual(refused.map((line) => join('odd', line)));
    const planned = await run(['import', 'odd', '--plan']);
    expect(planned.json.people.map(({ files }: { files: string[] }) => files.length)).toEqual([0, 2, 1]);
  });

  test('is named in its place by identify, embed and evaluate', async () => {
    const { code, json } = await run(['identify', 'odd/P/pipe.jpg', 'odd/Q'], 'odd-data');
    const codes = Object.fromEntries(
      json.images.map(({ file, error }: { file: string; error?: { code: string } }) => [file, error?.code ?? 'seen']),
    );
    expect(codes).toEqual({
      'odd/P/pipe.jpg': 'not-a-file',
      'odd/Q/1.jpg': 'seen',
      'odd/Q/2.jpg': 'seen',
      'odd/Q/dangling.jpg': 'not-found',
      'odd/Q/deep': 'not-a-file',
      'odd/Q/round.jpg': 'file-unreadable',
      'odd/Q/socket.jpg': 'not-a-file',
      'odd/Q/zero.jpg': 'not-a-file',
    });
    expect(code).toBe(1); // a file that is not there
    expect((await run(['embed', 'odd/P/pipe.jpg'])).json.images[0].error.code).toBe('not-a-file');
    expect((await run(['verify', 'odd/P/pipe.jpg', 'odd/Q/1.jpg'])).json.error.code).toBe('not-a-file');
    const evaluated = await run(['evaluate', 'odd']);
    expect(evaluated).toMatchObject({ code: 0, json: { pairs: 3, genuine: 1, rejected: [] } });
    expect(evaluated.stderr).toContain('P/pipe.jpg (not-a-file)');
  });

  test('is no table, no pairs, no report, no backup and no place for one', async () => {
    expect((await run(['import', 'pipe.csv'])).json.error.code).toBe('not-a-file');
    expect((await run(['evaluate', '--pairs', 'pipe.csv', '--images', 'odd'])).json.error.code).toBe('not-a-file');
    expect((await run(['evaluate', 'odd', '--report', 'pipe.html'])).json.error.code).toBe('file-not-written');
    expect((await run(['attendance', '--export', 'pipe.csv'], 'odd-data')).json.error.code).toBe('file-not-written');
    expect((await run(['export', 'pipe.csv'], 'odd-data')).code).toBe(1);
    writeFileSync(join(folder, 'passphrase'), 'a passphrase of some length\n', { mode: 0o600 });
    const secret = ['--backup-passphrase-file', 'passphrase'];
    for (const [args, code] of [
      [['backup', 'pipe.html'], 'not-a-file'],
      [['backup', '/dev/null'], 'not-a-file'],
      [['backup', 'verify', 'pipe.html'], 'not-a-file'],
      [['restore', 'pipe.html', '--merge'], 'not-a-file'],
      [['restore', '/dev/zero', '--merge'], 'not-a-file'],
    ] as const)
      expect([args, (await run([...args, ...secret], 'odd-data')).json.error?.code]).toEqual([args, code]);
    // A pipe in the place of the half-written file.
    execFileSync('mkfifo', [join(folder, 'new.part')]);
    expect((await run(['backup', 'new', ...secret], 'odd-data')).json.error.code).toBe('not-a-file');
  });

  test('in the data folder it is named, and nothing waits for it', async () => {
    mkdirSync(join(folder, 'piped'));
    execFileSync('mkfifo', [join(folder, 'piped/people.json')]);
    const { json } = await run(['people'], 'piped');
    expect(json.error).toMatchObject({ code: 'not-a-file', message: expect.stringContaining('people.json') });
  });
});

// Where a name is bytes, it may be of another time than the system.
test.skipIf(process.platform !== 'linux')('a name that is not UTF-8 is said to be one, by every way in', async () => {
  make('old', { 'Ada/1.jpg': ['person-01', 0] });
  const old = (path: string): Buffer => Buffer.from(join(folder, 'old', path), 'latin1');
  mkdirSync(old('M\u00fcller'));
  copyFileSync(scene('person-02')[0]!, old('M\u00fcller/1.jpg'));
  copyFileSync(scene('person-01')[1]!, old('Ada/f\u00fcr.jpg'));
  for (const command of [['import', '--plan'], ['import'], ['enroll']]) {
    const { json } = await run([...command, 'old']);
    expect(json.people).toMatchObject([{ name: 'Ada' }]);
    expect(said(json.problems).map((one) => one.replace('old/', ''))).toEqual([
      'Ada/f\ufffdr.jpg import-name-lost',
      'M\ufffdller/ import-name-lost',
    ]);
  }
});

test('a pipe in the place of a secret is refused as before, not waited for', async () => {
  execFileSync('mkfifo', ['-m', '600', join(folder, 'secret')]);
  const { json } = await run(['backup', 'b', '--backup-passphrase-file', 'secret']);
  expect(json.error.code).toBe('vault-locked');
});

describe('what an export writes, an import reads', () => {
  let sample: NewSample;
  const open = (data: string): Promise<Kiosk> =>
    openKiosk({ dataDir: join(folder, data), modelDirs, version: '0', embedder: '' });

  beforeAll(async () => {
    make('one', { 'Ann/1.jpg': ['person-01', 0] });
    await run(['import', 'one'], 'one-data');
    const kiosk = await open('one-data');
    const [person] = kiosk.people.all();
    const [{ id, source, pose, quality }] = person!.samples as [(typeof person & object)['samples'][number]];
    const bytes = Buffer.from(person!.samples[0]!.embedding, 'base64');
    const embedding = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    const [portrait, aligned] = await Promise.all(
      [`${id}.jpg`, `${id}.aligned.jpg`].map((name) => kiosk.people.pictures.get(name)),
    );
    sample = { source, pose, quality, pictureSha256: null, embedding, pictures: { portrait, aligned } } as NewSample;
    await kiosk.close();
  });

  interface Made {
    readonly name: string;
    readonly externalId: string | null;
    readonly group: string | null;
    readonly samples: number;
    readonly consentAt: number | null;
  }

  /** These people into a data folder as they are, out of it and into an empty one: what is not the same. */
  async function roundTrip(people: readonly Made[]): Promise<void> {
    const n = turn++;
    const kiosk = await open(`from-${n}`);
    await kiosk.people.save(
      people.map(({ samples, consentAt, ...fields }, i) => ({
        kind: 'add' as const,
        ...fields,
        consentAt,
        samples: Array.from({ length: samples }, () => sample),
        // As they are: `save` brings a new name into one form.
        was: { id: `p_${n}x${i}`, createdAt: i, revokedAt: samples === 0 ? 7 : null, formerly: [] },
      })),
    );
    const plain = (from: Kiosk) =>
      from.people
        .all()
        .map((person) => ({ ...person, updatedAt: 0 }))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    const before = plain(kiosk);
    expect(before.map(({ name }) => name).sort()).toEqual(people.map(({ name }) => name).sort());
    await kiosk.close();
    const out = await run(['export', `out-${n}`], `from-${n}`);
    expect(out.code).toBe(0);
    // Stopped or not, doing it again adds nothing.
    for (let twice = 0; twice < 2; twice++) {
      const { json } = await run(['import', `out-${n}`], `into-${n}`);
      expect(json).toMatchObject({ problems: [], passedOver: [] });
      expect(json.people.flatMap(({ rejected }: { rejected: unknown[] }) => rejected)).toEqual([]);
      const other = await open(`into-${n}`);
      expect(plain(other)).toEqual(before);
      await other.close();
    }
    for (const data of [`from-${n}`, `into-${n}`, `out-${n}`]) rmSync(join(folder, data), { recursive: true });
  }

  const made = (name: string, more: Partial<Made> = {}): Made => ({
    name,
    externalId: null,
    group: null,
    samples: 1,
    consentAt: 100,
    ...more,
  });

  test('names that a file system, a table or a rule for names stumbles over', async () => {
    const names = [
      ...['  spaces  ', '__MACOSX', '.', '..', '...', 'CON', 'aux.txt', 'a/b', 'a_b', 'Anna', 'anna', 'Anna'],
      ...['\u00e9', 'e\u0301', 'x'.repeat(250), '\u{1f600}', '\u{1f600}'.repeat(100), 'two\nlines\r\n', 'nul\u0000'],
      ...['dot. ', '   ', 'data.csv', 'lintel.json', '?', '_', 'evil\u202egpj', 'half\ud83d', '@eaDir', 'Thumbs.db'],
      // As an earlier version brought in what it could not read.
      ...['M\ufffdller', '\ufffd', 'M\ufffdller'],
      ...[
        '=1+1',
        "'=1+1",
        'a;b;c;d;e',
        'a,b,"c"',
        '\u212a',
        'k',
        '\ufb01',
        'fi',
        'stra\u00dfe',
        'STRASSE',
        '\ufeffbom',
      ],
    ];
    await roundTrip([
      ...names.map((name, i) => made(name, { consentAt: 100 + i })),
      made('Anna', { externalId: 'E-1', group: ' ops ' }),
      made('Bo', { externalId: 'E-1', group: '\t' }),
      made('Anna', { samples: 0, consentAt: null }),
      made('Cy', { samples: 2, externalId: ' 7', group: 'g'.repeat(150) }),
      made('Di', { externalId: '\ufffd1', group: 'B\ufffdro' }),
    ]);
  });

  test('any names', async () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom(
        '.',
        ' ',
        '/',
        '\\',
        'CON',
        '__MACOSX',
        'e\u0301',
        '\u00e9',
        'Anna',
        'anna',
        '\r\n',
        '"',
        "'",
        '=',
      ),
    );
    // Few enough of these that two people are called the same, or nearly.
    const shared = fc.constantFrom('Anna', 'anna', ' Anna', 'a/b', 'a_b', 'e\u0301', '\u00e9', '..', '_', 'E-1');
    const name = fc.oneof(
      shared,
      fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')),
    );
    const field = fc.option(name, { nil: null }).map((text) => text || null);
    const person = fc.record({
      name,
      externalId: field,
      group: field,
      samples: fc.nat(1),
      consentAt: fc.nat(1e6),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(person, { minLength: 1, maxLength: 25 }), (people) =>
        roundTrip(people.map((one) => (one.samples === 0 ? { ...one, consentAt: null } : one))),
      ),
      { numRuns: 8 },
    );
  });

  test('a damaged picture takes nobody with it: out or in, it is named and left out, and the vectors are there', async () => {
    const files = (data: string) =>
      (readdirSync(join(folder, data, 'thumbnails'), { recursive: true }) as string[])
        .filter((name) => name.endsWith('.jpg'))
        .map((name) => join(folder, data, 'thumbnails', name));
    make('two', { 'Ann/1.jpg': ['person-01', 0], 'Bo/1.jpg': ['person-02', 0] });
    await run(['import', 'two'], 'two-data');
    await run(['export', 'before'], 'two-data');
    for (const [i, path] of files('two-data').entries())
      writeFileSync(path, i % 2 === 0 ? '' : readFileSync(path).subarray(0, 600));
    const out = await run(['export', 'after'], 'two-data');
    expect(out.json).toMatchObject({ people: 2, damaged: ['Ann', 'Bo'] });
    expect((await run(['import', 'after'])).json.people).toMatchObject([{ samples: 1 }, { samples: 1 }]);
    // As an earlier version has written it.
    const path = join(folder, 'before/Ann/lintel.json');
    const record = JSON.parse(readFileSync(path, 'utf8')) as { samples: { aligned: string; embedding: string }[] };
    record.samples[0]!.aligned = record.samples[0]!.aligned.slice(0, 400);
    writeFileSync(path, JSON.stringify(record));
    const into = await run(['import', 'before'], 'two-into');
    expect(into.json.people).toMatchObject([
      { name: 'Ann', samples: 1, rejected: [{ code: expect.stringMatching(/picture/) }] },
      { name: 'Bo', samples: 1, rejected: [] },
    ]);
    const kiosk = await open('two-into');
    const [ann] = kiosk.people.all();
    expect(ann!.samples[0]!.embedding).toBe(record.samples[0]!.embedding);
    await kiosk.close();
  });

  test('an export of the version before, whose names were in the table alone, is read as before', async () => {
    await run(['export', 'newer'], 'one-data');
    const path = join(folder, 'newer/Ann/lintel.json');
    const record = JSON.parse(readFileSync(path, 'utf8')) as { person: Record<string, unknown> };
    for (const field of ['name', 'externalId', 'group', 'namesakes']) delete record.person[field];
    // Then a person could have a folder that is passed over today.
    mkdirSync(join(folder, 'older/__MACOSX'), { recursive: true });
    for (const file of execFileSync('ls', [join(folder, 'newer/Ann')], { encoding: 'utf8' })
      .trim()
      .split('\n'))
      copyFileSync(join(folder, 'newer/Ann', file), join(folder, 'older/__MACOSX', file));
    writeFileSync(join(folder, 'older/__MACOSX/lintel.json'), JSON.stringify(record));
    const table = readFileSync(join(folder, 'newer/data.csv'), 'utf8');
    writeFileSync(
      join(folder, 'older/data.csv'),
      table.replaceAll('Ann/', '__MACOSX/').replaceAll('Ann,', '__MACOSX,'),
    );
    const { json } = await run(['import', 'older'], 'older-data');
    expect(json).toMatchObject({ people: [{ name: '__MACOSX', samples: 1, id: record.person['id'] }], passedOver: [] });
  });

  test('a name that the operator changes in the table of an export is the one that counts', async () => {
    await run(['export', 'renamed'], 'one-data');
    const path = join(folder, 'renamed/data.csv');
    writeFileSync(path, readFileSync(path, 'utf8').replace(',Ann,', ',Annie,'));
    expect((await run(['import', 'renamed'])).json.people).toMatchObject([{ name: 'Annie', samples: 1 }]);
  });
});
