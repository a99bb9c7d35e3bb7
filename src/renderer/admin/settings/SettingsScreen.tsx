import './settings.css';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Segments } from '../../components/Choice.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { useKiosk } from '../../state/kiosk.ts';
import { DataSettings } from './DataSettings.tsx';
import { CameraSettings, CheckInSettings } from './CheckInSettings.tsx';
import { HoursSettings } from './HoursSettings.tsx';
import { RecognitionSettings } from './RecognitionSettings.tsx';
import { useChange } from './use-settings.ts';

const TABS = ['checkIn', 'camera', 'recognition', 'hours', 'data'] as const;
type Tab = (typeof TABS)[number];

export function SettingsScreen() {
  const { t } = useTranslation();
  const settings = useKiosk((s) => s.status?.settings);
  const { change, error } = useChange();
  const [tab, setTab] = useState<Tab>('checkIn');
  if (settings === undefined) return null;
  const part = { settings, change };
  return (
    <>
      <div className="admin-head">
        <h1 className="admin-title">{t('admin.settings')}</h1>
        <Segments
          label={t('settings.tabs')}
          value={tab}
          onChange={setTab}
          options={TABS.map((value) => ({ value, label: t(`settings.tab.${value}`) }))}
        />
      </div>
      {error === null ? null : <Problem error={error} />}
      <div className="cards">
        {tab === 'checkIn' ? <CheckInSettings {...part} /> : null}
        {tab === 'camera' ? (
          <CameraSettings
            camera={settings.camera}
            onChange={(part) => change((now) => ({ camera: { ...now.camera, ...part } }))}
          />
        ) : null}
        {tab === 'recognition' ? <RecognitionSettings {...part} /> : null}
        {tab === 'hours' ? <HoursSettings {...part} /> : null}
        {tab === 'data' ? <DataSettings {...part} /> : null}
      </div>
    </>
  );
}
