import './checkin.css';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { CameraView } from '../camera/CameraView.tsx';
import { useCamera } from '../camera/camera-stream.ts';
import { Button } from '../components/Button.tsx';
import { Icon } from '../components/Icon.tsx';
import { LanguageSwitch } from '../components/LanguageSwitch.tsx';
import { Portrait } from '../components/Picture.tsx';
import { clockTime, longDay, useNow } from '../components/format.ts';
import { useKiosk } from '../state/kiosk.ts';
import { openAdmin } from '../state/operator.ts';
import { Challenge, Choose, Message, Result } from './Result.tsx';
import { type Situation, useSituation, type Words } from './situation.ts';
import { useCameraLoop } from './useCameraLoop.ts';

function Clock({ language }: { language: string }) {
  const now = useNow();
  return (
    <div className="clock">
      <time className="clock-time" dateTime={clockTime(now, 'en')}>
        {clockTime(now, language)}
      </time>
      <span className="clock-day">{longDay(now, language)}</span>
    </div>
  );
}

// The last check-ins: people like to see that it worked for the one before them.

function Recent({ language }: { language: string }) {
  const { t } = useTranslation();
  const recent = useKiosk((s) => s.recent);
  return (
    <section className="recent" aria-label={t('checkin.recent.label')}>
      <h2 className="recent-title">{recent.length === 0 ? t('checkin.recent.none') : t('checkin.recent.label')}</h2>
      <ul className="recent-list">
        {recent.map((one) => (
          <li key={one.id} className="recent-one">
            <Portrait picture={one.picture} name={one.name} size="small" />
            <span className="recent-name">{one.name}</span>
            <time className="recent-time">
              {t(`checkin.recent.${one.direction}`, { time: clockTime(one.at, language) })}
            </time>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Idle({ words, language }: { words: Words; language: string }) {
  return (
    <div className="idle">
      <Clock language={language} />
      <h1 className="idle-title">{words.title}</h1>
      <Recent language={language} />
    </div>
  );
}

// The live view with its guide and overlay. Mirrored for the eye only: what is sent to the kiosk is not.

function Mirror({ note }: { note: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const mirror = useKiosk((s) => s.status?.settings.camera.mirror ?? true);
  useCameraLoop(video, canvas);
  return (
    <div className="mirror" aria-hidden="true">
      <CameraView ref={video} mirror={mirror} />
      <canvas ref={canvas} className="mirror-overlay" data-mirror={mirror} />
      <div className="mirror-veil" />
      <svg className="mirror-guide" viewBox="0 0 300 400" preserveAspectRatio="xMidYMid meet">
        <ellipse cx="150" cy="200" rx="128" ry="172" pathLength="100" />
      </svg>
      <p className="mirror-note" aria-live="polite">
        {note}
      </p>
    </div>
  );
}

// The kiosk's face: the mirror on one side, the words on the other. Both keep their place whatever happens.

function Pane({ situation, words, language }: { situation: Situation; words: Words; language: string }) {
  if (situation.kind === 'view') {
    const { view } = situation;
    if (view.phase === 'idle') return <Idle words={words} language={language} />;
    if (view.phase === 'challenge') return <Challenge view={view} words={words} />;
    if (view.phase === 'choose') return <Choose key={view.personId} view={view} words={words} />;
    if (view.phase === 'match' || view.phase === 'already')
      return <Result view={view} words={words} language={language} />;
  }
  return <Message situation={situation} words={words} />;
}

export function CheckInScreen() {
  const { t } = useTranslation();
  const { situation, words, language } = useSituation();
  const kioskName = useKiosk((s) => s.status?.settings.kioskName ?? '');
  const unchanged = useCamera((s) => s.unchanged) && situation.kind === 'view';
  const reached = useKiosk((s) => s.status !== null);
  return (
    <main className="checkin" data-tone={words.tone}>
      <Mirror note={unchanged ? t('camera.unchanged') : ''} />
      <div className="checkin-words">
        <header className="checkin-bar">
          <span className="checkin-kiosk">{kioskName}</span>
          <LanguageSwitch />
          <Button kind="quiet" onPress={openAdmin} isDisabled={!reached} className="checkin-operator">
            <Icon name="person" />
            <span>{t('checkin.operator')}</span>
          </Button>
        </header>
        <Pane situation={situation} words={words} language={language} />
      </div>
    </main>
  );
}
