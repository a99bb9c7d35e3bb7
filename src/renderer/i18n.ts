/**
 * Every word of the screen by language. `<language>.json` holds what all areas share; a file `<language>/<area>.json` is
 * the part of one area and stands under the area's name: `people.json` is what `t('people.search')` reads.
 * All languages have the same keys, with the plural forms each of them has (tests/unit/renderer-locales.test.ts).
 */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './locales/en.json' with { type: 'json' };
import enAttendance from './locales/en/attendance.json' with { type: 'json' };
import enData from './locales/en/data.json' with { type: 'json' };
import enEvaluation from './locales/en/evaluation.json' with { type: 'json' };
import enImport from './locales/en/import.json' with { type: 'json' };
import enPeople from './locales/en/people.json' with { type: 'json' };
import enPhotos from './locales/en/photos.json' with { type: 'json' };
import enSecurity from './locales/en/security.json' with { type: 'json' };
import enSettings from './locales/en/settings.json' with { type: 'json' };
import vi from './locales/vi.json' with { type: 'json' };
import viAttendance from './locales/vi/attendance.json' with { type: 'json' };
import viData from './locales/vi/data.json' with { type: 'json' };
import viEvaluation from './locales/vi/evaluation.json' with { type: 'json' };
import viImport from './locales/vi/import.json' with { type: 'json' };
import viPeople from './locales/vi/people.json' with { type: 'json' };
import viPhotos from './locales/vi/photos.json' with { type: 'json' };
import viSecurity from './locales/vi/security.json' with { type: 'json' };
import viSettings from './locales/vi/settings.json' with { type: 'json' };
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
