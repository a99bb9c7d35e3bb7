/** What people at the door meet: coming or going, the greeting, sounds, language, looks. */
import { useTranslation } from 'react-i18next';
import { playSound } from '../../checkin/sounds.ts';
import { LANGUAGES } from '../../i18n.ts';
import { Choice } from '../../ui/Choice.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { AppliedField } from './AppliedField.tsx';
import type { PartProps } from './SettingsScreen.tsx';

export function DoorSettings({ settings, change }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <section className="card stack" aria-label={t('settings.checkIn')}>
        <h2 className="card-title">{t('settings.checkIn')}</h2>
        <Choice
          label={t('settings.direction')}
          value={settings.direction}
          onChange={(direction) => change({ direction })}
          options={(['in', 'out', 'alternate', 'ask'] as const).map((value) => ({
            value,
            label: t(`settings.directions.${value}.label`),
            detail: t(`settings.directions.${value}.detail`),
          }))}
        />
        <Choice
          label={t('settings.liveness')}
          value={settings.liveness}
          onChange={(liveness) => change({ liveness })}
          options={(['off', 'passive', 'challenge'] as const).map((value) => ({
            value,
            label: t(`settings.livenesses.${value}.label`),
            detail: t(`settings.livenesses.${value}.detail`),
          }))}
        />
        <p className="soft">{t('settings.livenessAbout')}</p>
        <AppliedField
          key={`greeting-${settings.greeting ?? ''}`}
          label={t('settings.greeting')}
          value={settings.greeting ?? ''}
          maxLength={200}
          isOptional
          onApply={(greeting) => change({ greeting: greeting === '' ? null : greeting })}
        />
        <p className="soft">
          {settings.greeting === null
            ? t('settings.greetingAbout', { placeholder: '{name}' })
            : t('settings.greetingExample', { words: settings.greeting.replaceAll('{name}', 'Ada Lovelace') })}
        </p>
        <Switch
          on={settings.sounds}
          onChange={(sounds) => {
            if (sounds) playSound('match');
            change({ sounds });
          }}
        >
          {t('settings.sounds')}
        </Switch>
      </section>
      <section className="card stack" aria-label={t('settings.screen')}>
        <h2 className="card-title">{t('settings.screen')}</h2>
        <AppliedField
          key={`name-${settings.kioskName}`}
          label={t('settings.kioskName')}
          value={settings.kioskName}
          maxLength={60}
          onApply={(kioskName) => change({ kioskName })}
        />
        <Choice
          label={t('settings.language')}
          value={settings.language}
          onChange={(language) => change({ language })}
          options={(Object.keys(LANGUAGES) as (keyof typeof LANGUAGES)[]).map((value) => ({
            value,
            label: t(`settings.languages.${value}`),
          }))}
        />
        <p className="soft">{t('settings.languageAbout')}</p>
        <Choice
          label={t('settings.theme')}
          value={settings.theme}
          onChange={(theme) => change({ theme })}
          options={(['system', 'light', 'dark'] as const).map((value) => ({
            value,
            label: t(`settings.themes.${value}`),
          }))}
        />
      </section>
    </>
  );
}
