import { useTranslation } from 'react-i18next';
import { troubleWords } from '../../checkin/wording.ts';

const SHOWN = 100;

/** Pictures that took no part, and why. */
export function RefusedPictures({
  refused,
}: {
  refused: readonly { readonly file: string; readonly reason: string }[];
}) {
  const { t } = useTranslation();
  if (refused.length === 0) return null;
  return (
    <details className="card">
      <summary className="evaluation-more">{t('evaluation.refused', { count: refused.length })}</summary>
      <ul className="evaluation-refused">
        {refused.slice(0, SHOWN).map(({ file, reason }) => (
          <li key={file}>
            <strong>{file}</strong>{' '}
            <span className="soft">{troubleWords({ code: reason, message: reason }, t).title}</span>
          </li>
        ))}
        {refused.length > SHOWN ? (
          <li className="soft">{t('evaluation.refusedMore', { count: refused.length - SHOWN })}</li>
        ) : null}
      </ul>
    </details>
  );
}
