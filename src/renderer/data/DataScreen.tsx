import './data.css';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../components/Button.tsx';
import { Problem, Progress } from '../components/Feedback.tsx';
import { Icon, type IconName } from '../components/Icon.tsx';
import { LanguageSwitch } from '../components/LanguageSwitch.tsx';
import { KeyboardFields } from '../components/OnScreenKeyboard.tsx';
import { openData } from '../state/data.ts';
import { useKiosk } from '../state/kiosk.ts';
import { type ClosedData, dataWords } from './data-words.ts';

function ClosedPane({ problem }: { problem: Extract<ClosedData, { state: 'closed' }>['problem'] }) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  const again = (): void => {
    setError(null);
    openData(null).catch(setError);
  };
  return (
    <div className="data-form">
      {error === null ? <Problem report={problem} /> : <Problem error={error} />}
      <div className="button-row">
        <Button kind="primary" onPress={again}>
          {t('ui.retry')}
        </Button>
      </div>
    </div>
  );
}

function LockedPane({ problem }: { problem: Extract<ClosedData, { state: 'locked' }>['problem'] }) {
  const { t } = useTranslation();
  const [passphrase, setPassphrase] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const open = async (): Promise<void> => {
    if (passphrase === '' || busy) return;
    setBusy(true);
    setError(null);
    await openData(passphrase).catch(setError);
    setPassphrase('');
    setBusy(false);
  };
  return (
    <form
      className="data-form"
      onSubmit={(event) => {
        event.preventDefault();
        void open();
      }}
    >
      <KeyboardFields
        isSecret
        fields={[
          {
            name: 'passphrase',
            label: t('data.passphrase'),
            value: passphrase,
            onChange: setPassphrase,
            autoFocus: true,
          },
        ]}
      />
      {/* What was wrong with the last one is no help while the next is being typed. */}
      {passphrase !== '' ? null : error !== null ? (
        <Problem error={error} />
      ) : problem === null ? null : (
        <Problem report={problem} />
      )}
      <div className="button-row">
        <Button kind="primary" type="submit" isDisabled={passphrase === '' || busy}>
          {t('data.open')}
        </Button>
      </div>
      <p className="soft">{t('data.lost')}</p>
    </form>
  );
}

// What stands in place of everything else while the kiosk does not have its data: they are locked, worked on, or closed.

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
