import { useEffect } from 'react';
import { I18nProvider } from 'react-aria-components';
import { StatusRegion } from './StatusRegion.tsx';
import { AdminShell } from './admin/AdminShell.tsx';
import { PinDialog } from './admin/PinDialog.tsx';
import { startCamera } from './camera/camera-stream.ts';
import { CheckInScreen } from './checkin/CheckInScreen.tsx';
import { DataScreen } from './data/DataScreen.tsx';
import { speak } from './i18n.ts';
import { useClosedData } from './state/data.ts';
import { useKiosk } from './state/kiosk.ts';
import { useLanguage, useOperator } from './state/operator.ts';

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
