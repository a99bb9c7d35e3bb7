import './admin.css';
import { type ComponentType, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KioskStatus } from '../../shared/domain.ts';
import { Button } from '../components/Button.tsx';
import { Problem } from '../components/Feedback.tsx';
import { Icon, type IconName } from '../components/Icon.tsx';
import { kiosk, useKiosk } from '../state/kiosk.ts';
import { type Area, AREAS, closeEnrollment, goTo, lockAdmin, useOperator } from '../state/operator.ts';
import { AttendanceScreen } from './attendance/AttendanceScreen.tsx';
import { EnrollDialog } from './enroll/EnrollDialog.tsx';
import { EvaluationScreen } from './evaluation/EvaluationScreen.tsx';
import { HealthScreen } from './health/HealthScreen.tsx';
import { HomeScreen } from './home/HomeScreen.tsx';
import { ImportScreen } from './import/ImportScreen.tsx';
import { PeopleScreen } from './people/PeopleScreen.tsx';
import { PhotosScreen } from './photos/PhotosScreen.tsx';
import { SecurityScreen } from './security/SecurityScreen.tsx';
import { SettingsScreen } from './settings/SettingsScreen.tsx';

const AREA_LOOKS: Readonly<Record<Area, { readonly icon: IconName; readonly Screen: ComponentType }>> = {
  home: { icon: 'home', Screen: HomeScreen },
  people: { icon: 'people', Screen: PeopleScreen },
  import: { icon: 'transfer', Screen: ImportScreen },
  attendance: { icon: 'calendar', Screen: AttendanceScreen },
  photos: { icon: 'photo', Screen: PhotosScreen },
  evaluation: { icon: 'gauge', Screen: EvaluationScreen },
  settings: { icon: 'settings', Screen: SettingsScreen },
  security: { icon: 'shield', Screen: SecurityScreen },
  health: { icon: 'health', Screen: HealthScreen },
};

/** How often a busy operator's session is kept open, ms. Typing and reading make no calls of their own. */
const STAY_EVERY_MS = 20_000;

function useStayOpen(): void {
  useEffect(() => {
    let last = Date.now();
    const touch = (): void => {
      if (Date.now() - last < STAY_EVERY_MS) return;
      last = Date.now();
      // Any operator call counts as being there; this is the smallest.
      kiosk()
        .listPeople({ limit: 1 })
        .catch(() => undefined);
    };
    window.addEventListener('pointerdown', touch);
    window.addEventListener('keydown', touch);
    return () => {
      window.removeEventListener('pointerdown', touch);
      window.removeEventListener('keydown', touch);
    };
  }, []);
}

/** On every page: that the kiosk is away, and what was lost of the data until somebody has read it. */
function Alerts() {
  const { t } = useTranslation();
  const away = useKiosk((s) => s.link === 'down');
  const notices = useKiosk((s) => s.status?.notices ?? NONE).filter(({ code }) => code === 'store-damaged');
  const [error, setError] = useState<unknown>(null);
  if (away)
    return (
      <section className="card damaged">
        <Problem report={AWAY} />
      </section>
    );
  if (notices.length === 0) return null;
  const seen = (): void =>
    void kiosk()
      .dismissNotices({ codes: ['store-damaged'] })
      .then(() => setError(null), setError);
  return (
    <section className="card stack damaged" aria-label={t('admin.damaged')}>
      {notices.map((notice, i) => (
        // It was there before the page came: nothing to be called out.
        <Problem key={i} report={notice} role="note" />
      ))}
      {error === null ? null : <Problem error={error} />}
      <div className="button-row">
        <Button onPress={seen}>{t('admin.seen')}</Button>
      </div>
    </section>
  );
}
const NONE: KioskStatus['notices'] = [];
const AWAY = { code: 'connection-lost', message: '' };

export function AdminShell() {
  const { t } = useTranslation();
  const area = useOperator((s) => s.area);
  const visit = useOperator((s) => s.visit);
  const enrollment = useOperator((s) => s.enrollment);
  const unlocked = useOperator((s) => s.session.unlocked);
  useStayOpen();
  const { Screen } = AREA_LOOKS[area];
  const current = area === 'import' ? 'people' : area;
  return (
    // Behind the PIN that is asked for again, nothing can be read.
    <div className="admin" data-covered={!unlocked}>
      <nav className="admin-nav" aria-label={t('admin.nav')}>
        <ul>
          {AREAS.map((one) => (
            <li key={one}>
              <Button
                kind="quiet"
                className="admin-link"
                aria-current={one === current ? 'page' : 'false'}
                onPress={() => goTo(one)}
              >
                <Icon name={AREA_LOOKS[one].icon} />
                <span>{t(`admin.${one}`)}</span>
              </Button>
            </li>
          ))}
        </ul>
        <Button className="admin-lock" onPress={() => void lockAdmin()}>
          <Icon name="lock" />
          <span>{t('admin.lock')}</span>
        </Button>
      </nav>
      <main className="admin-main" key={`${area}-${visit}`}>
        <Alerts />
        <Screen />
      </main>
      {enrollment === null ? null : <EnrollDialog subject={enrollment.subject} onClose={closeEnrollment} />}
    </div>
  );
}
