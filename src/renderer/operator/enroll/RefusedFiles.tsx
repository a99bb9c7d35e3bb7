import { useTranslation } from 'react-i18next';
import { reportOf } from '../../../shared/errors.ts';
import { troubleWords } from '../../checkin/wording.ts';
import type { RefusedFile } from './useEnrollment.ts';

export function RefusedFiles({ refused }: { refused: readonly RefusedFile[] }) {
  const { t } = useTranslation();
  if (refused.length === 0) return null;
  return (
    <div className="refused" role="alert">
      <p>{t('enroll.refused', { count: refused.length })}</p>
      <ul>
        {refused.map(({ fileName, problem, error }, i) => (
          <li key={`${fileName}-${i}`}>
            <strong>{fileName}</strong>{' '}
            {problem === null ? troubleWords(reportOf(error), t).title : t(`enroll.fileProblem.${problem}`)}
          </li>
        ))}
      </ul>
    </div>
  );
}
