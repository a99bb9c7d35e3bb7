import { useTranslation } from 'react-i18next';
import type { KioskStatus } from '../../../shared/domain.ts';
import { Button } from '../../components/Button.tsx';
import { Icon } from '../../components/Icon.tsx';
import { count } from '../../components/format.ts';
import { useDayLog } from '../../state/day-log.ts';
import { kiosk, useKiosk } from '../../state/kiosk.ts';
import { goTo, lockAdmin, openEnrollment } from '../../state/operator.ts';

/** How many things an operator should look at. Absent MediaPipe is none: the kiosk's own boxes stand in for it. */
function concernsOf(status: KioskStatus | null): number {
  if (status === null) return 0;
  const models = status.models.filter((m) => m.inUse && m.state !== 'ready').length;
  const vision = status.vision === 'stopped' || status.vision === 'no-models' ? 1 : 0;
  return status.notices.length + models + vision + (status.trouble === null ? 0 : 1) + (status.enrollAgain > 0 ? 1 : 0);
}

export function HomeScreen() {
  const { t } = useTranslation();
  const status = useKiosk((s) => s.status);
  const log = useDayLog();
  const language = status?.settings.language ?? 'en';
  const concerns = concernsOf(status);

  const leave = async (): Promise<void> => {
    await kiosk()
      .leaveKiosk()
      .catch(() => undefined);
    await lockAdmin();
  };

  return (
    <>
      <h1 className="admin-title">{status?.settings.kioskName ?? ''}</h1>
      <div className="home">
        <button type="button" className="tile tile-primary" onClick={() => openEnrollment()}>
          <Icon name="add" />
          <span className="tile-words">
            <strong>{t('home.enroll')}</strong>
            <span>{t('home.enrollDetail')}</span>
          </span>
        </button>
        <button type="button" className="tile" onClick={() => goTo('people')}>
          <span className="tile-figure">{count(status?.people ?? 0, language)}</span>
          <span>{t('home.people', { count: status?.people ?? 0 })}</span>
        </button>
        <button type="button" className="tile" onClick={() => goTo('attendance')}>
          <span className="tile-figure">{count(log.checkIns.length, language)}</span>
          <span>{t('home.today', { count: log.checkIns.length })}</span>
        </button>
        <button type="button" className="tile" data-concern={concerns > 0} onClick={() => goTo('health')}>
          <Icon name={concerns > 0 ? 'warning' : 'check'} />
          <span>{concerns > 0 ? t('home.concerns', { count: concerns }) : t('home.healthy')}</span>
        </button>
      </div>
      <div className="button-row">
        <Button onPress={() => void lockAdmin()}>
          <Icon name="back" />
          {t('home.toCheckIn')}
        </Button>
        <Button kind="quiet" onPress={() => void leave()}>
          <Icon name="leave" />
          {t('home.leave')}
        </Button>
      </div>
    </>
  );
}
