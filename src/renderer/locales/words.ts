/**
 * Every word of the screen by language. `<language>.json` holds what all areas share; a file `<language>/<area>.json` is
 * the part of one area and stands under the area's name: `people.json` is what `t('people.search')` reads.
 */
import en from './en.json' with { type: 'json' };
import enImport from './en/import.json' with { type: 'json' };
import enPeople from './en/people.json' with { type: 'json' };
import enPhotos from './en/photos.json' with { type: 'json' };
import enVerify from './en/verify.json' with { type: 'json' };

export const WORDS = {
  en: { ...en, people: enPeople, import: enImport, photos: enPhotos, verify: enVerify },
} as const;
