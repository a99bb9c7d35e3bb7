/** Words by key. A further language is its files in `locales/` and a line in `locales/words.ts`. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { WORDS } from './locales/words.ts';

export const LANGUAGES = WORDS;

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
