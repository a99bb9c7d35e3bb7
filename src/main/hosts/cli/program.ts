/** The command line: which commands there are, with which options. What they do is in the files beside this one. */
import { existsSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { type ForeignReport, LintelError, reportOf } from '../../../shared/errors.ts';
import type { FoundModels } from '../../models/find.ts';
import type { Unlock } from '../../server/security.ts';
import { forgetUnseen, unseenIn } from '../../storage/durable-file.ts';
import { worded } from '../../storage/failure.ts';
import { realOps } from '../../storage/file-ops.ts';
import { dataFolder } from '../installation.ts';
import {
  attendance,
  type AttendanceOptions,
  correct,
  parseDay,
  parseDirection,
  parseExport,
  parseTime,
} from './attendance.ts';
import type { WrittenCorrection } from '../../attendance/service.ts';
import { evaluate, evaluateMisuse, type EvaluateOptions } from './evaluate.ts';
import { exportPeople, importPeople } from './import.ts';
import { downloadModels, listModels } from './models.ts';
import { addPeopleCommands, enroll, log, parseText, people } from './people.ts';
import { embed, identify, verify } from './recognise.ts';
import { type SecretOptions, unlockFrom } from './secret.ts';
import { addSecurityCommands } from './security.ts';
import type { Kiosk } from '../../server/kiosk.ts';
import { setSetting, settingMisuse, showSettings } from './settings.ts';
import { type Answer, asJson, asText, errorText, note, type Terminal, untilInterrupted } from './terminal.ts';

const EXIT_OK = 0;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/**
 * After Ctrl+C or SIGTERM a command saves what is finished and ends by itself, most within a blink. What hangs so long after is left behind: a
 * process may end at any moment, and whatever was acknowledged is on disk. A slow disk takes its time to save a batch of people,
 * and a kiosk has connections to close.
 */
const GRACE_MS = { command: 600, saving: 5000, serve: 5000 };

export interface ServeRequest {
  readonly dataDir: string;
  /** What opens the data when they are encrypted. */
  readonly unlock: Unlock;
  readonly port: number;
  readonly window: boolean;
  readonly kiosk: boolean;
  /** Model files that are missing are not fetched. */
  readonly offline: boolean;
  /** Says what was lost of the data. */
  warn(notices: readonly ForeignReport[]): void;
  /** Prints the address, as one line, as soon as the kiosk answers there. */
  announce(url: string): void;
}

/** What the commands stand on. The entry program puts it together. */
export interface CliDeps {
  readonly version: string;
  /** Opens a kiosk without a screen. `write` takes the data folder's lock; without it reading works beside a running kiosk. */
  openKiosk(dataDir: string, options: { readonly write: boolean; readonly unlock: Unlock }): Promise<Kiosk>;
  /** Runs until it is interrupted or its window is closed. */
  serve(request: ServeRequest): Promise<void>;
  doctor(dataDir: string, unlock: Unlock): Promise<Answer>;
  /** Where each model is, and whether it is whole. */
  findModels(dataDir: string): Promise<FoundModels>;
  bench(options: { readonly picture: string | null; readonly galleryOnly: boolean }): Promise<Answer>;
}

interface CommonOptions extends SecretOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/**
 * Runs one command.
 * @param argv without the program's own name, e.g. `['people', '--json']`
 * @returns the exit code: 0, 1 (failed, said why), 2 (usage)
 */
export async function runCli(argv: readonly string[], terminal: Terminal, deps: CliDeps): Promise<number> {
  const json = argv.includes('--json');
  let code = EXIT_OK;
  let grace = GRACE_MS.command;
  let answered = false;

  /** What was lost of the data and no operator has seen yet: every command says so, also in its JSON. */
  const unseen: ForeignReport[] = [];
  const warn = (notices: readonly ForeignReport[]): void => {
    for (const notice of notices) {
      if (notice.code !== 'store-damaged' || unseen.some(({ message }) => message === notice.message)) continue;
      unseen.push(notice);
      note(terminal, `${errorText(LintelError.fromReport(notice))} ("lintel doctor --seen" ends this warning.)`);
    }
  };
  const print = (answer: Answer): void => {
    const { json: value } = answer;
    const whole = unseen.length === 0 ? value : { ...(value as object), notices: unseen };
    terminal.stdout.write(json ? asJson(whole) : asText(answer.text));
    answered = true;
    if (answer.failed === true) code = EXIT_FAILED;
  };
  const dataDir = (options: CommonOptions): string => dataFolder(options.data, terminal.env, terminal.cwd);
  const withKiosk = async (
    options: CommonOptions,
    write: boolean,
    work: (kiosk: Kiosk) => Promise<Answer | null>,
    secret = unlockFrom(terminal, options),
  ): Promise<void> => {
    const folder = dataDir(options);
    let asking = false;
    const unlock: Unlock = async (method) => {
      asking = true;
      return secret(method).finally(() => (asking = false));
    };
    const opening = deps.openKiosk(folder, { write, unlock });
    const kiosk = await untilInterrupted(terminal, opening, () => (asking ? null : `the data in ${folder}`)).catch(
      (error: unknown) => {
        void opening.then((late) => late.close()).catch(() => undefined);
        throw error;
      },
    );
    try {
      warn(kiosk.status().notices);
      const done = await work(kiosk);
      if (done !== null) print(done);
    } finally {
      await kiosk.close();
    }
  };

  /** For what takes data out: it changes nothing, but the audit log should have it. Beside a running kiosk it cannot. */
  const withKioskAudited = async (options: CommonOptions, work: (kiosk: Kiosk) => Promise<Answer>): Promise<void> => {
    if (!existsSync(dataDir(options))) return withKiosk(options, false, work);
    try {
      await withKiosk(options, true, work);
    } catch (error) {
      if (!(error instanceof LintelError) || error.code !== 'store-locked') throw error;
      note(terminal, 'a kiosk is running on this folder: its audit log will not have this export.');
      await withKiosk(options, false, work);
    }
  };

  const program = new Command('lintel')
    .description('Face check-in on this machine, without a network: the commands of operators and scripts.')
    .version(deps.version)
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
    })
    .exitOverride()
    .hook('preAction', async (_program, command) => {
      const folder = dataDir(command.optsWithGlobals<CommonOptions>());
      warn((await unseenIn(realOps, folder).catch(() => [])).map((notice) => notice.toReport()));
    })
    .addHelpText(
      'after',
      '\nExit code: 0 done, 1 failed (says why), 2 wrong usage. With --json one JSON object is printed, {"error":{...}} on failure.' +
        "\nModels are looked for in LINTEL_MODELS_DIR, the data folder's models/, then models/. LINTEL_EMBEDDER chooses the embedder.",
    );
  const add = (parent: Command, usage: string, description: string): Command =>
    parent
      .command(usage)
      .description(description)
      .option('--data <dir>', "data folder (default: LINTEL_DATA, else the system's folder for applications)")
      .option('--json', 'one JSON object on stdout, everything else on stderr')
      .option('--passphrase-file <file>', 'opens encrypted data (else LINTEL_PASSPHRASE_FILE, else it is typed)')
      .option('--key-file <file>', 'opens encrypted data (else LINTEL_KEY_FILE)')
      .allowExcessArguments(false);

  const sure = ['--even-if-different', 'also take pictures that look like somebody else than the others'] as const;
  add(program, 'enroll <folder>', 'enroll people: one sub-folder of pictures per person, its name the name')
    .option(...sure)
    .addHelpText(
      'after',
      '\nBy enrolling you say that each person has agreed to it today. Somebody of that name who is already enrolled gets the' +
        '\nnew pictures added; a picture they already have is not added twice. Exit code 1 when nobody could be enrolled.',
    )
    .action((folder: string, options: CommonOptions & { evenIfDifferent?: boolean }) =>
      withKiosk(options, true, (kiosk) => {
        grace = GRACE_MS.saving;
        return enroll(kiosk, terminal, folder, options);
      }),
    );
  const pictures =
    '\nA folder stands for the files in it. A picture that cannot be read or understood is reported in its place and the rest' +
    '\ngo on; the exit code is 1 when a file does not exist or no picture at all could be used.';
  add(program, 'identify <picture...>', 'who is in these pictures')
    .option('--annotate <dir>', 'also write each picture with boxes and names drawn on it into this folder')
    .addHelpText('after', pictures)
    .action((files: string[], options: CommonOptions & { annotate?: string }) =>
      withKiosk(options, false, (kiosk) => identify(kiosk, terminal, files, options.annotate ?? null)),
    );
  add(program, 'verify <a> <b>', 'whether the largest faces of two pictures are the same person').action(
    (a: string, b: string, options: CommonOptions) =>
      withKiosk(options, false, (kiosk) => verify(kiosk, terminal, a, b)),
  );
  add(program, 'embed <picture...>', 'the embedding of every face in these pictures')
    .option('--aligned', 'the pictures are 112x112 crops, already aligned: take them as they are')
    .addHelpText('after', pictures)
    .action((files: string[], options: CommonOptions & { aligned?: boolean }) =>
      withKiosk(options, false, (kiosk) => embed(kiosk, terminal, files, { aligned: options.aligned === true })),
    );
  const peopleCommand = add(program, 'people', 'who is enrolled')
    .allowExcessArguments(false)
    .action((options: CommonOptions) => withKiosk(options, false, people));
  addPeopleCommands(peopleCommand, {
    add,
    withKiosk: (command, write, work) => withKiosk(command.optsWithGlobals<CommonOptions>(), write, work),
    parseFate,
  });
  add(program, 'import <folder>', 'import people: a folder of folders, or a data.csv of id,name,group,image')
    .option('--plan', 'only show who would be imported and what cannot be used')
    .option(...sure)
    .addHelpText(
      'after',
      '\nBy importing you say that each person has agreed to it today. Whoever is enrolled already is known by their id, else' +
        '\nby their name; a picture they already have is not added twice. So after Ctrl+C or a crash the same command goes on' +
        '\nfrom there. Also reads what "export" has written. Exit code 1 when nobody could be enrolled, or it was stopped.',
    )
    .action((folder: string, options: CommonOptions & { plan?: boolean; evenIfDifferent?: boolean }) =>
      withKiosk(options, options.plan !== true, (kiosk) => {
        if (options.plan !== true) grace = GRACE_MS.saving;
        return importPeople(kiosk, terminal, folder, { ...options, plan: options.plan === true });
      }),
    );
  add(
    program,
    'export <folder>',
    'write everybody, with pictures and face data, into a new folder that "import" reads',
  ).action((folder: string, options: CommonOptions) =>
    withKioskAudited(options, (kiosk) => exportPeople(kiosk, terminal, folder)),
  );
  add(program, 'log', 'the check-ins of a day')
    .option('--day <YYYY-MM-DD>', 'which day (default: today)', parseDay)
    .action((options: CommonOptions & { day?: string }) =>
      withKiosk(options, false, (kiosk) => log(kiosk, options.day ?? null)),
    );
  add(program, 'attendance', 'who was there, from when to when')
    .option('--from <YYYY-MM-DD>', 'first day (default: the last)', parseDay)
    .option('--to <YYYY-MM-DD>', 'last day (default: the first, else today)', parseDay)
    .option('--person <id>', 'only this person, with every line behind their days')
    .option('--group <name>', 'only this group')
    .option('--export <file>', 'also write it for a spreadsheet: FILE.csv or FILE.xlsx', parseExport)
    .option('--locale <tag>', "of the file's dates and numbers, as en-GB or vi (default: the system's)")
    .action((options: CommonOptions & AttendanceOptions) =>
      options.export === undefined
        ? withKiosk(options, false, (kiosk) => attendance(kiosk, terminal, options))
        : withKioskAudited(options, (kiosk) => attendance(kiosk, terminal, options)),
    );
  const reason = '--reason <text>';
  const correctCommand = add(
    program,
    'correct',
    'correct the log by further lines; what the kiosk wrote stays as it is',
  )
    .addHelpText('after', '\nIds of check-ins are in: log --json, attendance --person ID --json.')
    .action((_options: CommonOptions, command: Command) => command.help({ error: true }));
  const correction = (usage: string, description: string): Command =>
    add(correctCommand, usage, description).requiredOption(reason, 'why', parseText);
  const inLog = (command: Command, correction: WrittenCorrection): Promise<void> =>
    withKiosk(command.optsWithGlobals<CommonOptions>(), true, (kiosk) => correct(kiosk, terminal, correction));
  const at = "2026-01-31T08:05 by the kiosk's clock, or with an offset: 2026-01-31T08:05+01:00";
  correction('add', 'a check-in that was forgotten')
    .requiredOption('--person <id>', 'who')
    .requiredOption('--at <time>', at, parseTime)
    .requiredOption('--direction <in|out>', 'in or out', parseDirection)
    .action((options: { person: string; at: string; direction: 'in' | 'out'; reason: string }, command: Command) => {
      const { person: personId, at, direction, reason } = options;
      return inLog(command, { kind: 'add', personId, at, direction, reason });
    });
  correction('void <id>', 'a check-in that never was').action(
    (target: string, { reason }: { reason: string }, command: Command) =>
      inLog(command, { kind: 'void', target, reason }),
  );
  correction('retime <id>', 'a check-in that was at another time')
    .requiredOption('--at <time>', at, parseTime)
    .action((target: string, { at, reason }: { at: string; reason: string }, command: Command) =>
      inLog(command, { kind: 'retime', target, at, reason }),
    );
  add(program, 'evaluate [folder]', 'how good it is: on a folder of people, a list of pairs, or the enrolled people')
    .option('--pairs <file>', "a list of pairs: file_x,file_y,Decision as CSV, or LFW's pairs.txt")
    .option('--images <dir>', 'with --pairs: the folder its pictures are in')
    .option('--enrolled', "the enrolled people's own samples, each against templates made without it")
    .option('--aligned', 'the pictures are 112x112 crops, already aligned: take them as they are')
    .option('--report <file.html>', 'also write a page with curves, histograms and the worst mistakes; it shows faces')
    .option(
      '--calibration <file.json>',
      "also write what the folder teaches about thresholds, as a model's calibration",
    )
    .addHelpText(
      'after',
      '\nOf each picture the face with the largest box counts. A picture without a face, or that cannot be read, is left out' +
        '\nwith every pair it is in; "skipped" counts those pairs, and they are in no figure. Rates are fractions, 0 to 1.',
    )
    .action(async (folder: string | undefined, options: CommonOptions & EvaluateOptions, command: Command) => {
      const misuse = evaluateMisuse(folder, options);
      if (misuse !== null) command.error(`error: ${misuse}`, { exitCode: EXIT_USAGE });
      await withKiosk(options, false, (kiosk) => evaluate(kiosk, terminal, folder, options));
    });
  const settingsCommand = add(program, 'settings', 'how the kiosk is set')
    .allowExcessArguments(false)
    .action((options: CommonOptions) => withKiosk(options, false, showSettings));
  add(settingsCommand, 'set <key> <value>', 'change one: liveness off, votes.needed 2, greeting "Hello {name}"')
    .addHelpText(
      'after',
      '\nThe value is text, or JSON where it is a number, true, false, null or a list. Not while a kiosk runs here.',
    )
    .action(async (key: string, value: string, _options: CommonOptions, command: Command) => {
      const misuse = settingMisuse(key, value);
      if (misuse !== null) command.error(`error: ${misuse}`, { exitCode: EXIT_USAGE });
      await withKiosk(command.optsWithGlobals<CommonOptions>(), true, (kiosk) => setSetting(kiosk, key, value));
    });
  add(program, 'serve', "open the kiosk for this machine's browser; prints {url}")
    .option('--port <n>', 'port on 127.0.0.1 (default: any free one)', parsePort, 0)
    .option('--window', "also open it in an app window of this machine's Chromium, Chrome or Edge")
    .option('--no-window', 'only serve (the default, but for the start script of the portable bundle)')
    .option('--kiosk', 'with --window: full-screen')
    .option('--offline', 'download nothing, also where model files are missing')
    .action((options: CommonOptions & { port: number; window?: boolean; kiosk?: boolean; offline?: boolean }) => {
      return deps.serve({
        dataDir: dataDir(options),
        unlock: unlockFrom(terminal, options, true),
        port: options.port,
        window: options.window === true,
        kiosk: options.kiosk === true,
        offline: options.offline === true,
        warn,
        announce: (url) => {
          grace = GRACE_MS.serve;
          terminal.stdout.write(`${JSON.stringify({ url })}\n`);
          if (!json) note(terminal, `the kiosk is open at ${url} (Ctrl+C closes it)`);
        },
      });
    });
  const modelsCommand = add(program, 'models', 'which models are here').action(async (options: CommonOptions) =>
    print(listModels(await deps.findModels(dataDir(options)))),
  );
  add(modelsCommand, 'download [id...]', "download models into the data folder's models/ (none named: what is missing)")
    .addHelpText('after', '\nEach file is checked by size and SHA-256. Mind the licence, which is printed first.')
    .action(async (ids: string[], _options: CommonOptions, command: Command) => {
      const folder = dataDir(command.optsWithGlobals<CommonOptions>());
      print(await downloadModels(await deps.findModels(folder), ids, folder, terminal));
    });
  add(program, 'doctor', 'what is here, what is missing, and what to do')
    .addHelpText('after', '\nExit code 1 when a kiosk could not open here; what is only missing is said and no more.')
    .option('--seen', 'what it says about damaged files was read: no command says it again')
    .action(async (options: CommonOptions & { seen?: boolean }) => {
      const found = await deps.doctor(dataDir(options), unlockFrom(terminal, options));
      if (options.seen === true) await forgetUnseen(realOps, dataDir(options));
      print(found);
    });
  add(program, 'bench', 'how fast it is on this machine')
    .option('--picture <file>', 'a picture with one face (default: one of those at hand)')
    .option('--gallery', 'only the gallery: how fast, and whether exact')
    .action(async (options: CommonOptions & { picture?: string; gallery?: boolean }) =>
      print(await deps.bench({ picture: options.picture ?? null, galleryOnly: options.gallery === true })),
    );

  addSecurityCommands(program, { terminal, version: deps.version, dataDir, print, add, withKiosk });

  try {
    if (argv.length === 0) program.help({ error: true });
    const command = program.parseAsync([...argv], { from: 'user' });
    await untilInterrupted(
      terminal,
      command,
      () => null,
      () => grace,
    );
    return code;
  } catch (thrown) {
    // What a stop breaks off ends with the system's own word for it.
    const stopped =
      terminal.interrupted.aborted && !(thrown instanceof LintelError || thrown instanceof CommanderError);
    const error = stopped ? new LintelError('interrupted', undefined, { cause: thrown }) : worded(thrown);
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT_OK; // --help, --version
      if (json)
        terminal.stdout.write(
          `${JSON.stringify({ error: { code: 'usage', message: error.message.replace(/^error: /, '') } })}\n`,
        );
      return EXIT_USAGE;
    }
    // What was done is said; only closing takes too long.
    if (answered && terminal.interrupted.aborted) return code;
    if (json) terminal.stdout.write(asJson({ error: reportOf(error) }));
    note(terminal, errorText(error));
    if (!(error instanceof LintelError) && terminal.env['LINTEL_DEBUG'] !== undefined) {
      terminal.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    }
    return EXIT_FAILED;
  }
}

function parseFate(text: string): 'keep' | 'anonymise' {
  if (text !== 'keep' && text !== 'anonymise') throw new InvalidArgumentError('It is keep or anonymise.');
  return text;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}
