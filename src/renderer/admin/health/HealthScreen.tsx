import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KioskStatus } from '../../../shared/domain.ts';
import { Button } from '../../components/Button.tsx';
import { Problem, Progress, troubleWords } from '../../components/Feedback.tsx';
import { Icon } from '../../components/Icon.tsx';
import { bytesWords, dayAndTime } from '../../components/format.ts';
import { kiosk, useKiosk } from '../../state/kiosk.ts';
import { goTo, openDuplicates } from '../../state/operator.ts';

type Notice = KioskStatus['notices'][number];

function ClockButton() {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  return (
    <>
      {error === null ? null : <Problem error={error} />}
      <div className="button-row">
        <Button
          onPress={() =>
            kiosk()
              .confirmClock()
              .then(() => setError(null), setError)
          }
        >
          {t('health.clockRight')}
        </Button>
      </div>
    </>
  );
}

/** By name, which the kiosk's status does not hold: everybody at the door can see that. */
function AmbiguousPeople() {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const [pairs, setPairs] = useState<Awaited<ReturnType<ReturnType<typeof kiosk>['listAmbiguous']>>>([]);
  useEffect(() => {
    kiosk()
      .listAmbiguous()
      .then(setPairs, () => undefined);
  }, []);
  return (
    <>
      <ul>
        {pairs.map(({ a, b, times, lastAt }, i) => (
          <li key={i}>{t('health.ambiguous.pair', { a, b, count: times, when: dayAndTime(lastAt, language) })}</li>
        ))}
      </ul>
      <div className="button-row">
        <Button onPress={openDuplicates}>{t('health.ambiguous.compare')}</Button>
      </div>
    </>
  );
}

function NoticeLine({ notice }: { notice: Notice }) {
  const { t } = useTranslation();
  const { title, detail } = troubleWords(notice, t);
  const isGood = notice.code === 'data-changed';
  return (
    <li className="notice">
      <Icon name={isGood ? 'check' : 'warning'} />
      <div className="notice-words">
        <p>
          <strong>{title}</strong> {detail}
        </p>
        {notice.code === 'ambiguous-people' ? <AmbiguousPeople /> : null}
        {notice.code === 'clock-doubtful' ? <ClockButton /> : null}
        {notice.code === 'not-encrypted' || notice.code === 'backup-failed' ? (
          <div className="button-row">
            <Button onPress={() => goTo('security')}>{t('security.open')}</Button>
          </div>
        ) : null}
      </div>
    </li>
  );
}

function Notices({ notices }: { notices: KioskStatus['notices'] }) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  if (notices.length === 0) return null;
  return (
    <section className="card">
      <h2 className="card-title">{t('health.notices')}</h2>
      <ul className="plain-list">
        {notices.map((notice, i) => (
          <NoticeLine key={`${notice.code}-${i}`} notice={notice} />
        ))}
      </ul>
      {error === null ? null : <Problem error={error} />}
      <div className="button-row">
        <Button
          onPress={() =>
            kiosk()
              .dismissNotices({ codes: [...new Set(notices.map(({ code }) => code))] })
              .then(() => setError(null), setError)
          }
        >
          {t('health.dismiss')}
        </Button>
      </div>
    </section>
  );
}

type Model = KioskStatus['models'][number];

/** How a file that is missing comes here, in one line or a bar. */
function Download({ model, language }: { model: Model; language: string }) {
  const { t } = useTranslation();
  const { download } = model;
  switch (download?.state) {
    case undefined:
      return null;
    case 'loading': {
      const { have, total } = download;
      const words = { have: bytesWords(have, language), total: bytesWords(total, language) };
      return <Progress label={t('health.download.loading', words)} done={have} total={total} />;
    }
    case 'failed':
      return (
        <span className="soft">
          {download.why === null ? null : <span lang="en">{download.why} </span>}
          {t('health.download.failed', {
            when: dayAndTime(download.nextTryAt, language),
            file: model.file,
            path: download.path,
          })}
        </span>
      );
    case 'off':
      return <span className="soft">{t(`health.download.off.${download.by}`)}</span>;
    case 'offered':
      return model.kind === 'embedder' ? <span className="soft">{t('health.download.offered')}</span> : null;
  }
}

/** What the badge says, and whether somebody should look at it: one of a kind is enough, and a kiosk works without an outline. */
function stateOf(model: Model, models: readonly Model[]): { readonly words: string; readonly isBad: boolean } {
  if (model.state === 'ready') return { words: model.inUse ? 'used' : 'ready', isBad: false };
  if (model.download?.state === 'loading') return { words: 'loading', isBad: false };
  if (model.state === 'damaged') return { words: 'damaged', isBad: true };
  const isSpare = models.some(({ kind, state }) => kind === model.kind && state === 'ready');
  return { words: isSpare ? 'spare' : 'missing', isBad: !isSpare && model.kind !== 'landmarker' };
}

function Models({ models, language }: { models: KioskStatus['models']; language: string }) {
  const { t } = useTranslation();
  return (
    <section className="card">
      <h2 className="card-title">{t('health.models')}</h2>
      <ul className="plain-list">
        {models.map((model) => {
          const { words, isBad } = stateOf(model, models);
          return (
            <li key={model.id} className="row">
              <span className="row-main">
                <strong>{model.id}</strong>
                <span className="soft">
                  {t(`health.kind.${model.kind}`)} · {model.licence}
                </span>
                <Download model={model} language={language} />
              </span>
              <span className="badge" data-bad={isBad}>
                {t(`health.state.${words}`)}
              </span>
            </li>
          );
        })}
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
      <h1 className="admin-title">{t('admin.health')}</h1>
      <div className="cards">
        {trouble === null ? null : (
          <section className="card card-warn">
            <h2 className="card-title">{trouble.title}</h2>
            <p>{trouble.detail}</p>
          </section>
        )}
        {/* What was lost of the data stands above every page. */}
        <Notices notices={status.notices.filter(({ code }) => code !== 'store-damaged')} />
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
        <Models models={status.models} language={status.settings.language} />
      </div>
    </>
  );
}
