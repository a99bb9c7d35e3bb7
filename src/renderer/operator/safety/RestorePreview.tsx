/** What a restore would do, before it is done. */
import { useTranslation } from 'react-i18next';
import type { RestoreOutcome } from '../../../shared/trust.ts';
import { useLanguage } from '../../state/language.ts';
import { Button } from '../../ui/Button.tsx';
import { dayAndTime } from '../../ui/format.ts';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { restoreLines, type Effect } from './restore-words.ts';
import { checkInsWords, peopleWords } from './amounts.ts';

const ICONS = { come: 'add', stay: 'check', go: 'bin', look: 'warning' } as const satisfies Record<Effect, IconName>;

export function RestorePreview({
  preview,
  isBusy,
  onRestore,
}: {
  preview: RestoreOutcome;
  isBusy: boolean;
  onRestore: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { backup, how, settings, pin } = preview;
  const lines = restoreLines(preview, t, language);
  return (
    <section className="card stack" aria-label={t('safety.restore.preview')} aria-live="polite">
      <h2 className="card-title">{t('safety.restore.preview')}</h2>
      <p>
        {t('safety.restore.about', { kiosk: backup.kiosk, when: dayAndTime(backup.createdAt, language) })}{' '}
        {peopleWords(backup.people, t, language)} · {checkInsWords(backup.checkIns, t, language)}
      </p>
      {lines.length === 0 ? <p>{t('safety.restore.nothing')}</p> : null}
      <ul className="effects">
        {lines.map(({ key, effect, number, words }) => (
          <li key={key} className="effect" data-effect={effect}>
            <Icon name={ICONS[effect]} />
            <strong className="effect-number">{number}</strong>
            <span>{words}</span>
          </li>
        ))}
        <li className="effect" data-effect={settings === 'keep' ? 'stay' : 'come'}>
          <Icon name="settings" />
          <span className="effect-whole">{t(`safety.restore.settingsWould.${settings}`)}</span>
        </li>
        <li className="effect" data-effect={pin === 'keep' ? 'stay' : 'come'}>
          <Icon name="lock" />
          <span className="effect-whole">{t(`safety.restore.pinWould.${pin}`)}</span>
        </li>
      </ul>
      <p className="soft">{t('safety.closes')}</p>
      <div className="button-row">
        <Button kind={how === 'replace' ? 'danger' : 'primary'} isDisabled={isBusy} onPress={onRestore}>
          {t(`safety.restore.ask.${how}.do`)}
        </Button>
      </div>
    </section>
  );
}
