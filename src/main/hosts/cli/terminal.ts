/** What a command may do to the outside: two streams, an environment, a folder to stand in, and being interrupted. */
import cliProgress from 'cli-progress';
import { LintelError, reportOf } from '../../../shared/errors.ts';
import { unless } from '../../storage/context.ts';

export interface Terminal {
  /** The answer, and nothing else. */
  readonly stdout: NodeJS.WritableStream;
  /** Everything else. */
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What relative paths are relative to: where the person stands, not where npm went. */
  readonly cwd: string;
  /** Ctrl+C or SIGTERM. */
  readonly interrupted: AbortSignal;
  /** Asks whoever sits here for a line that is not shown. Null: nobody does, or they would not say. */
  readonly ask?: (question: string) => Promise<string | null>;
}

/** A command's answer: JSON for scripts, lines for people. */
export interface Answer {
  readonly json: unknown;
  readonly text: readonly string[];
  /** Not everything worked, though there is an answer: the exit code is 1. */
  readonly failed?: boolean;
}

/** A line for people, on stderr. Nothing in it can move the cursor. */
export const note = (terminal: Terminal, text: string): void =>
  void terminal.stderr.write(`lintel: ${text.split('\n').map(printable).join('\n')}\n`);

/** An answer's lines for people. Names and file names in them can not move the cursor. */
export const asText = (lines: readonly string[]): string => lines.map((line) => `${printable(line)}\n`).join('');

/** One line of JSON. What JSON leaves as it is and a terminal would obey is escaped, which changes nothing for a reader. */
export const asJson = (value: unknown): string =>
  `${JSON.stringify(value).replace(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;

/** An error in words: what happened, what was kept, what to do. */
export function errorText(error: unknown): string {
  const { message, kept, todo } = reportOf(error);
  return [message, kept, todo].filter((part) => part !== undefined).join(' ');
}

/** Names and file names may hold anything, also what would move a terminal's cursor. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');

/** Whoever waits longer than this without a word wonders what for, ms. */
const SILENT_MS = 5000;

interface Progress {
  step(): void;
  stop(): void;
}

/** The models are loaded with the first picture. */
export const MODELS_FIRST = 'the models and the first';

/**
 * A bar on a terminal; elsewhere a line for every tenth of the way. Nothing for work of one or two steps, unless a step takes
 * long: then what is waited for is said.
 * @param first what is waited for before the first step
 */
export function startProgress(terminal: Terminal, what: string, total: number, first = 'the first'): Progress {
  const progress = progressOf(terminal, what, total);
  let [done, quiet] = [0, true];
  const said = setInterval(() => {
    const next = done === 0 ? first : `number ${done + 1}`;
    if (quiet) note(terminal, `${what}: waiting for ${next} of ${total} ...`);
    quiet = true;
  }, SILENT_MS);
  return {
    step() {
      [done, quiet] = [done + 1, false];
      progress.step();
    },
    stop() {
      clearInterval(said);
      progress.stop();
    },
  };
}

function progressOf(terminal: Terminal, what: string, total: number): Progress {
  if (total < 3) return { step: () => undefined, stop: () => undefined };
  if (terminal.stderr.isTTY === true) {
    const bar = new cliProgress.SingleBar(
      { format: `${what} {bar} {value}/{total} {eta_formatted}`, stream: terminal.stderr, hideCursor: true },
      cliProgress.Presets.shades_classic,
    );
    bar.start(total, 0);
    return { step: () => bar.increment(), stop: () => bar.stop() };
  }
  let done = 0;
  let told = 0;
  return {
    step() {
      done += 1;
      const tenth = Math.floor((done / total) * 10);
      if (tenth > told) note(terminal, `${what} ${done}/${total}`);
      told = tenth;
    },
    stop: () => undefined,
  };
}

/** What is said of an import that was stopped. */
export const STOPPED = 'stopped before the end; who is done is kept, and the same command goes on from there.';

/**
 * What comes of `work`, or the end of the wait for it.
 * @param what is waited for: said when it takes long; null: that is said already
 * @param graceMs for so long after the signal it is waited for
 * @throws LintelError `interrupted`
 */
export function untilInterrupted<T>(
  terminal: Terminal,
  work: Promise<T>,
  what: () => string | null,
  graceMs = () => 0,
): Promise<T> {
  const said = setTimeout(() => {
    const something = what();
    if (something !== null) note(terminal, `waiting for ${something} ...`);
  }, SILENT_MS);
  return unless(() => work, interrupted, { signal: terminal.interrupted, graceMs }).finally(() => clearTimeout(said));
}

const interrupted = (): never => {
  throw new LintelError('interrupted');
};

/** @throws LintelError when Ctrl+C was pressed: what was done until then is kept. */
export function checkInterrupted(terminal: Terminal): void {
  if (terminal.interrupted.aborted) interrupted();
}
