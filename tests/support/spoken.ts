/** The screen's own words, for tests that look at it in more than one language. */
import i18next, { type TFunction } from 'i18next';
import { WORDS } from '../../src/renderer/i18n.ts';

export type Language = keyof typeof WORDS;

export function spoken(language: Language): Promise<TFunction> {
  return i18next.createInstance().init({
    lng: language,
    resources: { [language]: { translation: WORDS[language] } },
    interpolation: { escapeValue: false },
  });
}
