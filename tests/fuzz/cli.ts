/** The command line as a careless or hostile person types it: every command, every option, values of every kind. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Command, type Option } from 'commander';
import fc from 'fast-check';
import sharp from 'sharp';
import { cliDeps } from '../../src/main/hosts/cli/commands.ts';
import { type CliDeps, runCli } from '../../src/main/hosts/cli/program.ts';
import { installationAt } from '../../src/main/hosts/installation.ts';
import { openKiosk } from '../../src/main/server/kiosk.ts';
import { projectRoot } from '../support/data.ts';
import { drawnRecording, recordedVision, standInModels } from '../support/recorded-vision.ts';
import { hostileString } from './hostile.ts';
import { fingerprint } from './world.ts';

/** A command as commander knows it: its words, its arguments and its options. */
interface Known {
  readonly words: readonly string[];
  readonly args: readonly { readonly required: boolean; readonly variadic: boolean }[];
  readonly options: readonly Option[];
}

/** What the fuzzing is about: one data folder, one folder to stand in. */
export interface CliWorld {
  readonly commands: readonly Known[];
  readonly values: readonly string[];
  run(argv: readonly string[]): Promise<Ran>;
  /** SHA-256 of every file of the data, by its name; empty while there is none. */
  fingerprint(): Map<string, string>;
  /** The data as they were at first. */
  reset(): void;
}
interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function openCliWorld(folder: string): Promise<CliWorld> {
  const [data, pristine, here] = ['data', 'pristine', 'here'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(here);
  const picture = new Uint8Array(
    await sharp({ create: { width: 112, height: 112, channels: 3, background: '#987' } })
      .jpeg()
      .toBuffer(),
  );
  const recording = drawnRecording(4);
  const models = standInModels(join(folder, 'models'));
  const kioskOf = (dataDir: string, more: Partial<Parameters<typeof openKiosk>[0]>) =>
    openKiosk({
      dataDir,
      modelDirs: [models],
      version: '0.0.0-fuzz',
      embedder: '',
      vision: (chosen, onState) => {
        onState('ready', null);
        return recordedVision(chosen, recording, picture);
      },
      ...more,
    });
  for (const name of ['Anna', 'Bo']) {
    mkdirSync(join(here, 'people', name), { recursive: true });
    writeFileSync(join(here, 'people', name, '1.jpg'), picture);
  }
  writeFileSync(join(here, 'data.csv'), 'id,name,group,image\n1,Anna,A,people/Anna/1.jpg\n');
  writeFileSync(join(here, 'pairs.csv'), 'file_x,file_y,Decision\nAnna/1.jpg,Bo/1.jpg,No\n');
  writeFileSync(join(here, 'secret'), 'a long enough passphrase\n', { mode: 0o600 });

  const terminalOf = (out: { stdout: string; stderr: string }) => {
    const sink = (name: 'stdout' | 'stderr'): NodeJS.WritableStream =>
      new Writable({ write: (chunk: Buffer, _encoding, done) => ((out[name] += chunk.toString()), done()) });
    return {
      stdout: sink('stdout'),
      stderr: sink('stderr'),
      env: { LINTEL_DATA: data, LINTEL_MODELS_DIR: models, LINTEL_EMBEDDER: '', LINTEL_DEBUG: '1' },
      cwd: here,
      interrupted: new AbortController().signal,
    };
  };
  const depsFor = (terminal: ReturnType<typeof terminalOf>): CliDeps => ({
    ...cliDeps(installationAt(projectRoot, '0.0.0-fuzz'), terminal),
    openKiosk: (dataDir, { write, unlock }) => kioskOf(dataDir, { readOnly: !write, unlock, by: 'terminal' }),
    // What they do once their arguments are read takes as long as one likes, and is tested elsewhere.
    serve: () => Promise.resolve(),
    bench: () => Promise.resolve({ json: {}, text: [] }),
  });
  const run = async (argv: readonly string[]): Promise<Ran> => {
    const out = { stdout: '', stderr: '' };
    const terminal = terminalOf(out);
    const code = await runCli(argv, terminal, depsFor(terminal));
    return { code, ...out };
  };

  for (const argv of [
    ['import', 'data.csv'],
    ['import', 'people'],
    ['settings', 'set', 'greeting', 'Hello'],
  ])
    await run(argv);
  const ids = ((JSON.parse((await run(['people', '--json'])).stdout) as { people: { id: string }[] }).people ?? []).map(
    ({ id }) => id,
  );
  const add = [
    'correct',
    'add',
    '--person',
    ids[0] ?? '',
    '--at',
    '2026-01-05T08:00',
    '--direction',
    'in',
    '--reason',
    'x',
  ];
  const { correction } = JSON.parse((await run([...add, '--json'])).stdout) as { correction: string };
  cpSync(data, pristine, { recursive: true });

  return {
    commands: await commandsOf(run),
    values: [...ids, correction],
    run,
    fingerprint: () => fingerprint(data),
    reset: () => {
      rmSync(data, { recursive: true, force: true });
      cpSync(pristine, data, { recursive: true });
    },
  };
}

/** Every command that does something, taken from commander as it begins to parse. */
async function commandsOf(run: (argv: readonly string[]) => Promise<unknown>): Promise<Known[]> {
  const { parseAsync } = Command.prototype;
  const programs: Command[] = [];
  Command.prototype.parseAsync = function (this: Command, ...given: Parameters<typeof parseAsync>) {
    programs.push(this);
    return parseAsync.apply(this, given);
  };
  try {
    await run(['--version']);
  } finally {
    Command.prototype.parseAsync = parseAsync;
  }
  const found: Known[] = [];
  const walk = (command: Command, words: readonly string[]): void => {
    if (words.length > 0) found.push({ words, args: command.registeredArguments, options: command.options });
    for (const sub of command.commands) walk(sub, [...words, sub.name()]);
  };
  for (const program of programs.slice(0, 1)) walk(program, []);
  return found;
}

/** Values that some option takes; which one, chance decides. */
const SENSIBLE = [
  ...['2026-01-05', '2026-02-30', '1969-12-31', '9999-12-31', '0000-01-01', '2026-1-5', 'today'],
  ...['2026-01-05T08:00', '2026-01-05T24:00', '2026-03-29T02:30', '2026-10-25T02:30', '1969-12-31T08:00'],
  ...['2026-01-05 08:00', '2026-01-05T25:00', '2026-01-05T08:00+01:00', '2026-01-05T08:00+99:99', '9999-12-31T24:00'],
  ...[
    'in',
    'out',
    'keep',
    'restore',
    'anonymise',
    'off',
    'true',
    'null',
    '{}',
    '[]',
    '0',
    '1',
    '5',
    '-1',
    '1e9',
    'NaN',
  ],
  ...[
    'x.csv',
    'x.xlsx',
    'x.html',
    'people',
    'data.csv',
    'pairs.csv',
    'people/Anna',
    'people/Anna/1.jpg',
    'secret',
    'new',
    '.',
  ],
  ...[
    'greeting',
    'votes.needed',
    'timeZone',
    'Europe/Berlin',
    'Mars/Olympus',
    'en-GB',
    'xx-!!',
    'Staff',
    '1:' + 'a'.repeat(64),
  ],
];

/**
 * Nothing outside the folder may be read or written, whoever runs this: paths lose what leads out of it. A command line holds no
 * NUL, and no lone half of a character.
 */
const kept = (text: string): string =>
  text
    .replace(/\0|\p{Cs}/gu, '')

    .replaceAll('..', '__')
    .replace(/^[/~]+/, '')
    .slice(0, 300);

export function commandLine({ commands, values }: CliWorld): fc.Arbitrary<string[]> {
  const value = fc
    .oneof(
      { weight: 6, arbitrary: fc.constantFrom(...SENSIBLE, ...values) },
      { weight: 3, arbitrary: hostileString },
      { weight: 1, arbitrary: fc.constantFrom('--json', '--help', '-', '--', '', '--nonsense') },
    )
    .map(kept);
  const optionOf = (option: Option): fc.Arbitrary<readonly string[]> => {
    const flag = option.long ?? option.short ?? '';
    if (!option.required && !option.optional) return fc.constant([flag]);
    return fc.oneof(
      { weight: 9, arbitrary: value.map((one) => [flag, one]) },
      { weight: 1, arbitrary: fc.constant([flag]) },
    );
  };
  const lineOf = ({ words, args, options }: Known): fc.Arbitrary<string[]> => {
    // `--data` says where, not what; it is given now and then.
    const often = (option: Option): number => (option.mandatory ? 0.95 : option.long === '--data' ? 0.03 : 0.25);
    const parts = options.map((option) =>
      fc
        .tuple(fc.double({ min: 0, max: 1, noNaN: true }), optionOf(option))
        .map(([chance, text]) => (chance < often(option) ? text : [])),
    );
    const given = args.map(({ variadic }) => fc.array(value, { minLength: 1, maxLength: variadic ? 3 : 1 }));
    const more = fc.oneof(
      { weight: 12, arbitrary: fc.constant<string[]>([]) },
      { weight: 1, arbitrary: fc.array(value, { maxLength: 2 }) },
    );
    return fc
      .tuple(fc.tuple(...given), fc.tuple(...parts), more)
      .map(([own, chosen, rest]) => [...words, ...own.flat(), ...chosen.flat(), ...rest]);
  };
  return fc.oneof(
    { weight: 30, arbitrary: fc.oneof(...commands.map(lineOf)) },
    { weight: 1, arbitrary: fc.array(value, { maxLength: 4 }) },
  );
}

/** Files of the data that a command which failed, or was typed wrong, may not have touched. */
const RECORDS = /^(people|settings|operator|calibration|retention)\.json$|^(checkins|corrections)-/;

/** What every answer must be. @throws Error naming the rule */
export function judge(argv: readonly string[], { code, stdout, stderr }: Ran, changed: readonly string[]): void {
  if (![0, 1, 2].includes(code)) throw new Error(`exit code ${code}`);
  if (/Something went wrong inside|^\s+at .+:\d+:\d+\)?$/m.test(stdout + stderr))
    throw new Error(`an error of Lintel's own: ${stdout}${stderr}`);
  if (argv.includes('--json') && !argv.includes('--help') && code !== 0) {
    const json = stdout.trim() === '' ? null : (JSON.parse(stdout) as { error?: { code: string } });
    if (code === 2 && json?.error?.code !== 'usage') throw new Error(`wrong usage is not told in JSON: ${stdout}`);
    if (json?.error?.code === 'internal') throw new Error('an internal error');
  }
  if (code !== 0 && stdout === '' && stderr === '') throw new Error('failed without a word');
  if (code === 2 && changed.length > 0) throw new Error(`wrong usage changed ${changed.join(', ')}`);
  const lost = code === 1 ? changed.filter((name) => RECORDS.test(name)) : [];
  if (lost.length > 0) throw new Error(`it failed, and changed ${lost.join(', ')}`);
}
