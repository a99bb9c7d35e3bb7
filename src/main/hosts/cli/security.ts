/** `lintel audit verify [--noted SEQ:HASH]`, `lintel audit list [--last N]` */
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { BackupPlanSettings, BackupStatus } from '../../../shared/security.ts';
import { given } from '../../../shared/given.ts';
import type { Manifest } from '../../backup/archive.ts';
import { restorePending } from '../../backup/commit-restore.ts';
import { verifyBackup } from '../../backup/create.ts';
import type { RestorePreview } from '../../backup/restore.ts';
import {
  auditLines,
  backUp,
  backupStatus,
  changeEncryption,
  checkAudit,
  type ClosedFolder,
  type EncryptionChange,
  lookAtBackup,
  planBackups,
  restore,
  type RestoreRequest,
} from '../../server/maintenance.ts';
import type { Kiosk } from '../../server/kiosk.ts';
import type { Unlock } from '../../server/security.ts';
import type { Link } from '../../storage/audit-journal.ts';
import type { AuditProblem } from '../../storage/audit-verify.ts';
import { LINTEL_LAYOUT, strangers } from '../../storage/data-layout.ts';
import { realOps } from '../../storage/file-ops.ts';
import { type VaultProgress, type VaultState, vaultStatus } from '../../storage/vault.ts';
import { adviceOnPairs, duplicatesOf } from './people.ts';
import { backupPassphrase, newSecretFrom, type SecretOptions, unlockFrom } from './secret.ts';
import { type Answer, errorText, note, printable, type Terminal } from './terminal.ts';

const PROBLEMS: Record<AuditProblem['kind'], string> = {
  changed: 'was changed',
  removed: 'removed',
  moved: 'is not where it was written',
  added: 'is there twice',
  damaged: 'can not be read',
  'cut-short': 'cut off the end',
  'head-missing': 'audit-head.json, which says which line is the last, is gone',
  'head-behind': 'audit-head.json is older than the journal',
  'not-as-noted': 'is not the line that was noted',
};

async function verifyCommand(on: ClosedFolder, noted: Link | null): Promise<Answer> {
  const report = await checkAudit(on, noted);
  const { ok, lines, last, problems } = report;
  return {
    json: report,
    text: [
      ...problems.map(problemText),
      ok ? `The audit log is unchanged: ${lines} lines.` : `${lines} lines, ${problems.length} problems.`,
      `Last: ${last.seq}:${last.hash}`,
      ...(ok
        ? ['Note that elsewhere: "audit verify --noted" then finds an audit log that was forged as a whole.']
        : []),
    ],
    failed: !ok,
  };
}

function problemText({ kind, file, line, seq, toSeq }: AuditProblem): string {
  const which =
    seq === undefined ? '' : toSeq === undefined || toSeq === seq ? `line ${seq} ` : `lines ${seq}-${toSeq} `;
  const where = file === undefined ? '' : ` (${printable(file)}${line === undefined ? '' : `, line ${line} of it`})`;
  return `${which}${PROBLEMS[kind]}${where}`;
}

async function listCommand(on: ClosedFolder, count: number): Promise<Answer> {
  const lines = await auditLines(on, count);
  return {
    json: { lines },
    text: lines.map(({ seq, at, kind, subject, by, details }) => {
      const more = Object.entries(details).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
      return printable([seq, new Date(at).toISOString(), by, kind, subject ?? '-', ...more].join('  '));
    }),
  };
}

// `lintel encrypt status|on|off|rotate|passphrase`

const STATES: Record<VaultState, string> = {
  plain: 'The data are NOT encrypted: whoever takes this machine or its disk can read them.',
  encrypting: 'The data are being encrypted, or that was interrupted: opening them goes on with it.',
  encrypted: 'The data are encrypted.',
  rotating: 'The data are being encrypted with a new key, or that was interrupted: opening them goes on with it.',
  decrypting: 'The data are being decrypted, or that was interrupted: opening them goes on with it.',
};
const METHODS = {
  passphrase: 'A passphrase opens them.',
  'key-file': 'A key file opens them.',
  'safe-storage': "The system's key store opens them, in the desktop program.",
} as const;

/** Needs no secret. */
async function encryptionStatus(folder: string): Promise<Answer> {
  const { state, method } = await vaultStatus(folder);
  const restoring = await restorePending(realOps, folder);
  const plain = state === 'plain' ? [] : await strangers(realOps, folder, LINTEL_LAYOUT);
  return {
    json: { state, method, restoring, plain },
    text: [
      STATES[state],
      ...(method === null ? [] : [METHODS[method]]),
      ...(restoring ? ['A backup is being restored, or that was interrupted: start the kiosk to complete it.'] : []),
      ...plain.map((name) => `Not encrypted, because Lintel does not know it: ${printable(name)}`),
    ],
  };
}

const DONE: Record<EncryptionChange['what'], string> = {
  on: 'Everything in the data folder is encrypted now. Whoever loses the passphrase or the key loses the data: make a backup.',
  off: 'Nothing in the data folder is encrypted any more: whoever takes this machine or its disk can read it.',
  rotated: 'Everything is encrypted with a new key; the old one opens nothing any more.',
  'secret-changed': 'The new passphrase or key opens the data now, and the old one does not.',
};

async function encrypt(terminal: Terminal, on: ClosedFolder, change: EncryptionChange): Promise<Answer> {
  const { value: plain, notWrittenDown } = await changeEncryption({ ...on, onProgress: progressOf(terminal) }, change);
  const { state, method } = await vaultStatus(on.folder);
  return {
    json: { state, method, plain, ...(notWrittenDown === null ? {} : { notWrittenDown }) },
    text: [
      DONE[change.what],
      ...plain.map((name) => `Not encrypted, because Lintel does not know it: ${printable(name)}`),
      ...(notWrittenDown === null ? [] : [notWrittenDown]),
    ],
  };
}

/** Says a tenth at a time: it may be many files. */
function progressOf(terminal: Terminal): (progress: VaultProgress) => void {
  let told = 0;
  return ({ state, done, total }) => {
    const tenth = Math.floor((done / Math.max(1, total)) * 10);
    if (tenth <= told || total < 100) return;
    told = tenth;
    note(terminal, `${state} ${done}/${total} files`);
  };
}

// `lintel backup FILE`, `lintel backup verify FILE`, `lintel backup plan`, `lintel restore FILE`

const day = (at: number | null): string => (at === null ? '-' : new Date(at).toISOString().slice(0, 10));

/** How many of what; not the list of files, which is long. */
function summary({ createdAt, lintel, kiosk, counts, files }: Manifest) {
  return { createdAt, lintel, kiosk, counts, files: files.length };
}

function inWords({ createdAt, counts }: Manifest): string[] {
  const { people, samples, pictures, checkIns, firstCheckIn, lastCheckIn, auditLines, unreadable } = counts;
  return [
    `Made ${new Date(createdAt).toISOString()}: ${people} people with ${samples} samples and ${pictures} pictures,`,
    `${checkIns} check-ins (${day(firstCheckIn)} to ${day(lastCheckIn)}), ${auditLines} lines of the audit log.`,
    ...(unreadable === 0 ? [] : [`${unreadable} damaged lines or pictures could not be taken along.`]),
  ];
}

async function backupCommand(
  terminal: Terminal,
  on: ClosedFolder,
  request: { readonly to: string; readonly passphrase: string; readonly lintel: string },
): Promise<Answer> {
  let said = '';
  const { value, notWrittenDown } = await backUp(on, {
    ...request,
    signal: terminal.interrupted,
    onBytes: (phase) => {
      if (phase !== said) note(terminal, phase === 'writing' ? 'writing the backup ...' : 'reading it back ...');
      said = phase;
    },
  });
  const { manifest, bytes } = value;
  return {
    json: { file: request.to, bytes, ...summary(manifest), ...(notWrittenDown === null ? {} : { notWrittenDown }) },
    text: [
      ...inWords(manifest),
      `${bytes.toLocaleString('en')} bytes, read back whole. Nobody can open it without its passphrase, you neither.`,
      ...(notWrittenDown === null ? [] : [notWrittenDown]),
    ],
  };
}

async function verifyBackupCommand(file: string, passphrase: string): Promise<Answer> {
  const manifest = await verifyBackup(file, { passphrase });
  return { json: { file, ...summary(manifest) }, text: ['The backup is whole.', ...inWords(manifest)] };
}

/**
 * @param change what is to be otherwise; null: only say how it is
 * @param passphrase asked only when one is given or needed
 */
async function backupPlanCommand(
  on: ClosedFolder,
  change: Partial<BackupPlanSettings> | null,
  passphrase: (needed: boolean) => Promise<string | null>,
): Promise<Answer> {
  const now = await backupStatus(on);
  if (change === null) return { json: planJson(now), text: planText(now) };
  const plan = { ...now.plan, ...change };
  const given = await passphrase(plan.folder !== null && !now.passphraseSet);
  const { value, notWrittenDown } = await planBackups(on, plan, given);
  return {
    json: { ...planJson(value), ...(notWrittenDown === null ? {} : { notWrittenDown }) },
    text: [...planText(value), ...(notWrittenDown === null ? [] : [notWrittenDown])],
  };
}

const planJson = ({ plan, passphraseSet, last, files, places }: BackupStatus) => ({
  plan,
  passphraseSet,
  last,
  files,
  places,
});

function planText({ plan, last, files, places }: BackupStatus): string[] {
  const { folder, everyHours, keep, forgetDeleted } = plan;
  return [
    folder === null
      ? 'Automatic backups are off.'
      : `Automatic backups are on: while it runs, the kiosk makes one every ${everyHours} hours into ${folder}, and keeps ${keep}.`,
    ...(folder === null || forgetDeleted ? [] : ['Backups from before somebody was deleted are kept.']),
    last === null ? 'It has made none yet.' : `The last: ${new Date(last.at).toISOString()}, ${last.people} people.`,
    ...files.map(({ name, bytes }) => `  ${name}  ${bytes.toLocaleString('en')} bytes`),
    ...(folder !== null || places.length === 0 ? [] : [`Plugged in and writable: ${places.join(', ')}`]),
  ];
}

async function restoreCommand(on: ClosedFolder, request: RestoreRequest, preview: boolean): Promise<Answer> {
  if (preview) {
    const found = await lookAtBackup(on, request);
    return { json: { restored: false, ...previewJson(found) }, text: [...previewText(found), 'Nothing was changed.'] };
  }
  const { value, notWrittenDown } = await restore(on, request);
  return {
    json: { restored: true, ...previewJson(value), ...(notWrittenDown === null ? {} : { notWrittenDown }) },
    text: [...previewText(value), 'Done.', ...(notWrittenDown === null ? [] : [notWrittenDown])],
  };
}

const previewJson = ({ manifest, ...found }: RestorePreview) => ({ ...found, backup: summary(manifest) });

function previewText({ how, manifest, people, checkIns, settings, pin, audit }: RestorePreview): string[] {
  const { added, newerInBackup, newerHere, same, onlyHere, leftOut, sameName } = people;
  const merging = how === 'merge';
  return [
    ...inWords(manifest),
    merging ? 'Merged with what is here:' : 'In place of what is here:',
    `  people who come: ${added}${sameName === 0 ? '' : `, ${sameName} of them under a name that is here already`}`,
    `  people changed later in the backup, who are taken from it: ${newerInBackup}`,
    `  people changed later here, who ${merging ? 'stay' : 'GO BACK'}: ${newerHere}`,
    `  people who are the same: ${same}`,
    `  people only here, who ${merging ? 'stay' : 'GO'}: ${onlyHere}`,
    ...(leftOut === 0 ? [] : [`  people deleted here since, who do not come back: ${leftOut}`]),
    `  check-ins that come: ${checkIns.added}; only here, which ${merging ? 'stay' : 'GO'}: ${checkIns.onlyHere}`,
    `  settings: ${settings === 'keep' ? "this kiosk's" : "the backup's"}; PIN: ${pin === 'keep' ? "this kiosk's" : "the backup's"}; ` +
      `audit log: ${audit === 'keep' ? "this kiosk's" : "the backup's"}`,
  ];
}

// The commands about security: encryption, the audit log, backups.

type Options = SecretOptions & { readonly data?: string };

interface SecurityCommands {
  readonly terminal: Terminal;
  readonly version: string;
  readonly dataDir: (options: Options) => string;
  readonly print: (answer: Answer) => void;
  /** Opens the kiosk to read from it, and prints what `work` gives. */
  readonly withKiosk: (
    options: Options,
    write: boolean,
    work: (kiosk: Kiosk) => Promise<Answer | null>,
    secret: Unlock,
  ) => Promise<void>;
  /** Adds a command with the options that all have. */
  readonly add: (parent: Command, usage: string, description: string) => Command;
}

export function addSecurityCommands(
  program: Command,
  { terminal, version, dataDir, print, add, withKiosk }: SecurityCommands,
): void {
  const folderOf = (options: Options): ClosedFolder => ({
    folder: dataDir(options),
    unlock: unlockFrom(terminal, options),
    by: 'terminal',
  });
  const onlySub = (usage: string, description: string): Command =>
    add(program, usage, description).action((_options: Options, command: Command) => command.help({ error: true }));
  const optionsOf = <T extends Options>(command: Command): T => command.optsWithGlobals<T>();

  // ---- encryption
  const encryptCommand = onlySub(
    'encrypt',
    'whether the data are encrypted; turn it on or off, change the key',
  ).addHelpText(
    'after',
    '\nThe kiosk must be closed. Stopped half-way, it goes on when the data are next opened.' +
      '\nA passphrase is typed, or is the first line of a file that only you may read (mode 0600). A key file holds 256 random' +
      '\nbits; keep it on another disk. WHOEVER LOSES THE PASSPHRASE OR THE KEY LOSES THE DATA: nobody can recover it.',
  );
  const change = async (command: Command, make: (options: Options) => Promise<EncryptionChange> | EncryptionChange) => {
    const options = optionsOf(command);
    const what = await make(options);
    print(await encrypt(terminal, folderOf(options), what));
  };
  add(encryptCommand, 'status', 'whether the data are encrypted, and by what').action(
    async (_options: Options, command: Command) => print(await encryptionStatus(dataDir(optionsOf(command)))),
  );
  add(encryptCommand, 'on', 'encrypt everything: with --key-file (made if it is not there), else a passphrase').action(
    (_options: Options, command: Command) =>
      change(command, async (options) => ({ what: 'on', secret: await newSecretFrom(terminal, options) })),
  );
  add(encryptCommand, 'off', 'decrypt everything').action((_options: Options, command: Command) =>
    change(command, () => ({ what: 'off' })),
  );
  add(encryptCommand, 'rotate', 'encrypt everything with a new data key; the passphrase stays').action(
    (_options: Options, command: Command) => change(command, () => ({ what: 'rotated' })),
  );
  add(encryptCommand, 'passphrase', 'change the passphrase or key file; the data key stays')
    .option('--new-passphrase-file <file>', 'its first line is the new passphrase (default: typed)')
    .option('--new-key-file <file>', 'the new key; made if it is not there')
    .action((_options: Options, command: Command) =>
      change(command, async () => {
        type Renewed = Options & { newPassphraseFile?: string; newKeyFile?: string };
        const { newPassphraseFile: passphraseFile, newKeyFile: keyFile } = optionsOf<Renewed>(command);
        const files = given({ passphraseFile, keyFile });
        // What the environment names is the secret of now.
        return { what: 'secret-changed', secret: await newSecretFrom({ ...terminal, env: {} }, files) };
      }),
    );

  // ---- audit
  const auditCommand = onlySub('audit', 'the audit log, who did what: verify it, list it');
  add(auditCommand, 'verify', 'find lines that were changed, removed, moved or cut off; prints the last')
    .option('--noted <seq:hash>', 'a last line noted earlier: it must still be there', parseLink)
    .addHelpText('after', '\nWorks beside a running kiosk. Exit code 1 when something was found.')
    .action(async (_options: Options, command: Command) => {
      const options = optionsOf<Options & { noted?: Link }>(command);
      print(await verifyCommand(folderOf(options), options.noted ?? null));
    });
  add(auditCommand, 'list', 'the last lines, oldest first')
    .option('--last <n>', 'how many', parseCount, 50)
    .action(async (_options: Options, command: Command) => {
      const options = optionsOf<Options & { last: number }>(command);
      print(await listCommand(folderOf(options), options.last));
    });

  // ---- backups
  const passphraseOption = '--backup-passphrase-file <file>';
  const passphraseHelp = "its first line is the backup's passphrase (else LINTEL_BACKUP_PASSPHRASE_FILE, else typed)";
  type BackupOptions = Options & { backupPassphraseFile?: string };
  const backupCmd = add(program, 'backup <file>', 'everything in one encrypted file, read back once it is written')
    .option(passphraseOption, passphraseHelp)
    .addHelpText('after', '\nWorks beside a running kiosk. A passphrase that is lost can not be recovered.')
    .action(async (file: string, options: BackupOptions) => {
      const passphrase = await backupPassphrase(terminal, options.backupPassphraseFile, true);
      const to = resolve(terminal.cwd, file);
      print(await backupCommand(terminal, folderOf(options), { to, passphrase, lintel: version }));
    });
  add(backupCmd, 'verify <file>', 'read a backup from front to end; says what is in it')
    .option(passphraseOption, passphraseHelp)
    .action(async (file: string, _options: BackupOptions, command: Command) => {
      const { backupPassphraseFile } = optionsOf<BackupOptions>(command);
      const passphrase = await backupPassphrase(terminal, backupPassphraseFile, false);
      print(await verifyBackupCommand(resolve(terminal.cwd, file), passphrase));
    });
  add(backupCmd, 'plan', 'automatic backups while the kiosk runs: show or change the plan')
    .option('--folder <dir>', 'into this folder, on a USB drive or another disk')
    .option('--off', 'turn them off')
    .option('--every-hours <n>', 'how often (initially 24)', parseHours)
    .option('--keep <n>', 'how many are kept (initially 7)', parseKept)
    .option('--keep-deleted', 'keep backups from before somebody was deleted')
    .option('--forget-deleted', 'remove them once there is a new one (initially so)')
    .option(passphraseOption, passphraseHelp)
    .addHelpText('after', '\nTo change it, the kiosk must be closed; or do it in its Security area.')
    .action(async (_options: BackupOptions, command: Command) => {
      const options = optionsOf<BackupOptions & PlanOptions>(command);
      const { folder, off, everyHours, keep, keepDeleted, forgetDeleted } = options;
      if ((folder !== undefined && off === true) || (keepDeleted === true && forgetDeleted === true))
        command.error('error: give one or the other', { exitCode: 2 });
      const change = given({
        folder: off === true ? null : folder === undefined ? undefined : resolve(terminal.cwd, folder),
        everyHours,
        keep,
        forgetDeleted: keepDeleted === true ? false : forgetDeleted,
      });
      const file = options.backupPassphraseFile;
      const asked = Object.keys(change).length === 0 && file === undefined ? null : change;
      print(
        await backupPlanCommand(folderOf(options), asked, async (needed) =>
          needed || file !== undefined ? backupPassphrase(terminal, file, true) : null,
        ),
      );
    });
  add(program, 'restore <file>', 'restore a backup: merge it with the data here, or replace them')
    .option('--merge', 'of each person whichever was changed last, and the check-ins of both')
    .option('--replace', 'everything as it was when the backup was made')
    .option('--preview', 'only show what would happen')
    .option('--pin <keep|restore>', "whose PIN (default: this kiosk's, if it has one)", parseKeep)
    .option('--settings <keep|restore>', "whose settings (default: the backup's with --replace)", parseKeep)
    .option(passphraseOption, passphraseHelp)
    .addHelpText(
      'after',
      '\nThe kiosk must be closed (not for --preview). A backup is restored completely or not at all; a damaged backup changes nothing.' +
        "\nPeople deleted here since the backup was made stay deleted. This kiosk's audit log stays.",
    )
    .action(
      async (
        file: string,
        options: BackupOptions & {
          merge?: boolean;
          replace?: boolean;
          preview?: boolean;
          pin?: 'keep' | 'restore';
          settings?: 'keep' | 'restore';
        },
        command: Command,
      ) => {
        if ((options.merge === true) === (options.replace === true))
          command.error('error: give either --merge or --replace', { exitCode: 2 });
        const passphrase = await backupPassphrase(terminal, options.backupPassphraseFile, false);
        const { pin, settings } = options;
        const request = {
          file: resolve(terminal.cwd, file),
          secret: { passphrase },
          how: options.merge === true ? ('merge' as const) : ('replace' as const),
          ...given({ pin, settings }),
        };
        // What opens the data is asked for once.
        let secret: ReturnType<Unlock> | undefined;
        const unlock = unlockFrom(terminal, options);
        const once: Unlock = (method) => (secret ??= unlock(method));
        const done = await restoreCommand({ ...folderOf(options), unlock: once }, request, options.preview === true);
        if (request.how !== 'merge' || options.preview === true) return print(done);
        let lookAlikes: Awaited<ReturnType<typeof duplicatesOf>> = [];
        const find = async (kiosk: Kiosk): Promise<null> => {
          lookAlikes = await duplicatesOf(kiosk);
          return null;
        };
        // Where the kiosk can not open now, the backup is restored all the same.
        await withKiosk(options, false, find, once).catch((error: unknown) => note(terminal, errorText(error)));
        print({ json: { ...(done.json as object), lookAlikes }, text: [...done.text, ...adviceOnPairs(lookAlikes)] });
      },
    );
}

interface PlanOptions {
  readonly folder?: string;
  readonly off?: boolean;
  readonly everyHours?: number;
  readonly keep?: number;
  readonly keepDeleted?: boolean;
  readonly forgetDeleted?: boolean;
}

/** As the contract bounds them (`backupPlanSchema`). */
const within =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`It is a number from ${least} to ${most}.`);
    return value;
  };
const parseHours = within(1, 24 * 31);
const parseKept = within(1, 365);
const parseCount = within(1, 1_000_000);

function parseKeep(text: string): 'keep' | 'restore' {
  if (text !== 'keep' && text !== 'restore') throw new InvalidArgumentError('It is "keep" or "restore".');
  return text;
}

function parseLink(text: string): Link {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  if (seq === undefined || hash === undefined)
    throw new InvalidArgumentError('It is NUMBER:HASH, as "audit verify" prints it.');
  return { seq: Number(seq), hash };
}
