import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { playSound } from '../../checkin/sounds.ts';
import { LANGUAGES } from '../../i18n.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { Choice } from '../../ui/Choice.tsx';
import { count } from '../../ui/format.ts';
import { Problem } from '../../ui/Problem.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { ChangePinDialog } from '../pin/ChangePinDialog.tsx';
import { CameraSettings } from './CameraSettings.tsx';
import { KioskName } from './KioskName.tsx';
import { nearestRisk, RISKS } from './risks.ts';
import { useChange } from './useChange.ts';

export function SettingsScreen() {
  const { t } = useTranslation();
  const settings = useKiosk((s) => s.status?.settings);
  const { change, error } = useChange();
  const [changingPin, setChangingPin] = useState(false);
  if (settings === undefined) return null;
  const { language } = settings;
  return (
    <>
      <h1 className="desk-title">{t('desk.settings')}</h1>
      {error === null ? null : <Problem error={error} />}
      <div className="cards">
        <CameraSettings camera={settings.camera} onChange={(camera) => change({ camera })} />
        <section className="card stack">
          <h2 className="card-title">{t('settings.recognition')}</h2>
          <Choice
            label={t('settings.risk')}
            value={String(nearestRisk(settings.risk))}
            onChange={(oneIn) => change({ risk: 1 / Number(oneIn) })}
            options={RISKS.map((oneIn) => ({
              value: String(oneIn),
              label: t('settings.riskOneIn', { number: count(oneIn, language) }),
              detail: t(`settings.riskDetail.${oneIn}`),
            }))}
          />
          <p className="soft">{t('settings.riskAbout')}</p>
        </section>
        <section className="card stack">
          <h2 className="card-title">{t('settings.screen')}</h2>
          <KioskName
            key={settings.kioskName}
            name={settings.kioskName}
            onChange={(kioskName) => change({ kioskName })}
          />
          <Choice
            label={t('settings.theme')}
            value={settings.theme}
            onChange={(theme) => change({ theme })}
            options={(['system', 'light', 'dark'] as const).map((value) => ({
              value,
              label: t(`settings.themes.${value}`),
            }))}
          />
          <Choice
            label={t('settings.language')}
            value={language}
            onChange={(value) => change({ language: value })}
            options={(Object.keys(LANGUAGES) as (keyof typeof LANGUAGES)[]).map((value) => ({
              value,
              label: t(`settings.languages.${value}`),
            }))}
          />
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
        <section className="card stack">
          <h2 className="card-title">{t('settings.security')}</h2>
          <p className="soft">{t('settings.pinAbout')}</p>
          <div className="button-row">
            <Button onPress={() => setChangingPin(true)}>{t('settings.changePin')}</Button>
          </div>
        </section>
      </div>
      {changingPin ? <ChangePinDialog onClose={() => setChangingPin(false)} /> : null}
    </>
  );
}
