/** The commands of trust: encryption, the audit journal, backups. */
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { Link } from '../../audit/entry.ts';
import type { ClosedFolder, EncryptionChange } from '../../kiosk/closed-folder.ts';
import { listCommand, verifyCommand } from './audit.ts';
import { backupCommand, backupPlanCommand, restoreCommand, verifyBackupCommand } from './backup.ts';
import { encrypt, encryptionStatus } from './encrypt.ts';
import { backupPassphrase, newSecretFrom, unlockFrom, type SecretOptions } from './secret.ts';
import type { Answer, Terminal } from './terminal.ts';

type Options = SecretOptions & { readonly data?: string };

export interface TrustCommands {
  readonly terminal: Terminal;
  readonly version: string;
  readonly dataDir: (options: Options) => string;
  readonly print: (answer: Answer) => void;
  /** Adds a command with the options that all have. */
  readonly add: (parent: Command, usage: string, description: string) => Command;
}

export function addTrustCommands(program: Command, { terminal, version, dataDir, print, add }: TrustCommands): void {
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
    'whether the data are encrypted; turn it on or off, take another key',
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
  add(encryptCommand, 'passphrase', 'take another passphrase or key file; the data key stays')
    .option('--new-passphrase-file <file>', 'its first line is the new passphrase (default: typed)')
    .option('--new-key-file <file>', 'the new key; made if it is not there')
    .action((_options: Options, command: Command) =>
      change(command, async () => {
        const given = optionsOf<Options & { newPassphraseFile?: string; newKeyFile?: string }>(command);
        const { newPassphraseFile: passphraseFile, newKeyFile: keyFile } = given;
        const files = {
          ...(passphraseFile === undefined ? {} : { passphraseFile }),
          ...(keyFile === undefined ? {} : { keyFile }),
        };
        // What the environment names is the secret of now.
        return { what: 'secret-changed', secret: await newSecretFrom({ ...terminal, env: {} }, files) };
      }),
    );

  // ---- audit
  const auditCommand = onlySub('audit', 'the journal of who did what: verify it, list it');
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
  add(backupCmd, 'plan', 'the backups that the kiosk makes by itself while it runs: say how they are, or change it')
    .option('--folder <dir>', 'into this folder: of a stick, another disk')
    .option('--off', 'no more of them')
    .option('--every-hours <n>', 'how often (at first: 24)', parseHours)
    .option('--keep <n>', 'how many are kept (at first: 7)', parseKept)
    .option('--keep-deleted', 'keep backups from before somebody was deleted')
    .option('--forget-deleted', 'remove them once there is a new one (at first so)')
    .option(passphraseOption, passphraseHelp)
    .addHelpText('after', '\nTo change it, the kiosk must be closed; or do it in its Safety area.')
    .action(async (_options: BackupOptions, command: Command) => {
      const options = optionsOf<BackupOptions & PlanOptions>(command);
      const { folder, off, everyHours, keep, keepDeleted, forgetDeleted } = options;
      if ((folder !== undefined && off === true) || (keepDeleted === true && forgetDeleted === true))
        command.error('error: give one or the other', { exitCode: 2 });
      const change = {
        ...(folder === undefined ? {} : { folder: resolve(terminal.cwd, folder) }),
        ...(off === true ? { folder: null } : {}),
        ...(everyHours === undefined ? {} : { everyHours }),
        ...(keep === undefined ? {} : { keep }),
        ...(keepDeleted === true ? { forgetDeleted: false } : {}),
        ...(forgetDeleted === true ? { forgetDeleted: true } : {}),
      };
      const file = options.backupPassphraseFile;
      const asked = Object.keys(change).length === 0 && file === undefined ? null : change;
      print(
        await backupPlanCommand(folderOf(options), asked, async (needed) =>
          needed || file !== undefined ? backupPassphrase(terminal, file, true) : null,
        ),
      );
    });
  add(program, 'restore <file>', 'put a backup back: merged with what is here, or in place of it')
    .option('--merge', 'of each person whichever was changed last, and the check-ins of both')
    .option('--replace', 'as it was when the backup was made')
    .option('--preview', 'only say what would happen')
    .option('--pin <keep|restore>', "whose PIN (default: this kiosk's, if it has one)", parseKeep)
    .option('--settings <keep|restore>', "whose settings (default: the backup's with --replace)", parseKeep)
    .option(passphraseOption, passphraseHelp)
    .addHelpText(
      'after',
      '\nThe kiosk must be closed (not for --preview). It has happened whole or not at all; a damaged backup changes nothing.' +
        "\nNobody who was deleted here since comes back. This kiosk's audit journal stays.",
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
          ...(pin === undefined ? {} : { pin }),
          ...(settings === undefined ? {} : { settings }),
        };
        print(await restoreCommand(folderOf(options), request, options.preview === true));
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
