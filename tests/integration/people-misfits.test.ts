/** Pictures that do not belong to a person, and one face under two names, by every way in. Real models and pictures. */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cliDeps } from '../../src/main/hosts/cli/commands.ts';
import { runCli } from '../../src/main/hosts/cli/program.ts';
import { installationAt } from '../../src/main/hosts/installation.ts';
import { type Kiosk, openKiosk } from '../../src/main/server/kiosk.ts';
import { ClientSession, frameOf, nobody } from '../support/client-session.ts';
import { refusal } from '../support/refusal.ts';
import { modelDirs, projectRoot } from '../support/data.ts';
import { scene } from '../support/people.ts';
import { recognitionOnly } from '../support/recognition-only.ts';

// Real models on a shared machine: slow is not wrong.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'lintel-misfits-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

type Picture = readonly [person: number, which: number];
const fileOf = ([person, which]: Picture): string => scene(`person-0${person}`)[which]!;

/** A folder of people's folders; pictures are named by their place. */
async function folderOf(name: string, people: Readonly<Record<string, readonly Picture[]>>): Promise<string> {
  for (const [person, pictures] of Object.entries(people)) {
    await mkdir(join(base, name, person), { recursive: true });
    for (const [i, picture] of pictures.entries())
      await copyFile(fileOf(picture), join(base, name, person, `${i}.jpg`));
  }
  return name;
}

async function run(data: string, ...args: string[]) {
  let stdout = '';
  const sink = (take: (text: string) => void): NodeJS.WritableStream =>
    new Writable({ write: (chunk: Buffer, _encoding, done) => (take(chunk.toString()), done()) });
  const terminal = {
    stdout: sink((text) => (stdout += text)),
    stderr: sink(() => undefined),
    env: { LINTEL_DATA: join(base, data) },
    cwd: base,
    interrupted: new AbortController().signal,
  };
  const code = await runCli(args, terminal, cliDeps(installationAt(projectRoot, '1.2.3'), terminal));
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape is what is tested
  return { code, stdout, json: (args.includes('--json') ? JSON.parse(stdout) : undefined) as any };
}

it('a merge with the backup of another kiosk names who is now there under two names', async () => {
  await writeFile(join(base, 'words'), 'backup passphrase\n', { mode: 0o600 });
  const words = ['--backup-passphrase-file', 'words'];
  await run('one', 'import', await folderOf('ours', { Anna: [[4, 0]], Ben: [[1, 0]] }));
  await run('other', 'import', await folderOf('theirs', { 'Anna B.': [[4, 1]], Cy: [[3, 0]] }));
  await run('other', 'backup', 'theirs.lintelbackup', ...words);
  const merge = ['restore', 'theirs.lintelbackup', '--merge', ...words];
  expect((await run('one', ...merge, '--preview', '--json')).json.lookAlikes).toBeUndefined();
  const { code, json } = await run('one', ...merge, '--json');
  expect([code, json.restored, json.people.added]).toEqual([0, true, 2]);
  expect(json.lookAlikes).toMatchObject([{ a: { name: 'Anna' }, b: { name: 'Anna B.' } }]);
  expect((await run('one', ...merge)).stdout).toMatch(/look alike.*Anna.*Anna B\.[\s\S]*people merge KEEP OTHER/);
});

describe.each(['enroll', 'import'])('lintel %s', (command) => {
  const data = (name: string): string => `${command}-${name}`;

  it('names the picture that shows somebody else, and does not take it', async () => {
    const source = await folderOf(data('mixed'), { Mix: [[1, 0], [1, 2], [2, 3]] }); // prettier-ignore
    const { code, json } = await run(data('mixed-data'), command, source, '--json');
    expect(code).toBe(0);
    expect(json.people).toMatchObject([{ name: 'Mix', samples: 2, rejected: [{ code: 'pictures-differ' }] }]);
    expect(json.people[0].rejected[0].file).toMatch(/Mix.2\.jpg$/);
    const { json: seen } = await run(data('mixed-data'), 'identify', fileOf([2, 5]), fileOf([1, 5]), '--json');
    const kinds = seen.images.map(({ faces: [face] }: { faces: { match: object | null }[] }) => face?.match ?? null);
    expect(kinds).toEqual([null, expect.objectContaining({ name: 'Mix' })]);
  });

  it('takes neither of two that do not fit, until the operator is sure', async () => {
    const source = await folderOf(data('two'), { Two: [[1, 0], [2, 3]], Fine: [[3, 0], [3, 1]] }); // prettier-ignore
    const first = await run(data('two-data'), command, source, '--json');
    const two = first.json.people.find(({ name }: { name: string }) => name === 'Two');
    expect(two).toMatchObject({ id: null, samples: 0 });
    expect(two.rejected.map(({ code }: { code: string }) => code)).toEqual(['pictures-differ', 'pictures-differ']);
    expect((await run(data('two-data'), 'people', '--json')).json.people).toMatchObject([{ name: 'Fine', samples: 2 }]);
    expect((await run(data('two-data'), command, source)).stdout).toContain('--even-if-different');
    const sure = await run(data('two-data'), command, source, '--even-if-different', '--json');
    expect(sure.json.people.map(({ samples }: { samples: number }) => samples)).toEqual([2, 2]);
  });

  it('compares new pictures with those that somebody has', async () => {
    const source = await folderOf(data('first'), { Ann: [[1, 0]] });
    await run(data('more-data'), command, source);
    const more = await folderOf(data('more'), { Ann: [[2, 3], [2, 4], [1, 5]] }); // prettier-ignore
    const { json } = await run(data('more-data'), command, more, '--json');
    expect(json.people).toMatchObject([{ name: 'Ann', samples: 2 }]);
    expect(json.people[0].rejected).toHaveLength(2);
  });

  it('ends by naming look-alikes, also of the same folder and under names that differ by case only', async () => {
    const source = await folderOf(data('case'), { Anna: [[4, 0]], anna: [[4, 1]], Bo: [[5, 0]] }); // prettier-ignore
    const { json } = await run(data('case-data'), command, source, '--json');
    expect(json.people).toHaveLength(3);
    expect(json.lookAlikes).toHaveLength(1);
    const [{ a, b }] = json.lookAlikes;
    expect([a.name, b.name].sort()).toEqual(['Anna', 'anna']);
    const { stdout } = await run(data('case-data'), command, source);
    expect(stdout).toMatch(/look alike.*people merge KEEP OTHER.*people remove ID.*people different A B/s);
    const seen = await run(data('case-data'), 'identify', fileOf([4, 2]));
    expect(seen.stdout).toMatch(/not told apart: (Anna|anna) \(0\.\d+\) or (Anna|anna) \(0\.\d+\)/);
    await run(data('case-data'), 'people', 'different', a.id, b.id);
    expect((await run(data('case-data'), command, source, '--json')).json.lookAlikes).toEqual([]);
  });
});

it('what an operator was sure of comes back from an export whole, and look-alikes are named', async () => {
  const source = await folderOf('sure', { Two: [[1, 0], [2, 3]], Other: [[1, 4]] }); // prettier-ignore
  await run('sure-data', 'enroll', source, '--even-if-different');
  await run('sure-data', 'export', 'sure-out');
  const { json } = await run('sure-again', 'import', 'sure-out', '--json');
  expect(json.people.map(({ added, rejected }: { added: number; rejected: object[] }) => [added, rejected])).toEqual([
    [1, []],
    [2, []],
  ]);
  expect(json.lookAlikes).toHaveLength(1);
});

describe('a kiosk', () => {
  let kiosk: Kiosk;
  let window: ClientSession;
  let now = Date.UTC(2026, 4, 4, 9);
  const open = async (): Promise<void> => {
    const clock = { wall: () => now, ticks: () => now };
    const dataDir = recognitionOnly(join(base, 'kiosk'));
    kiosk = await openKiosk({ dataDir, modelDirs, version: '0', clock, embedder: '' });
    await kiosk.models.ready();
    window = new ClientSession(kiosk);
  };
  beforeAll(async () => {
    await open();
    await window.call('createPin', { pin: '2468' });
  });
  afterAll(() => kiosk.close());
  const add = async (enrollmentId: string, picture: Picture) => {
    const bytes = new Uint8Array(await readFile(fileOf(picture)));
    return window.call('addSamplePicture', { enrollmentId, fileName: 'x.jpg', bytes });
  };
  const asNew = (name: string) =>
    ({ kind: 'new', name, externalId: null, group: null, consentAt: now, evenIfLooksAlike: true }) as const;

  it('tells the enrollment dialog which pictures do not fit, and stores none of them undecided', async () => {
    const { enrollmentId } = await window.call('startEnrollment');
    const first = await add(enrollmentId, [1, 0]);
    expect(first.misfits).toEqual([]);
    const stranger = await add(enrollmentId, [2, 3]);
    expect(stranger.misfits).toEqual([first.sample?.id, stranger.sample?.id]);
    const third = await add(enrollmentId, [1, 2]);
    expect(third.misfits).toEqual([stranger.sample?.id]);
    const odd = stranger.sample?.id ?? '';
    expect(await refusal(window.call('saveEnrollment', { enrollmentId, target: asNew('Mix') }))).toBe(
      'pictures-differ',
    );
    expect(kiosk.people.size).toBe(0);
    expect(await window.call('checkSamples', { enrollmentId, samePerson: [odd] })).toEqual({
      misfits: [first.sample?.id, third.sample?.id],
    });
    const target = { ...asNew('Mix'), leaveOut: [odd] };
    expect(await window.call('saveEnrollment', { enrollmentId, target })).toMatchObject({ samples: 2 });
  });

  it('compares pictures that are added with those of the person', async () => {
    const [mix] = await kiosk.peopleService.list('mix');
    const personId = mix?.id ?? '';
    const { enrollmentId } = await window.call('startEnrollment');
    const { sample } = await add(enrollmentId, [2, 4]);
    const odd = sample?.id ?? '';
    expect(await window.call('checkSamples', { enrollmentId })).toEqual({ misfits: [] });
    expect(await window.call('checkSamples', { enrollmentId, personId })).toEqual({ misfits: [odd] });
    const target = { kind: 'existing', personId } as const;
    expect(await refusal(window.call('saveEnrollment', { enrollmentId, target }))).toBe('pictures-differ');
    const sure = { ...target, samePerson: [odd] };
    expect(await window.call('saveEnrollment', { enrollmentId, target: sure })).toMatchObject({ samples: 3 });
    await window.call('removePerson', { id: personId });
  });

  it('remembers two people it can not tell apart, and says so to the operator until they are one', async () => {
    const [bytes] = await Promise.all([readFile(fileOf([4, 0]))]);
    const pictures = [{ name: '0.jpg', bytes: new Uint8Array(bytes) }];
    const people = ['Anna', 'anna'].map((name) => ({ name, externalId: null, group: null, pictures }));
    const [one, other] = await window.call('importPeople', { people, consentAt: now });
    expect(one?.lookAlikes).toMatchObject([{ name: 'anna' }]);
    expect(other?.lookAlikes).toMatchObject([{ name: 'Anna' }]);
    const visit = async (): Promise<unknown> => {
      const frame = await frameOf('person-04', 6);
      for (let i = 0; i < 15; i++) {
        now += 200;
        await window.call('submitFrame', frame);
      }
      const shown = window.view;
      for (let i = 0; i < 14; i++) {
        now += 600;
        await window.call('submitFrame', nobody);
      }
      return shown;
    };
    const told = async (): Promise<string[]> =>
      (await window.call('getStatus')).notices.flatMap(({ code }) => (code === 'not-encrypted' ? [] : [code]));
    now += 1000;
    expect(await visit()).toEqual({ phase: 'ambiguous' });
    expect(await told()).toEqual([]);
    await visit();
    await vi.waitFor(async () => expect(await told()).toEqual(['ambiguous-people']));
    // Everybody at the door can ask for the status: no name is in it.
    expect(JSON.stringify(await window.call('getStatus'))).not.toMatch(/anna/i);
    expect(await visit()).toEqual({ phase: 'ambiguous', repeated: true });

    await kiosk.close();
    await open();
    expect(await told()).toEqual(['ambiguous-people']);
    expect(await refusal(window.call('listAmbiguous'))).toBe('pin-required');
    await window.call('unlock', { pin: '2468' });
    const [pair] = await window.call('listAmbiguous');
    expect(pair).toMatchObject({ times: 3 });
    expect([pair?.a, pair?.b].sort()).toEqual(['Anna', 'anna']);
    expect((await window.call('findDuplicates'))[0]?.ambiguous).toEqual({ times: 3, lastAt: pair?.lastAt });
    const { lines } = await window.call('listAudit', { limit: 5 });
    expect(lines.filter(({ kind }) => kind === 'ambiguous')).toMatchObject([{ by: 'kiosk', details: { times: 2 } }]);

    now += 1000;
    await window.call('mergePeople', { keep: one?.id ?? '', other: other?.id ?? '' });
    expect(await told()).toEqual([]);
    expect(await window.call('listAmbiguous')).toEqual([]);
    expect(await readFile(join(base, 'kiosk', 'ambiguous.json'), 'utf8')).not.toContain(other?.id);
  });
});
