/** The catalogue of errors: every code has its texts in both languages, its parameters, and somebody who throws it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ATTENDANCE } from '../../src/shared/error-texts/attendance.ts';
import { EVALUATION } from '../../src/shared/error-texts/evaluation.ts';
import { KIOSK } from '../../src/shared/error-texts/kiosk.ts';
import { PEOPLE } from '../../src/shared/error-texts/people.ts';
import { type ErrorTexts, PHRASES } from '../../src/shared/error-texts/phrases.ts';
import { SECURITY } from '../../src/shared/error-texts/security.ts';
import { STORAGE } from '../../src/shared/error-texts/storage.ts';
import { WORDS } from '../../src/renderer/i18n.ts';
import { errorReportSchema } from '../../src/shared/domain.ts';
import {
  ERROR_KEYS,
  ERROR_LANGUAGES,
  errorText,
  keyOfReport,
  LintelError,
  refusal,
  reportOf,
} from '../../src/shared/errors.ts';
import { projectRoot } from '../support/data.ts';

const AREAS: readonly ErrorTexts[] = [STORAGE, SECURITY, PEOPLE, ATTENDANCE, EVALUATION, KIOSK];
const entries = AREAS.flatMap((area) => Object.entries(area));
const PARTS = ['happened', 'kept', 'todo'] as const;
const GROUPS: Readonly<Record<string, Readonly<Record<string, { readonly en: string; readonly vi: string }>>>> =
  PHRASES;

const placeholders = (text: string | undefined): string[] =>
  [...(text ?? '').matchAll(/\{([^}]*)\}/g)].map((m) => m[1]!);

/** Every combination of words the placeholders can stand for; a plain one is a mark that is looked for. */
function paramsFor(texts: readonly (string | undefined)[]): Record<string, string>[] {
  let all: Record<string, string>[] = [{}];
  for (const placeholder of new Set(texts.flatMap(placeholders))) {
    const [name = '', group] = placeholder.split(':');
    const values =
      group === undefined ? [`<${name}>`] : group === 'error' ? ['internal'] : Object.keys(GROUPS[group] ?? {});
    expect(values, placeholder).not.toEqual([]);
    all = values.flatMap((value) => all.map((params) => ({ ...params, [name]: value })));
  }
  return all;
}

const source = (folder: string): string =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'error-texts')
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return source(path);
      return /\.tsx?$/.test(entry.name) ? readFileSync(path, 'utf8') : '';
    })
    .join('\n');
const code = source(join(projectRoot, 'src'));

describe('the catalogue of errors', () => {
  it('has every key once, and every language of the screen', () => {
    expect(entries.map(([key]) => key).sort()).toEqual([...ERROR_KEYS].sort());
    expect(ERROR_LANGUAGES).toEqual(Object.keys(WORDS));
    for (const language of ERROR_LANGUAGES) expect(WORDS[language].ui.language).toBe(language);
  });

  it.each(entries)('%s says in both languages what happened, what was kept and what to do', (key, texts) => {
    const [name = '', variant] = key.split('.');
    for (const params of paramsFor(PARTS.map((part) => texts.en[part]))) {
      const report = { code: name, variant, message: '(its own)', params };
      for (const language of ERROR_LANGUAGES) {
        const said = errorText(report, language);
        expect(Object.keys(said)).toEqual(Object.keys(texts.en));
        for (const sentence of Object.values(said)) {
          expect(sentence).toMatch(/\S[.?!:)]$/);
          expect(sentence).not.toMatch(/[{}]|undefined|null|\(its own\)/);
        }
      }
      expect(errorText(report, 'vi').happened).not.toBe(errorText(report, 'en').happened);
    }
  });

  it.each(entries)('%s means the same in both: the same parts, with the same parameters', (_key, { en, vi }) => {
    for (const part of PARTS) expect(placeholders(vi[part]).sort(), part).toEqual(placeholders(en[part]).sort());
    expect(Object.keys(vi)).toEqual(Object.keys(en));
  });

  it('has words for everything a parameter can stand for, and no group that no text uses', () => {
    const used = new Set(entries.flatMap(([, { en }]) => PARTS.flatMap((part) => placeholders(en[part]))));
    for (const [group, words] of Object.entries(GROUPS)) {
      expect(
        [...used].some((placeholder) => placeholder.endsWith(`:${group}`)),
        group,
      ).toBe(true);
      for (const { en, vi } of Object.values(words)) {
        expect(en).not.toBe('');
        expect(vi).not.toBe(en);
      }
    }
  });

  it('has no row and no word that nothing in the program uses', () => {
    const isUsed = (key: string): boolean => code.includes(`'${key}'`) || code.includes(`\`${key.split('.')[0]}.\${`);
    expect(ERROR_KEYS.filter((key) => !isUsed(key))).toEqual([]);
    const words = Object.values(GROUPS).flatMap((group) => Object.keys(group));
    expect(words.filter((word) => !new RegExp(`'${word}'|\\b${word}:`).test(code))).toEqual([]);
  });

  it('holds every sentence: nobody who throws writes one', () => {
    const thrown = [...code.matchAll(/new LintelError\(([^)]*)/g)].map((match) => match[1]!);
    expect(thrown.length).toBeGreaterThan(150);
    const strings = thrown.flatMap((given) => [...given.matchAll(/'([^']*)'|`([^`]*)`/g)].map((m) => m[1] ?? m[2]!));
    expect(strings.filter((one) => /\s/.test(one.replaceAll(/\$\{[^}]*\}/g, '')) && one !== ', ')).toEqual([]);
    expect(Object.keys(WORDS.en)).not.toContain('error');
  });
});

describe('an error', () => {
  it('has the English texts, and crosses as its code, its parameters and these', () => {
    const error = new LintelError('pin-wait', { seconds: 30 }, { cause: 'three' });
    expect(error).toMatchObject({ code: 'pin-wait', message: 'Too many wrong PINs: wait 30 s.', cause: 'three' });
    const report = reportOf(error);
    expect(report).toEqual({
      code: 'pin-wait',
      message: 'Too many wrong PINs: wait 30 s.',
      todo: 'Try again in 30 seconds.',
      params: { seconds: 30 },
    });
    expect(errorReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(errorText(report, 'vi').todo).toBe('Hãy thử lại sau 30 giây.');
    expect(LintelError.fromReport(report).toReport()).toEqual(report);
  });

  it('of one code with several texts says which one it is', () => {
    const report = reportOf(new LintelError('not-found.person'));
    expect(report).toMatchObject({ code: 'not-found', variant: 'person' });
    expect(keyOfReport(report)).toBe('not-found.person');
    expect(errorText(report, 'vi').happened).toBe('Người này không (còn) đăng ký.');
  });

  it('of another version keeps its own words', () => {
    const later = { code: 'from-the-future', message: 'It rains.', todo: 'Take an umbrella.', params: { mm: 3 } };
    const error = LintelError.fromReport(later);
    expect(error.message).toBe('It rains.');
    expect(error.toReport()).toEqual(later);
    expect(errorText(error.toReport(), 'vi')).toEqual({ happened: 'It rains.', todo: 'Take an umbrella.' });
    // A code that is known here, with a text that needs what did not come along; and names every object has.
    for (const known of [
      { code: 'pin-wait', message: 'Wait.', params: { minutes: 1 } },
      { code: 'not-found', variant: 'umbrella', message: 'Wait.' },
      { code: 'constructor', message: 'Wait.' },
      { code: 'backup-damaged', message: 'Wait.', params: { why: 'toString' } },
    ])
      expect(errorText(known, 'vi')).toEqual({ happened: 'Wait.' });
  });

  it('that tells of another says why in the language of the reader', () => {
    const error = new LintelError('backup-failed', { reason: 'disk-full', file: 'people.json' });
    expect(error.message).toBe('A backup could not be made. The disk is full: people.json could not be saved.');
    expect(errorText(error.toReport(), 'vi').happened).toBe(
      'Không tạo được bản sao lưu. Ổ đĩa đã đầy: không lưu được people.json.',
    );
  });

  it('that nobody foresaw says nothing of its details', () => {
    expect(reportOf(new Error('Ada Lovelace'))).toEqual({
      code: 'internal',
      message: 'Something went wrong inside Lintel.',
      todo: 'Try again. If it comes back, run "lintel doctor".',
    });
  });

  it('that is only listed gives its reason in words and by code', () => {
    expect(refusal('import-column', { column: 'name' })).toEqual({
      code: 'import-column',
      reason: 'It has no column "name" in its first row.',
      params: { column: 'name' },
    });
  });
});
