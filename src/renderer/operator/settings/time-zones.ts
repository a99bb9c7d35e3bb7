/** The time zones there are, under the names they have today: browsers still list some under names given up long ago. */

const TODAY: Readonly<Record<string, string>> = {
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Godthab': 'America/Nuuk',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

/** A zone's name of today. */
export const zoneToday = (zone: string): string => TODAY[zone] ?? zone;

/** @param listed as `Intl.supportedValuesOf('timeZone')` gives them */
export const timeZones = (listed: readonly string[]): readonly string[] =>
  [...new Set(listed.map(zoneToday))].sort((a, b) => a.localeCompare(b, 'en'));
