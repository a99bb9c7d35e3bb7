/**
 * Every word of the screen by language. `<language>.json` holds what all areas share; a file `<language>/<area>.json` is
 * the part of one area and stands under the area's name: `people.json` is what `t('people.search')` reads.
 * All languages have the same keys, with the plural forms each of them has (tests/unit/renderer-locales.test.ts).
 */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './locales/en.json';
import enAttendance from './locales/en/attendance.json';
import enData from './locales/en/data.json';
import enEvaluation from './locales/en/evaluation.json';
import enImport from './locales/en/import.json';
import enPeople from './locales/en/people.json';
import enPhotos from './locales/en/photos.json';
import enSecurity from './locales/en/security.json';
import enSettings from './locales/en/settings.json';
import vi from './locales/vi.json';
import viAttendance from './locales/vi/attendance.json';
import viData from './locales/vi/data.json';
import viEvaluation from './locales/vi/evaluation.json';
import viImport from './locales/vi/import.json';
import viPeople from './locales/vi/people.json';
import viPhotos from './locales/vi/photos.json';
import viSecurity from './locales/vi/security.json';
import viSettings from './locales/vi/settings.json';
import type { Language } from './state/operator.ts';

export const WORDS = {
  en: {
    ...en,
    attendance: enAttendance,
    data: enData,
    evaluation: enEvaluation,
    import: enImport,
    people: enPeople,
    photos: enPhotos,
    security: enSecurity,
    settings: enSettings,
  },
  vi: {
    ...vi,
    attendance: viAttendance,
    data: viData,
    evaluation: viEvaluation,
    import: viImport,
    people: viPeople,
    photos: viPhotos,
    security: viSecurity,
    settings: viSettings,
  },
} as const satisfies Record<Language, object>;

export async function openLanguage(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: WORDS.en }, vi: { translation: WORDS.vi } },
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
}

/** Changes words, dates and the page's `lang` together. */
export function speak(language: string): void {
  document.documentElement.lang = language;
  if (i18next.language !== language) void i18next.changeLanguage(language);
}
