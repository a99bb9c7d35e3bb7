/** Every error a caller of Lintel can meet, by name. The screen and the terminal word them; code compares them. */
export const ERROR_CODES = [
  'bad-input',
  'not-found',
  'internal',
  // the bridge between screen and kiosk
  'connection-lost',
  // pictures
  'not-a-picture',
  'picture-truncated',
  'picture-too-large',
  'picture-too-small',
  'picture-unsupported',
  'no-face',
  'poor-quality',
  // vision
  'vision-restarting',
  'vision-stopped',
  'vision-timeout',
  // models
  'model-missing',
  'model-damaged',
  'model-unsupported',
  // store
  'store-damaged',
  'store-newer',
  'store-locked',
  'store-read-only',
  'store-failed',
  'disk-full',
  // encryption at rest, backups
  'vault-locked',
  'vault-broken',
  'data-closed',
  'passphrase-wrong',
  'backup-damaged',
  'backup-newer',
  // operator
  'pin-not-set',
  'pin-already-set',
  'pin-required',
  'pin-wrong',
  'pin-wait',
  'consent-required',
  'looks-like-someone',
  'enroll-again',
  // notices
  'kept-no-longer',
  'not-encrypted',
  'clock-doubtful',
  'backup-failed',
  'data-changed',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** How an error crosses a process or a socket. */
export interface ErrorReport {
  readonly code: ErrorCode;
  /** What happened, in a sentence. Never holds a name, a vector or a picture. */
  readonly message: string;
  /** What was kept: what the person need not do again. */
  readonly kept?: string;
  /** What to do next. */
  readonly todo?: string;
  /** Numbers and words a translation of `message` needs, e.g. `{ seconds: 30 }`. */
  readonly params?: Readonly<Record<string, string | number>>;
}

/** An error a person will see: what happened, what was kept, what to do. */
export class LintelError extends Error {
  override readonly name = 'LintelError';
  readonly code: ErrorCode;
  readonly kept: string | undefined;
  readonly todo: string | undefined;
  readonly params: Readonly<Record<string, string | number>> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    more: {
      kept?: string | undefined;
      todo?: string | undefined;
      params?: Readonly<Record<string, string | number>> | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.kept = more.kept;
    this.todo = more.todo;
    this.params = more.params;
  }

  toReport(): ErrorReport {
    return {
      code: this.code,
      message: this.message,
      ...(this.kept === undefined ? {} : { kept: this.kept }),
      ...(this.todo === undefined ? {} : { todo: this.todo }),
      ...(this.params === undefined ? {} : { params: this.params }),
    };
  }

  static fromReport(report: ErrorReport): LintelError {
    return new LintelError(report.code, report.message, report);
  }
}

/** Any thrown value as a report. What is not a LintelError becomes `internal`, without its details: they may hold data. */
export function reportOf(error: unknown): ErrorReport {
  if (error instanceof LintelError) return error.toReport();
  return {
    code: 'internal',
    message: 'Something went wrong inside Lintel.',
    todo: 'Try again. If it comes back, run "lintel doctor".',
  };
}
