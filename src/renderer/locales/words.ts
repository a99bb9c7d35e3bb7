/**
 * Every word of the screen by language. `<language>.json` holds what all areas share; a file `<language>/<area>.json` is
 * the part of one area and stands under the area's name: `people.json` is what `t('people.search')` reads.
 * All languages have the same keys, with the plural forms each of them has (tests/unit/renderer-locales.test.ts).
 */
import en from './en.json' with { type: 'json' };
import enAttendance from './en/attendance.json' with { type: 'json' };
import enData from './en/data.json' with { type: 'json' };
import enEvaluation from './en/evaluation.json' with { type: 'json' };
import enImport from './en/import.json' with { type: 'json' };
import enPeople from './en/people.json' with { type: 'json' };
import enPhotos from './en/photos.json' with { type: 'json' };
import enSafety from './en/safety.json' with { type: 'json' };
import enSettings from './en/settings.json' with { type: 'json' };
import enVerify from './en/verify.json' with { type: 'json' };
import vi from './vi.json' with { type: 'json' };
import viAttendance from './vi/attendance.json' with { type: 'json' };
import viData from './vi/data.json' with { type: 'json' };
import viEvaluation from './vi/evaluation.json' with { type: 'json' };
import viImport from './vi/import.json' with { type: 'json' };
import viPeople from './vi/people.json' with { type: 'json' };
import viPhotos from './vi/photos.json' with { type: 'json' };
import viSafety from './vi/safety.json' with { type: 'json' };
import viSettings from './vi/settings.json' with { type: 'json' };
import viVerify from './vi/verify.json' with { type: 'json' };

export const WORDS = {
  en: {
    ...en,
    attendance: enAttendance,
    data: enData,
    evaluation: enEvaluation,
    import: enImport,
    people: enPeople,
    photos: enPhotos,
    safety: enSafety,
    settings: enSettings,
    verify: enVerify,
  },
  vi: {
    ...vi,
    attendance: viAttendance,
    data: viData,
    evaluation: viEvaluation,
    import: viImport,
    people: viPeople,
    photos: viPhotos,
    safety: viSafety,
    settings: viSettings,
    verify: viVerify,
  },
} as const;
