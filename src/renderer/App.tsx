import { useEffect, useState } from 'react';
import { I18nProvider } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { AdminShell } from './admin/AdminShell.tsx';
import { PinDialog } from './admin/PinDialog.tsx';
import { startCamera } from './camera/camera-stream.ts';
import { CheckInScreen } from './checkin/CheckInScreen.tsx';
import { useSituation } from './checkin/situation.ts';
import { DataScreen } from './data/DataScreen.tsx';
import { dataWords } from './data/data-words.ts';
import { speak } from './i18n.ts';
import { useClosedData } from './state/data.ts';
import { useKiosk } from './state/kiosk.ts';
import { useLanguage, useOperator } from './state/operator.ts';

/** A hint that is gone again within this time is not worth interrupting anyone for, ms. */
const SETTLE_MS = 700;

/**
 * The page's one live region: it tells a screen reader what the screen tells everyone else. It is there from the start
 * and never leaves, because a live region that appears together with its text is often not read.
 */
function StatusRegion() {
  const { situation, words } = useSituation();
  const away = useOperator((s) => s.open || s.asking);
  const closed = useClosedData();
  const { t } = useTranslation();
  const [said, say] = useState('');
  const speech = closed !== null ? dataWords(closed, t).speech : away ? '' : words.speech;
  // A result, and a question that stands for seconds only, are said at once; what is wrong with the camera was waited for already.
  const isUrgent =
    closed === null &&
    (words.tone === 'good' ||
      situation.kind === 'camera' ||
      situation.kind === 'turned' ||
      (situation.kind === 'view' && situation.view.phase === 'challenge'));

  useEffect(() => {
    const timer = setTimeout(() => say(speech), isUrgent ? 0 : SETTLE_MS);
    return () => clearTimeout(timer);
  }, [speech, isUrgent]);

  return (
    <p role="status" aria-live="polite" aria-atomic="true" className="visually-hidden">
      {said}
    </p>
  );
}

/** Settings that reach beyond React: the camera, the page's language and its theme. */
function useSettingsOutside(language: string): void {
  const settings = useKiosk((s) => s.status?.settings);
  const camera = settings?.camera;
  const [choice, width, height] = [camera?.deviceId ?? null, camera?.width, camera?.height];
  const { theme } = settings ?? {};

  useEffect(() => {
    if (width !== undefined && height !== undefined) startCamera({ choice, width, height });
  }, [choice, width, height]);
  useEffect(() => {
    speak(language);
  }, [language]);
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme ?? 'system';
  }, [theme]);
}

export function App() {
  const language = useLanguage();
  useSettingsOutside(language);
  const open = useOperator((s) => s.open);
  const asking = useOperator((s) => s.asking);
  const closed = useClosedData();
  return (
    <I18nProvider locale={language}>
      <StatusRegion />
      {closed !== null ? <DataScreen data={closed} /> : open ? <AdminShell /> : <CheckInScreen />}
      {asking && closed === null ? <PinDialog /> : null}
    </I18nProvider>
  );
}
