/** What stands in place of everything else while the kiosk does not have its data: they are locked, worked on, or closed. */
import { useTranslation } from 'react-i18next';
import { LanguageSwitch } from '../checkin/LanguageSwitch.tsx';
import { useKiosk } from '../state/kiosk.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { Progress } from '../ui/Progress.tsx';
import { ClosedPane } from './ClosedPane.tsx';
import { dataWords, type ClosedData } from './data-words.ts';
import { LockedPane } from './LockedPane.tsx';
import './data.css';

const ICONS = { locked: 'lock', working: 'moment', closed: 'warning' } as const satisfies Record<string, IconName>;

function WorkingPane({ data }: { data: Extract<ClosedData, { state: 'working' }> }) {
  const { t } = useTranslation();
  const { done, total, what } = data;
  return (
    <>
      {done === null || total === null ? null : (
        <Progress label={t('data.files', { done, total })} done={done} total={total} />
      )}
      {what === 'opening' ? null : <p className="data-safe">{t('data.interrupted')}</p>}
    </>
  );
}

export function DataScreen({ data }: { data: ClosedData }) {
  const { t } = useTranslation();
  const kioskName = useKiosk((s) => s.status?.settings.kioskName ?? '');
  const { title, detail } = dataWords(data, t);
  return (
    <main className="data" data-state={data.state}>
      <header className="data-bar">
        <span className="data-kiosk">{kioskName}</span>
        <LanguageSwitch />
      </header>
      <div className="data-pane">
        <span className="data-icon">
          <Icon name={ICONS[data.state]} />
        </span>
        <h1 className="data-title">{title}</h1>
        <p className="data-detail">{detail}</p>
        {data.state === 'locked' ? <LockedPane problem={data.problem} /> : null}
        {data.state === 'working' ? <WorkingPane data={data} /> : null}
        {data.state === 'closed' ? <ClosedPane problem={data.problem} /> : null}
      </div>
    </main>
  );
}
