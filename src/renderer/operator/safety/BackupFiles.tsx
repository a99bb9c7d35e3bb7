/** What lies in the folder of the backups. */
import { useTranslation } from 'react-i18next';
import type { BackupStatus } from '../../../shared/trust.ts';
import { useLanguage } from '../../state/language.ts';
import { Button } from '../../ui/Button.tsx';
import { bytesWords, dayAndTime } from '../../ui/format.ts';

export function BackupFiles({ backup, onRestore }: { backup: BackupStatus; onRestore: (name: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (backup.plan.folder === null) return null;
  return (
    <section className="card" aria-label={t('safety.files.title')}>
      <h2 className="card-title">{t('safety.files.title')}</h2>
      {backup.files.length === 0 ? <p className="soft">{t('safety.files.none')}</p> : null}
      <ul className="plain-list">
        {backup.files.map(({ name, at, bytes }) => (
          <li key={name} className="row">
            <span className="row-main">
              <strong>{dayAndTime(at, language)}</strong>
              <span className="soft">{bytesWords(bytes, language)}</span>
            </span>
            <Button
              aria-label={t('safety.files.restoreNamed', { when: dayAndTime(at, language) })}
              onPress={() => onRestore(name)}
            >
              {t('safety.files.restore')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
