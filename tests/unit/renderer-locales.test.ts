/** The language files: the same keys, the same placeholders, nothing missing, nothing unused, nothing left in English. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WORDS } from '../../src/renderer/i18n.ts';
import { captureReplySchema } from '../../src/shared/calls.ts';
import { QUALITY_ISSUES } from '../../src/shared/domain.ts';
import { projectRoot } from '../support/data.ts';

type Language = keyof typeof WORDS;
const LANGUAGES = Object.keys(WORDS) as Language[];
const PLURAL = /_(zero|one|two|few|many|other)$/;

const flatten = (tree: object, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[path + key, value]] : flatten(value as object, `${path}${key}.`),
  );
const texts = new Map(LANGUAGES.map((language) => [language, new Map(flatten(WORDS[language]))]));
const textsOf = (language: Language): Map<string, string> => texts.get(language) as Map<string, string>;
/** Keys as `t` is given them: without the plural's ending. */
const keysOf = (language: Language): string[] => [
  ...new Set([...textsOf(language).keys()].map((key) => key.replace(PLURAL, ''))),
];
const placeholdersOf = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1] as string).sort();

const root = resolve(projectRoot, 'src/renderer');
const source = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => readFileSync(resolve(root, file), 'utf8'))
  .join('\n');
const literal = [...source.matchAll(/\bt\(\s*'([^']+)'/g)].map((m) => m[1] as string);
/** Keys made from a value, `t(`a.${b}.c`)`, as patterns. */
const made = [...source.matchAll(/\bt\(\s*`([^`]+)`/g)].map(
  (m) => new RegExp(`^${(m[1] as string).replaceAll('.', '\\.').replaceAll(/\$\{[^}]*\}+/g, '[a-z0-9A-Z-]+')}$`),
);
/** Keys handed to `t` by way of a variable or a choice. */
const handed = [...source.matchAll(/'([a-z]+(?:\.[A-Za-z0-9-]+)+)'/g)].map((m) => m[1] as string);

describe('the languages', () => {
  it('are English and Vietnamese', () => {
    expect(LANGUAGES).toEqual(['en', 'vi']);
  });

  it('have a file for every area, and every file is used', () => {
    const files = (folder: string): string[] => readdirSync(resolve(root, 'locales', folder)).sort();
    for (const language of LANGUAGES) {
      expect(files(language)).toEqual(files('en'));
      for (const file of files(language)) expect(WORDS[language]).toHaveProperty(file.replace('.json', ''));
    }
  });

  it.each(LANGUAGES)('%s has the keys of all the others', (language) => {
    const everywhere = [...new Set(LANGUAGES.flatMap(keysOf))];
    expect(everywhere.filter((key) => !keysOf(language).includes(key))).toEqual([]);
  });

  it.each(LANGUAGES)('%s has exactly the plural forms the language has', (language) => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort();
    const plurals = new Map<string, string[]>();
    for (const key of textsOf(language).keys()) {
      const form = PLURAL.exec(key)?.[1];
      if (form === undefined) continue;
      const base = key.replace(PLURAL, '');
      plurals.set(base, [...(plurals.get(base) ?? []), form].sort());
    }
    expect(plurals.size).toBeGreaterThan(20);
    expect([...plurals].filter(([, found]) => found.join() !== forms.join())).toEqual([]);
  });

  it.each(LANGUAGES.filter((language) => language !== 'en'))('%s fills in what English fills in', (language) => {
    const different = keysOf('en').flatMap((key) => {
      const of = (l: Language): string[] => placeholdersOf(textsOf(l).get(key) ?? textsOf(l).get(`${key}_other`) ?? '');
      return of('en').join() === of(language).join() ? [] : [`${key}: ${of('en')} / ${of(language)}`];
    });
    expect(different).toEqual([]);
    // The other plural forms of a language fill in nothing its `_other` does not know.
    const unknown = [...textsOf('en')].flatMap(([key, text]) => {
      const whole = placeholdersOf(textsOf('en').get(key.replace(PLURAL, '_other')) ?? text);
      return placeholdersOf(text).filter((name) => !whole.includes(name));
    });
    expect(unknown).toEqual([]);
  });

  it('leave empty only what English leaves empty', () => {
    for (const language of LANGUAGES) {
      const empty = [...textsOf(language)].filter(([, text]) => text.trim() === '').map(([key]) => key);
      expect(empty.filter((key) => textsOf('en').get(key) !== '')).toEqual([]);
    }
  });

  it('are not the same text, but for names, symbols and codes', () => {
    const same = [...textsOf('vi')]
      .filter(
        ([key, text]) =>
          text !== '' && text === textsOf('en').get(key) && /[a-z]{3}/i.test(text.replaceAll(/\{\{\w+\}\}/g, '')),
      )
      .map(([key]) => key);
    expect(same.sort()).toEqual([
      'evaluation.figure.auc.name',
      'evaluation.figure.eer.name',
      'settings.camera',
      'settings.cameraNumber',
      'settings.languages.en',
      'settings.tab.camera',
    ]);
  });

  it('hold every key the screens ask for', () => {
    const keys = keysOf('en');
    expect(literal.length).toBeGreaterThan(200);
    expect(literal.filter((key) => !keys.includes(key))).toEqual([]);
    expect(made.filter((pattern) => !keys.some((key) => pattern.test(key))).map(String)).toEqual([]);
  });

  it('hold no key that nothing asks for', () => {
    const used = (key: string): boolean =>
      literal.includes(key) || handed.includes(key) || made.some((pattern) => pattern.test(key));
    expect(keysOf('en').filter((key) => !used(key))).toEqual([]);
  });

  it('have words for every capture problem', () => {
    const keys = keysOf('en');
    const problems = captureReplySchema.shape.problems.element.options.flatMap((o) => o.options as readonly string[]);
    expect(problems.length).toBeGreaterThan(QUALITY_ISSUES.length);
    for (const problem of problems) expect(keys).toContain(`enroll.problem.${problem}`);
  });
});
