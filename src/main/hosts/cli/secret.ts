/** Asks for a line without showing what is typed. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { LintelError } from '../../../shared/errors.ts';
import type { Unlock } from '../../server/security.ts';
import { checkPassphrase, createKeyFile, passphraseFromFile, type Secret } from '../../storage/secret.ts';
import { checkInterrupted, note, type Terminal } from './terminal.ts';

/** The part of a terminal's stdin that is needed. */
export interface HiddenInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
}

/**
 * @param interrupt ends the question; Ctrl+C, which a terminal that shows nothing only passes on as a letter, ends the command with it
 * @returns what was typed; null when there is nobody to type (no terminal), or they pressed Ctrl+C, Ctrl+D or Escape
 */
export function askHidden(
  input: HiddenInput,
  output: NodeJS.WritableStream,
  question: string,
  interrupt?: AbortController,
): Promise<string | null> {
  if (input.isTTY !== true || input.setRawMode === undefined) return Promise.resolve(null);
  output.write(question);
  input.setRawMode(true);
  input.resume();
  const decoder = new StringDecoder('utf8');
  let typed: string[] = [];
  return new Promise((resolve) => {
    const end = (answer: string | null): void => {
      input.off('data', listen);
      input.off('end', gone);
      interrupt?.signal.removeEventListener('abort', gone);
      input.setRawMode?.(false);
      input.pause();
      output.write('\n');
      resolve(answer);
    };
    const gone = (): void => end(null);
    const listen = (bytes: Buffer): void => {
      for (const key of decoder.write(bytes)) {
        if (key === '\r' || key === '\n') return end(typed.join(''));
        if (key === '\u0003') interrupt?.abort();
        if (key === '\u0003' || key === '\u0004' || key === '\u001b') return end(null);
        if (key === '\u0015') typed = [];
        else if (key === '\u007f' || key === '\b') typed.pop();
        else if (key >= ' ') typed.push(key);
      }
    };
    input.on('data', listen);
    input.on('end', gone);
    interrupt?.signal.addEventListener('abort', gone);
  });
}

/** @throws LintelError `interrupted` when the question was ended by a signal: nobody refused to answer */
async function ask(terminal: Terminal, question: string): Promise<string | null> {
  const typed = (await terminal.ask?.(question)) ?? null;
  checkInterrupted(terminal);
  return typed;
}

// Where the terminal has passphrases and keys from: a file, the environment's file, or whoever sits at it. Never an argument.

/** As the command line gives them. */
export interface SecretOptions {
  readonly passphraseFile?: string;
  readonly keyFile?: string;
}

/** What was said on the command line, else in the environment. Absolute. */
function filesOf(terminal: Terminal, options: SecretOptions): { passphrase: string | null; key: string | null } {
  const { env, cwd } = terminal;
  const at = (given: string | undefined): string | null =>
    given === undefined || given === '' ? null : resolve(cwd, given);
  // Saying one of them on the command line means that one, whatever the environment says.
  const said = options.passphraseFile !== undefined || options.keyFile !== undefined;
  return {
    passphrase: at(options.passphraseFile ?? (said ? undefined : env['LINTEL_PASSPHRASE_FILE'])),
    key: at(options.keyFile ?? (said ? undefined : env['LINTEL_KEY_FILE'])),
  };
}

/**
 * What opens an encrypted data folder. Asks only when the folder is encrypted and no file was given.
 * @param onScreen a passphrase that nobody here can type is asked for on the kiosk's screen: null is given then
 */
export function unlockFrom(terminal: Terminal, options: SecretOptions, onScreen = false): Unlock {
  const files = filesOf(terminal, options);
  return async (method): Promise<Secret | null> => {
    if (method === 'key-file') {
      if (files.key !== null) return { method, path: files.key };
      throw new LintelError('vault-locked.give-key-file');
    }
    if (method === 'passphrase') {
      if (files.passphrase !== null) return { method, passphrase: await passphraseFromFile(files.passphrase) };
      const typed = await ask(terminal, 'Passphrase of the data: ');
      if (typed !== null) return { method, passphrase: typed };
      if (onScreen) return null;
      throw new LintelError('vault-locked.give-passphrase');
    }
    return null;
  };
}

/**
 * The secret to encrypt with from now on. A key file that is not there yet is made.
 * @throws LintelError `passphrase-unasked` when none is given and nobody can be asked, `passphrases-differ` when two passphrases typed are not the same
 */
export async function newSecretFrom(terminal: Terminal, options: SecretOptions): Promise<Secret> {
  const files = filesOf(terminal, options);
  if (files.passphrase !== null && files.key !== null) throw new LintelError('two-secrets');
  if (files.key !== null) {
    if (!existsSync(files.key)) {
      await createKeyFile(files.key);
      note(
        terminal,
        `a new key was made in ${files.key}. Without it the data can not be read by anybody: keep a copy.`,
      );
    }
    return { method: 'key-file', path: files.key };
  }
  const passphrase =
    files.passphrase === null
      ? await typedTwice(terminal, 'New passphrase of the data', '--passphrase-file FILE or --key-file FILE')
      : await passphraseFromFile(files.passphrase, true);
  checkPassphrase(passphrase);
  return { method: 'passphrase', passphrase };
}

/**
 * The passphrase of a backup: not the one of the data.
 * @param fresh it is chosen now, so it is typed twice
 * @throws LintelError `passphrase-unasked`, `passphrases-differ`, or what reading its file throws
 */
export async function backupPassphrase(terminal: Terminal, file: string | undefined, fresh: boolean): Promise<string> {
  const given = file ?? terminal.env['LINTEL_BACKUP_PASSPHRASE_FILE'];
  if (given !== undefined && given !== '') return passphraseFromFile(resolve(terminal.cwd, given), fresh);
  const option = '--backup-passphrase-file FILE';
  if (fresh) return typedTwice(terminal, 'New passphrase of the backup', option);
  const typed = await ask(terminal, 'Passphrase of the backup: ');
  if (typed === null) throw nobodyToAsk(option);
  return typed;
}

async function typedTwice(terminal: Terminal, what: string, option: string): Promise<string> {
  const first = await ask(terminal, `${what}: `);
  if (first === null) throw nobodyToAsk(option);
  checkPassphrase(first);
  if ((await ask(terminal, `${what}, once more: `)) === first) return first;
  throw new LintelError('passphrases-differ');
}

const nobodyToAsk = (option: string): LintelError => new LintelError('passphrase-unasked', { option });
