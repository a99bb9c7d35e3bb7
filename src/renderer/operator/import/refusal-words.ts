import type { TFunction } from 'i18next';
import { captureProblems } from './capture-problems.ts';
import { ERROR_CODES } from '../../../shared/errors.ts';
import type { Refused } from './import-run.ts';

const ERRORS: readonly string[] = ERROR_CODES;

/** Why a file was refused, in the screen's language where it has words for it. */
export function refusalWords(refused: Refused, t: TFunction): string {
  const { code, reason } = refused;
  if (code !== null && captureProblems.includes(code)) return t(`enroll.fileProblem.${code}`);
  // "Poor quality" alone helps nobody: the kiosk's own sentence says what is wrong.
  if (code === 'poor-quality' && reason !== '') return reason;
  if (code !== null && ERRORS.includes(code)) return t(`error.${code}.title`);
  return reason;
}
