import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { download } from './download.ts';
import type { Refused } from './import-run.ts';
import { refusalWords } from './refusal-words.ts';
import { reportFile } from './report-file.ts';

const SHOWN = 200;

/** Every picture that was refused, and why. */
export function RefusedList({ refused }: { refused: readonly Refused[] }) {
  const { t } = useTranslation();
  if (refused.length === 0) return null;
  return (
    <div className="import-refused">
      <div className="desk-head">
        <h3 className="import-kind">{t('import.refused.title', { count: refused.length })}</h3>
        <Button
          onPress={() =>
            download(
              `${t('import.refused.fileName')}.csv`,
              [reportFile(refused, (one) => refusalWords(one, t))],
              'text/csv;charset=utf-8',
            )
          }
        >
          <Icon name="save" />
          {t('import.refused.save')}
        </Button>
      </div>
      <ul className="import-people" aria-label={t('import.refused.list')} tabIndex={0}>
        {refused.slice(0, SHOWN).map((one, i) => (
          <li key={`${one.file}-${i}`}>
            <strong>{one.file}</strong>
            <span className="soft">{refusalWords(one, t)}</span>
          </li>
        ))}
        {refused.length > SHOWN ? (
          <li className="soft">{t('import.refused.more', { count: refused.length - SHOWN })}</li>
        ) : null}
      </ul>
    </div>
  );
}
