import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KioskStatus } from '../../../shared/domain.ts';
import { troubleWords } from '../../checkin/wording.ts';
import { kiosk, useKiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { NoticeLine } from './NoticeLine.tsx';

function Notices({ notices, language }: { notices: KioskStatus['notices']; language: string }) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  if (notices.length === 0) return null;
  return (
    <section className="card">
      <h2 className="card-title">{t('health.notices')}</h2>
      <ul className="plain-list">
        {notices.map((notice, i) => (
          <NoticeLine key={`${notice.code}-${i}`} notice={notice} language={language} />
        ))}
      </ul>
      {error === null ? null : <Problem error={error} />}
      <div className="button-row">
        <Button
          onPress={() =>
            kiosk()
              .dismissNotices()
              .then(() => setError(null), setError)
          }
        >
          {t('health.dismiss')}
        </Button>
      </div>
    </section>
  );
}

function Models({ models }: { models: KioskStatus['models'] }) {
  const { t } = useTranslation();
  return (
    <section className="card">
      <h2 className="card-title">{t('health.models')}</h2>
      <ul className="plain-list">
        {models.map((model) => (
          <li key={model.id} className="row">
            <span className="row-main">
              <strong>{model.id}</strong>
              <span className="soft">
                {t(`health.kind.${model.kind}`)} · {model.licence}
              </span>
            </span>
            <span className="badge" data-bad={model.state !== 'ready'}>
              {model.state === 'ready' && model.inUse ? t('health.state.used') : t(`health.state.${model.state}`)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function HealthScreen() {
  const { t } = useTranslation();
  const status = useKiosk((s) => s.status);
  if (status === null) return null;
  const trouble = status.trouble === null ? null : troubleWords(status.trouble, t);
  return (
    <>
      <h1 className="desk-title">{t('desk.health')}</h1>
      <div className="cards">
        {trouble === null ? null : (
          <section className="card card-warn">
            <h2 className="card-title">{trouble.title}</h2>
            <p>{trouble.detail}</p>
          </section>
        )}
        <Notices notices={status.notices} language={status.settings.language} />
        <section className="card">
          <h2 className="card-title">{t('health.kiosk')}</h2>
          <dl className="facts">
            <dt>{t('health.vision')}</dt>
            <dd>{t(`health.visionState.${status.vision}`)}</dd>
            <dt>{t('health.enrolled')}</dt>
            <dd>{t('health.enrolledCount', { count: status.people })}</dd>
            {status.enrollAgain > 0 ? (
              <>
                <dt>{t('health.enrollAgain')}</dt>
                <dd>{t('health.enrollAgainCount', { count: status.enrollAgain })}</dd>
              </>
            ) : null}
            <dt>{t('health.overlay')}</dt>
            <dd>{status.landmarkerUrl === null ? t('health.overlayBoxes') : t('health.overlayOutline')}</dd>
            <dt>{t('health.version')}</dt>
            <dd>{status.version}</dd>
          </dl>
        </section>
        <Models models={status.models} />
      </div>
    </>
  );
}
