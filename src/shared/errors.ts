/** Every error a caller of Lintel can meet: its code and parameters; its texts are in `error-texts/`, in every language. */
import { ATTENDANCE } from './error-texts/attendance.ts';
import { EVALUATION } from './error-texts/evaluation.ts';
import { KIOSK } from './error-texts/kiosk.ts';
import { PEOPLE } from './error-texts/people.ts';
import { type ErrorText, PHRASES } from './error-texts/phrases.ts';
import { SECURITY } from './error-texts/security.ts';
import { STORAGE } from './error-texts/storage.ts';
import { given } from './given.ts';

const CATALOGUE = { ...STORAGE, ...SECURITY, ...PEOPLE, ...ATTENDANCE, ...EVALUATION, ...KIOSK } as const;
type Catalogue = typeof CATALOGUE;

/** A row of the catalogue: a code, or `code.variant` where a program need not tell the situations apart. */
export type ErrorKey = keyof Catalogue;
export const ERROR_KEYS = Object.keys(CATALOGUE) as readonly ErrorKey[];

/** What programs compare. */
export type ErrorCode = CodeOf<ErrorKey>;
type CodeOf<K extends string> = K extends `${infer Code}.${string}` ? Code : K;

type ErrorLanguage = 'en' | 'vi';
export const ERROR_LANGUAGES: readonly ErrorLanguage[] = ['en', 'vi'];

// Parameters: every `{name}` of the English text has to be given; `{name:group}` takes one of the group's keys.

export type ErrorParams = Readonly<Record<string, string | number>>;

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;
type Spoken<K extends ErrorKey> = K extends ErrorKey ? Values<Catalogue[K]['en']> : never;
type Values<T> = T[keyof T] & string;
type Group = keyof typeof PHRASES;
/** A word of a group, as the parameter of `{name:group}`. */
export type Phrase<G extends Group> = keyof (typeof PHRASES)[G];
type ParamsOf<K extends ErrorKey> = {
  readonly [P in Placeholders<Spoken<K>> as P extends `${infer Name}:${string}` ? Name : P]: P extends `${string}:error`
    ? ErrorKey
    : P extends `${string}:thing`
      ? string
      : P extends `${string}:${infer G extends Group}`
        ? keyof (typeof PHRASES)[G]
        : string | number;
};
/** Others than those of the text may be given too, for programs to read. */
type Given<K extends ErrorKey> = [Placeholders<Spoken<K>>] extends [never]
  ? [params?: ErrorParams, options?: { readonly cause?: unknown }]
  : [params: ParamsOf<K> & ErrorParams, options?: { readonly cause?: unknown }];

const PLACEHOLDER = /\{([A-Za-z0-9]+)(?::([A-Za-z]+))?\}/g;

/** @returns null when a parameter is missing: the text of another version may need others */
function fill(text: string, params: ErrorParams, language: ErrorLanguage): string | null {
  let isWhole = true;
  const filled = text.replace(PLACEHOLDER, (_, name: string, group: string | undefined) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    const word = value === undefined || group === undefined ? value : phrase(group, String(value), params, language);
    if (word === undefined || word === null) isWhole = false;
    return String(word);
  });
  return isWhole ? filled : null;
}

function phrase(group: string, value: string, params: ErrorParams, language: ErrorLanguage): string | null {
  if (group === 'error') return isKey(value) ? fill(CATALOGUE[value][language].happened, params, language) : null;
  const words: Readonly<Record<string, Readonly<Record<ErrorLanguage, string>>>> = PHRASES[group as Group];
  if (Object.hasOwn(words, value)) return words[value]?.[language] ?? null;
  return group === 'thing' ? value : null;
}

const isKey = (key: string): key is ErrorKey => Object.hasOwn(CATALOGUE, key);
const keyOf = (code: string, variant: string | undefined): string =>
  variant === undefined ? code : `${code}.${variant}`;

/** How an error crosses a process or a socket. */
export interface ErrorReport {
  readonly code: ErrorCode;
  /** Which of the code's texts, where it has several. */
  readonly variant?: string;
  /** What happened, in a sentence. Never holds a name, a vector or a picture. */
  readonly message: string;
  /** What was kept: what the person need not do again. */
  readonly kept?: string;
  /** What to do next. */
  readonly todo?: string;
  /** What the texts need, e.g. `{ seconds: 30 }`. */
  readonly params?: ErrorParams;
}

/** A report as it came over a wire: perhaps of another version, with codes that are not known here. */
export interface ForeignReport {
  readonly code: string;
  readonly variant?: string | undefined;
  readonly message: string;
  readonly kept?: string | undefined;
  readonly todo?: string | undefined;
  readonly params?: ErrorParams | undefined;
}

/**
 * An error in the words of a language: what happened, what was kept, what to do. What the catalogue can not word (the code of
 * another version, a parameter that did not come along) is told in the report's own English.
 */
export function errorText(report: ForeignReport, language: string): ErrorText {
  const { code, variant, message, kept, todo, params = {} } = report;
  const key = keyOf(code, variant);
  const spoken = ERROR_LANGUAGES.find((one) => one === language) ?? 'en';
  const happened = isKey(key) ? fill(CATALOGUE[key][spoken].happened, params, spoken) : null;
  if (!isKey(key) || happened === null) return { happened: message, ...given({ kept, todo }) };
  return { happened, ...rest(CATALOGUE[key][spoken], params, spoken) };
}

function rest(text: ErrorText, params: ErrorParams, language: ErrorLanguage): Omit<ErrorText, 'happened'> {
  const kept = text.kept === undefined ? null : fill(text.kept, params, language);
  const todo = text.todo === undefined ? null : fill(text.todo, params, language);
  return { ...(kept === null ? {} : { kept }), ...(todo === null ? {} : { todo }) };
}

/**
 * An error a person will see. Its texts are the catalogue's, in English; `errorText` gives them in another language.
 * Throw it with the key of its text and the parameters that text needs: `new LintelError('pin-wait', { seconds })`.
 */
export class LintelError<K extends ErrorKey = ErrorKey> extends Error {
  override readonly name = 'LintelError';
  readonly code: ErrorCode;
  readonly variant: string | undefined;
  readonly kept: string | undefined;
  readonly todo: string | undefined;
  readonly params: ErrorParams | undefined;

  constructor(key: K, ...[params, options]: Given<K>) {
    const { en } = CATALOGUE[key];
    super(fill(en.happened, params ?? {}, 'en') ?? en.happened, options);
    const [code, variant] = key.split('.') as [ErrorCode, string?];
    this.code = code;
    this.variant = variant;
    ({ kept: this.kept, todo: this.todo } = rest(en, params ?? {}, 'en'));
    this.params = params;
  }

  toReport(): ErrorReport {
    const { code, variant, message, kept, todo, params } = this;
    return {
      code,
      ...given({ variant }),
      message,
      ...given({ kept, todo, params }),
    };
  }

  /** The error of a report, with the report's own words: they may be another version's. */
  static fromReport(report: ForeignReport): LintelError {
    const { code, variant, message, kept, todo, params } = report;
    return Object.assign(new LintelError('internal'), { code, variant, message, kept, todo, params });
  }
}

/** Any thrown value as a report. What is not a LintelError becomes `internal`, without its details: they may hold data. */
export const reportOf = (error: unknown): ErrorReport =>
  (error instanceof LintelError ? error : new LintelError('internal')).toReport();

/** The row of the catalogue an error's text is from, for an error that tells of another: `{reason:error}`. */
export function keyOfReport({ code, variant }: ErrorReport): ErrorKey {
  const key = keyOf(code, variant);
  return isKey(key) ? key : 'internal';
}

/** Why a file or a row was left out, as lists of them have it; `reason` is what happened, in English. */
export interface Refusal {
  readonly code: string;
  readonly variant?: string | undefined;
  readonly reason: string;
  readonly params?: Record<string, string | number> | undefined;
}

export function refusalOf(error: unknown): Refusal {
  const { code, variant, message, params } = reportOf(error);
  return {
    code,
    ...given({ variant }),
    reason: message,
    ...given({ params: params && { ...params } }),
  };
}

/** The same as `refusalOf(new LintelError(...))`, for what is never thrown. */
export const refusal = <K extends ErrorKey>(key: K, ...given: Given<K>): Refusal =>
  refusalOf(new LintelError(key, ...given));
