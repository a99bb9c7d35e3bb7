/** How many people and check-ins, in words. */
import type { TFunction } from 'i18next';
import { count as countWords } from '../../ui/format.ts';

export const peopleWords = (count: number, t: TFunction, language: string): string =>
  t('safety.people', { count, number: countWords(count, language) });
export const checkInsWords = (count: number, t: TFunction, language: string): string =>
  t('safety.checkIns', { count, number: countWords(count, language) });
